"""Sizes, ages, durations, times and counts as the screen says them; pure, the present moment is an argument."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from webhook_tui.domain.delivery.text import visible

_FIRST = datetime.min.replace(tzinfo=UTC) + timedelta(days=1)
_LAST = datetime.max.replace(tzinfo=UTC) - timedelta(days=1)
_WEEK = 7
_WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_SIZES = ("B", "kB", "MB", "GB", "TB")


def size(count: int) -> str:
    """Bytes with three significant digits, in powers of 1,000: `96 B`, `1.2 kB`, `10 MB`."""
    if count < 1000:
        return f"{count} B"
    value = float(count)
    for unit in _SIZES:
        if value < 999.5:
            return f"{value:.1f} {unit}".replace(".0 ", " ") if value < 100 else f"{value:.0f} {unit}"
        value /= 1000
    return f"{value:.0f} PB"


def age(seconds: float) -> str:
    """How long ago, in the largest whole unit: `6 s`, `3 min`, `2 h`, `4 d`; never negative."""
    whole = max(0, int(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min"
    if whole < 86_400:
        return f"{whole // 3600} h"
    return f"{whole // 86_400} d"


def duration(seconds: float) -> str:
    """How long something took: `3 ms`, `418 ms`, `1.2 s`, `14 s`; at least `1 ms`."""
    milliseconds = max(1, round(seconds * 1000))
    if milliseconds < 1000:
        return f"{milliseconds} ms"
    return f"{seconds:.1f} s".replace(".0 ", " ") if seconds < 9.95 else f"{seconds:.0f} s"


def count(number: int) -> str:
    """A count with thousands separators; `1.2 M` above 999,999."""
    return f"{number:,}" if number <= 999_999 else f"{number / 1_000_000:.1f} M"


def counted(number: int, noun: str) -> str:
    """`1 variation`, `1,012 variations`, `2 deliveries`, `2 keys`."""
    if number == 1:
        return f"{number:,} {noun}"
    ends_in_ies = noun.endswith("y") and noun[-2:-1] not in "aeiou"
    return f"{number:,} {noun[:-1]}ies" if ends_in_ies else f"{number:,} {noun}s"


def day_time(at: datetime, now: datetime) -> str:
    """A moment in eight cells, in the zone of `now`.

    Today `14:20:02`, in the six days before `Fr 18:40`, in this year `12 Nov`, else `2025`.
    """
    local = at.astimezone(now.tzinfo)
    days = (now.date() - local.date()).days
    if days == 0:
        return f"{local:%H:%M:%S}"
    if 0 < days < _WEEK:
        return f"{_WEEKDAYS[local.weekday()]} {local:%H:%M}"
    if local.year == now.year:
        return f"{local.day} {local:%b}"
    return f"{local.year}"


def long_day_time(at: datetime, now: datetime) -> str:
    """A moment in twelve cells, in the zone of `now`.

    Today `14:20:02`, in this year `12 Nov 14:02`, else `12 Nov 2025`.
    """
    local = at.astimezone(now.tzinfo)
    if local.date() == now.date():
        return f"{local:%H:%M:%S}"
    clock = f"{local:%H:%M}" if local.year == now.year else f"{local.year}"
    return f"{local.day} {local:%b} {clock}"


def exact_time(at: datetime, now: datetime) -> str:
    """Local time with milliseconds, with its date unless it is today's."""
    local = at.astimezone(now.tzinfo)
    clock = f"{local:%H:%M:%S}.{local.microsecond // 1000:03d}"
    return clock if local.date() == now.date() else f"{local.day} {local:%b %Y}, {clock}"


def rfc3339(at: datetime) -> str:
    """UTC with milliseconds, `2026-11-23T14:20:02.418Z`, for everything that leaves the program."""
    utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    return utc.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def utc(at: datetime) -> datetime:
    """A received moment in UTC. Raises OverflowError for one that is in the years 1 to 9999 only in some zones."""
    if not _FIRST <= at <= _LAST:
        raise OverflowError("date value out of range")
    return at.astimezone(UTC)


def parsed(text: str) -> datetime | None:
    """An ISO 8601 moment, UTC where it names no zone; None when it is none that each zone has."""
    try:
        at = datetime.fromisoformat(text)
        return utc(at if at.tzinfo is not None else at.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None


def day_and_time(text: str, now: datetime) -> str:
    """`12 Nov 2026, 09:41` in the zone of `now`."""
    at = parsed(text)
    if at is None:
        return visible(text)[:40]
    local = at.astimezone(now.tzinfo)
    return f"{local.day} {local:%b %Y, %H:%M}"


def ago(text: str, now: datetime) -> str:
    """`4 min ago`."""
    at = parsed(text)
    return visible(text)[:40] if at is None else f"{age((now - at).total_seconds())} ago"
