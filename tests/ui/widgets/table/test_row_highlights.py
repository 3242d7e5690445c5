"""What has just changed, and for how long."""

from __future__ import annotations

from datetime import timedelta

from tests.ui.widgets.stage import NOON
from webhook_tui.ui.widgets.table.row_highlights import RowHighlights

PAGE = 37


def after(seconds: float) -> timedelta:
    """A span of time."""
    return timedelta(seconds=seconds)


def test_a_new_row_fades_in_its_time() -> None:
    """It begins at full strength and ends at none, and an older clock shows nothing."""
    fades = RowHighlights()
    fades.arrived([7], 1, NOON, PAGE)
    assert fades.newness(7, NOON, 1) == 1
    assert fades.newness(7, NOON + after(0.75), 1) == 0.25
    assert fades.newness(7, NOON + after(1), 1) == 0
    assert fades.newness(7, NOON - after(5), 1) == 0
    assert fades.newness(8, NOON, 1) == 0


def test_in_a_burst_nothing_glows() -> None:
    """More than twenty rows within a tenth of a second put out what glows already."""
    fades = RowHighlights()
    fades.arrived([1, 2], 15, NOON, PAGE)
    fades.arrived([16], 6, NOON + after(0.05), PAGE)
    assert fades.showing() == set()
    fades.arrived([22], 1, NOON + after(0.2), PAGE)
    assert fades.showing() == {22}


def test_while_more_than_a_page_a_second_arrives_nothing_is_shown_as_new() -> None:
    """Also when no tenth of a second has a burst."""
    fades = RowHighlights()
    for step in range(4):
        fades.arrived([step], 10, NOON + after(0.2 * step), page=37)
        assert bool(fades.showing()) is (step < 3)
    fades.arrived([9], 10, NOON + after(1.5), page=37)
    assert fades.showing() == {9}


def test_what_has_faded_is_forgotten_and_told_once() -> None:
    """The caller repaints what is over, then nothing is left to do."""
    fades = RowHighlights()
    fades.arrived([1], 1, NOON, PAGE)
    fades.changed([2], NOON + after(0.5))
    assert fades.expire(NOON + after(1.2), 1) == {1}
    assert fades.showing() == {2}
    assert fades.change(2, NOON + after(1), 1) == 0.5
    assert fades.expire(NOON + after(2), 1) == {2}
    assert fades.expire(NOON + after(2), 1) == set()


def test_a_visited_row_is_not_new_any_more() -> None:
    """Only its newness goes; a changed verdict still shows."""
    fades = RowHighlights()
    fades.arrived([1], 1, NOON, PAGE)
    fades.changed([1], NOON)
    fades.visited(1)
    fades.visited(None)
    assert fades.newness(1, NOON, 1) == 0
    assert fades.change(1, NOON, 1) == 1
    fades.clear()
    assert fades.showing() == set()
