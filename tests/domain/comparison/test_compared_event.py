"""What is derived of an event that was compared: its lag, and whether the contents are equal."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from tests.factories import NOW
from webhook_tui.domain.comparison.compared_event import ComparedEvent, Interval, Intervals, Seen

BOTH = ComparedEvent("7", "ping", NOW, 1, NOW + timedelta(seconds=2), False, NOW, Seen.BOTH, 0, None)


@pytest.mark.parametrize(
    ("event", "lag"),
    [
        (BOTH, -2.0),
        (replace(BOTH, sse_at=None), None),
        (replace(BOTH, webhook_at=None), None),
        (replace(BOTH, backfilled=True), None),
    ],
)
def test_the_lag_of_the_webhook(event: ComparedEvent, lag: float | None) -> None:
    """Negative: the webhook was earlier. An event from before the connection measures nothing."""
    assert event.lag_seconds == lag


@pytest.mark.parametrize(("differing", "equal"), [(0, True), (3, False), (None, None)])
def test_equal_contents(differing: int | None, equal: bool | None) -> None:
    assert replace(BOTH, differing=differing).equal is equal


def at(seconds: float) -> datetime:
    """So long after the start."""
    return NOW + timedelta(seconds=seconds)


def test_intervals_are_reported_once_and_bounded() -> None:
    """The same again is no news; the oldest go."""
    spells = Intervals()
    assert not spells.note(at(0), is_so=False)
    assert spells.note(at(1), is_so=True)
    assert not spells.note(at(2), is_so=True)
    assert spells.current == Interval(at(1))
    assert spells.note(at(3), is_so=False)
    assert spells.overlapping(at(3), at(9)) == Interval(at(1), at(3))
    assert spells.overlapping(at(4), at(9)) is None
    for number in range(1000):
        spells.note(at(10 + number), is_so=number % 2 == 0)
    assert spells.overlapping(at(1), at(3)) is None
