"""Ranges of time as people write them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from tests.ui.memory_rows import stored_delivery
from webhook_tui.domain.filtering.filter import matches
from webhook_tui.domain.filtering.time_range import TimeRangeError, expression, span

ZONE = timezone(timedelta(hours=2))
NOW = datetime(2026, 11, 23, 14, 22, 2, 500_000, tzinfo=ZONE)


def at(clock: str, day: int = 23) -> datetime:
    """A moment of that month."""
    return datetime.fromisoformat(f"2026-11-{day:02d}T{clock}").replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("10m", NOW - timedelta(minutes=10), None),
        ("3d", NOW - timedelta(days=3), None),
        ("14:02", at("14:02:00"), None),
        ("14:02:11", at("14:02:11"), None),
        ("15:00", at("15:00:00", 22), None),
        ("2026-11-20", at("00:00:00", 20), None),
        ("2026-11-20 9:05", at("09:05:00", 20), None),
        ("14:02-14:19", at("14:02:00"), at("14:20:00")),
        ("14:02-14:58", at("14:02:00"), at("14:59:00")),
        ("23:50-00:10", at("23:50:00", 22), at("00:11:00")),
        ("14:02 - 14:19:31", at("14:02:00"), at("14:19:32")),
        ("2026-11-20..2026-11-21", at("00:00:00", 20), at("00:00:00", 22)),
        ("2026-11-20 to 10m", at("00:00:00", 20), NOW - timedelta(minutes=10)),
        ("2026-11-20 14:02-14:19", at("14:02:00", 20), at("14:20:00", 20)),
        ("2026-11-20 14:02 to 23:59:01", at("14:02:00", 20), at("23:59:02", 20)),
        ("10m-5m", NOW - timedelta(minutes=10), NOW - timedelta(minutes=5)),
    ],
)
def test_what_can_be_written(text: str, since: datetime, until: datetime | None) -> None:
    """An end holds the whole minute, second or day that it names."""
    read = span(text, NOW)

    assert (read.since, read.until) == (since, until)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "25:00",
        "14:61",
        "14:02-13:00",
        "14:02-14:03-14:04",
        "2026-02-30",
        "-",
        "5m-10m",
        "999999999d",
        "5m to 9999-12-31",
    ],
)
def test_what_cannot(text: str) -> None:
    """Each in a sentence."""
    with pytest.raises(TimeRangeError, match=r"\.$"):
        span(text, NOW)


def test_the_filter_passes_what_came_in_the_range_and_nothing_else() -> None:
    """To the microsecond: the first moment is in it, the end is not."""
    read = span("14:02-14:19", NOW)
    passes = expression(read, NOW)
    tick = timedelta(microseconds=1)

    def passed(moment: datetime) -> bool:
        return matches(passes, stored_delivery(1, at=moment), now=NOW)

    assert read.until is not None
    assert [passed(read.since - tick), passed(read.since)] == [False, True]
    assert [passed(read.until - tick), passed(read.until)] == [True, False]
