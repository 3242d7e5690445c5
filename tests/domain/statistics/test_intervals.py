"""Times during which something was so: each change once, the newest 200."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.factories import NOW
from webhook_tui.domain.statistics.intervals import Interval, Intervals


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
