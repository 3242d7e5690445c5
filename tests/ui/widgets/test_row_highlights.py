"""What has just changed, and for how long."""

from __future__ import annotations

from datetime import timedelta

from tests.ui.widgets.stage import NOON
from webhook_tui.ui.widgets.row_highlights import RowHighlights


def after(seconds: float) -> timedelta:
    """A span of time."""
    return timedelta(seconds=seconds)


def test_a_new_row_fades_in_its_time() -> None:
    """It begins at full strength and ends at none, and an older clock shows nothing."""
    fades = RowHighlights()
    fades.arrived([7], 1, NOON)
    assert fades.newness(7, NOON, 1) == 1
    assert fades.newness(7, NOON + after(0.75), 1) == 0.25
    assert fades.newness(7, NOON + after(1), 1) == 0
    assert fades.newness(7, NOON - after(5), 1) == 0
    assert fades.newness(8, NOON, 1) == 0


def test_in_a_burst_nothing_glows() -> None:
    """More than twenty rows within a tenth of a second put out what glows already."""
    fades = RowHighlights()
    fades.arrived([1, 2], 15, NOON)
    fades.arrived([16], 6, NOON + after(0.05))
    assert fades.showing() == set()
    fades.arrived([22], 1, NOON + after(0.2))
    assert fades.showing() == {22}


def test_what_has_faded_is_forgotten_and_told_once() -> None:
    """The caller repaints what is over, then nothing is left to do."""
    fades = RowHighlights()
    fades.arrived([1], 1, NOON)
    fades.changed([2], NOON + after(0.5))
    assert fades.expire(NOON + after(1.2), 1) == {1}
    assert fades.showing() == {2}
    assert fades.change(2, NOON + after(1), 1) == 0.5
    assert fades.expire(NOON + after(2), 1) == {2}
    assert fades.expire(NOON + after(2), 1) == set()


def test_a_visited_row_is_not_new_any_more() -> None:
    """Only its newness goes; a changed verdict still shows."""
    fades = RowHighlights()
    fades.arrived([1], 1, NOON)
    fades.changed([1], NOON)
    fades.visited(1)
    fades.visited(None)
    assert fades.newness(1, NOON, 1) == 0
    assert fades.change(1, NOON, 1) == 1
    fades.clear()
    assert fades.showing() == set()
