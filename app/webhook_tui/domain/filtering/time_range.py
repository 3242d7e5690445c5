"""A range of time as people write it: `10m`, `14:02`, `14:02-14:19`, `2026-11-23 14:02 to 10m`.

Pure; the present moment is an argument, and its zone is the one that is meant.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from msgspec import Struct

from webhook_tui.domain.filtering.filter import Expression, parse

EXAMPLE = "10m or 14:02 or 14:02-14:19"

_ENDS = re.compile(r"\s+to\s+|\s*\.\.\s*|\s+[-–]\s+|(?<=:[0-9]{2})[-–](?=[0-9])|(?<=[0-9][smhd])[-–](?=[0-9])")
_AGO = re.compile(r"([0-9]{1,9})\s*([smhd])")
_MOMENT = re.compile(
    r"(?:(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})(?:[ T]+|$))?(?:(?P<clock>[0-9]{1,2}:[0-9]{2})(?P<second>:[0-9]{2})?)?"
)
_UNITS = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_MICROSECOND = timedelta(microseconds=1)


class TimeRangeError(Exception):
    """A range that cannot be read; str() is the sentence."""


class TimeRange(Struct, frozen=True):
    """From one moment up to, and without, another; both aware."""

    since: datetime
    until: datetime | None = None
    """None: up to now, and what comes until it is used."""


def span(text: str, now: datetime) -> TimeRange:
    """Read a range. An end that names a minute, a second or a day holds all of it; raises TimeRangeError.

    A clock alone behind a time with a date, or of today, is one of that day.
    """
    first, *rest = _ENDS.split(text.strip())
    if len(rest) > 1 or not first:
        raise TimeRangeError(f"Write a time, or two: {EXAMPLE}.")
    since, _ = _moment(first, now)
    if not rest:
        return TimeRange(since)
    named = _MOMENT.fullmatch(first)
    is_of_day = named is not None and (named["date"] or since.date() == now.date())
    start, length = _moment(rest[0], now, since.date() if is_of_day else None)
    try:
        until = start + length
    except OverflowError:
        raise TimeRangeError(f"“{rest[0][:20]}” is too far ahead.") from None
    if until <= since:
        raise TimeRangeError("The first time is after the second.")
    return TimeRange(since, until)


def expression(of: TimeRange, now: datetime) -> Expression:
    """The filter that passes what was received in that range, for a search with the same `now`."""
    terms = [f"age:<={_seconds(now - of.since)}s"]
    if of.until is not None and of.until <= now:
        terms.append(f"age:>{_seconds(now - of.until)}s")
    return parse(" ".join(terms))


def _seconds(age: timedelta) -> str:
    microseconds = max(0, age // _MICROSECOND)
    return f"{microseconds // 1_000_000}.{microseconds % 1_000_000:06d}"


def _moment(text: str, now: datetime, day: date | None = None) -> tuple[datetime, timedelta]:
    """A moment and how long the unit lasts in which it was named.

    A clock alone is of that day, else the last time it showed that.
    """
    if ago := _AGO.fullmatch(text):
        try:
            return now - int(ago[1]) * _UNITS[ago[2]], timedelta()
        except OverflowError:
            raise TimeRangeError("That is too long ago.") from None
    found = _MOMENT.fullmatch(text)
    if found is None or not text:
        raise TimeRangeError(f"“{text[:20]}” is no time: {EXAMPLE}.")
    try:
        return _clock(found, now, day)
    except ValueError:
        raise TimeRangeError(f"“{text[:20]}” is no time of a day.") from None


def _clock(found: re.Match[str], now: datetime, day: date | None) -> tuple[datetime, timedelta]:
    hours, minutes = (int(part) for part in (found["clock"] or "0:00").split(":"))
    second = int((found["second"] or ":0")[1:])
    named = date.fromisoformat(found["date"]) if found["date"] else day
    at = datetime.combine(named or now.date(), time(hours, minutes, second), now.tzinfo)
    if named is None and at > now:
        at -= timedelta(days=1)
    if found["clock"] is None:
        return at, _UNITS["d"]
    return at, _UNITS["s" if found["second"] else "m"]
