"""Folded parts and the places that are left."""

from __future__ import annotations

from webhook_tui.ui.widgets.payload.document import Fold
from webhook_tui.ui.widgets.payload.folding import Folds


def folds(*parts: tuple[int, int]) -> Folds:
    """Parts folded one after the other."""
    made = Folds()
    for first, last in parts:
        made.close(Fold(first, last, ""))
    return made


def test_places_and_lines_are_each_others_inverse() -> None:
    """With parts 2 to 4 and 7 to 9 folded, ten lines have six places."""
    some = folds((7, 9), (2, 4))
    assert [some.line_at(place) for place in range(6)] == [0, 1, 2, 5, 6, 7]
    assert [some.place_of(line) for line in range(10)] == [0, 1, 2, 2, 2, 3, 4, 5, 5, 5]
    assert some.hidden == 4


def test_an_outer_part_takes_the_inner_ones_with_it() -> None:
    """No two folded parts overlap, so that opening the outer one shows all of it."""
    some = folds((2, 4), (1, 8))
    assert len(some) == 1
    some.open(5)
    assert some.hidden == 0


def test_what_covers_and_what_starts() -> None:
    """A part covers all of its lines and starts on one."""
    some = folds((2, 4), (7, 9))
    assert some.starting(2) == Fold(2, 4, "")
    assert some.starting(3) is None
    assert some.starting(99) is None
    assert some.covering(9) == Fold(7, 9, "")
    assert some.covering(5) is None
    assert some.covering(0) is None
    some.open(0)
    assert len(some) == 2
