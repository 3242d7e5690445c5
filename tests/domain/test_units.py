"""Sizes, ages, counts and times as the screen says them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from webhook_tui.domain import units

NOW = datetime(2026, 11, 23, 14, 20, 2, 418000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1 kB"),
        (1234, "1.2 kB"),
        (99_960, "100 kB"),
        (999_499, "999 kB"),
        (999_500, "1 MB"),
        (10**13, "10 TB"),
        (10**15, "1 PB"),
    ],
)
def test_a_size_in_powers_of_1000(count: int, text: str) -> None:
    assert units.size(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-5, "0 s"), (59.9, "59 s"), (60, "1 min"), (3599, "59 min"), (3600, "1 h"), (86_400, "1 d")],
)
def test_an_age_in_its_largest_whole_unit(seconds: float, text: str) -> None:
    assert units.age(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        *((0.0, "1 ms"), (0.0031, "3 ms"), (0.4176, "418 ms"), (0.9994, "999 ms"), (0.9996, "1 s")),
        *((1.24, "1.2 s"), (3.0, "3 s"), (9.94, "9.9 s"), (9.96, "10 s"), (14.4, "14 s"), (120.0, "120 s")),
    ],
)
def test_a_duration_in_milliseconds_or_seconds(seconds: float, text: str) -> None:
    assert units.duration(seconds) == text


def test_counts() -> None:
    assert [units.count(number) for number in (999, 1000, 999_999, 1_250_000)] == ["999", "1,000", "999,999", "1.2 M"]
    assert [units.counted(number, "check") for number in (0, 1, 1012)] == ["0 checks", "1 check", "1,012 checks"]
    assert [units.counted(2, noun) for noun in ("delivery", "key")] == ["2 deliveries", "2 keys"]


@pytest.mark.parametrize(
    ("before", "short", "long", "exact"),
    [
        (timedelta(0), "14:20:02", "14:20:02", "14:20:02.418"),
        (timedelta(days=3), "Fr 14:20", "20 Nov 14:20", "20 Nov 2026, 14:20:02.418"),
        (timedelta(days=7), "16 Nov", "16 Nov 14:20", "16 Nov 2026, 14:20:02.418"),
        (timedelta(days=365), "2025", "23 Nov 2025", "23 Nov 2025, 14:20:02.418"),
    ],
)
def test_a_moment_says_as_much_of_its_date_as_is_needed(before: timedelta, short: str, long: str, exact: str) -> None:
    at = NOW - before

    assert (units.day_time(at, NOW), units.long_day_time(at, NOW), units.exact_time(at, NOW)) == (short, long, exact)


def test_times_are_in_the_zone_of_the_present_moment() -> None:
    """Near midnight that is another day."""
    tokyo = NOW.astimezone(timezone(timedelta(hours=10)))

    assert units.day_time(NOW, tokyo) == "00:20:02"
    assert units.rfc3339(tokyo) == "2026-11-23T14:20:02.418Z"


def test_a_received_moment() -> None:
    """UTC where it names no zone; what is none is shown as received, sanitised."""
    assert units.parsed("2026-11-23T14:18:02") == datetime(2026, 11, 23, 14, 18, 2, tzinfo=UTC)
    assert units.ago("2026-11-23T14:16:02Z", NOW) == "4 min ago"
    assert units.day_and_time("2026-11-23T15:16:02+01:00", NOW) == "23 Nov 2026, 14:16"
    assert units.day_and_time("yesterday\x1b", NOW) == "yesterday␛"
    assert units.ago("x" * 99, NOW) == "x" * 40


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00"])
def test_a_moment_that_some_zones_do_not_have(text: str) -> None:
    """Several programs write the year 1 where there is no time."""
    for hours in (-12, 0, 14):
        assert units.day_and_time(text, NOW.astimezone(timezone(timedelta(hours=hours)))) == text
    with pytest.raises(OverflowError):
        units.utc(datetime.fromisoformat(text))
