"""Counts by time."""

from __future__ import annotations

from webhook_tui.domain.contract.timeline import PARTS, Timeline

_SECOND = 1_000_000


def test_parts_grow_with_the_time_that_they_cover() -> None:
    """Nothing is lost, and there are never more parts."""
    timeline = Timeline()
    for second in (0, 1, 47, 48, 10_000, 10_001):
        timeline.add(5_000 + second * _SECOND)

    assert sum(timeline.counts) == 6
    assert len(timeline.counts) <= PARTS
    assert timeline.width == 256 * _SECOND
    assert (timeline.counts[0], timeline.counts[-1]) == (4, 2)


def test_a_clock_that_goes_back_is_counted_first() -> None:
    """Rather than before the start."""
    timeline = Timeline()
    timeline.add(10 * _SECOND)
    timeline.add(0)

    assert timeline.counts == [2]
