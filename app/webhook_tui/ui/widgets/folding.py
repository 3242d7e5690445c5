"""Which lines of a document are shown when parts of it are folded; pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from webhook_tui.ui.widgets.documents import Fold


class Folds:
    """Folded parts, kept without overlap: a part inside a folded one is forgotten until it is folded again."""

    def __init__(self) -> None:
        self._folds: list[Fold] = []

    def __len__(self) -> int:
        return len(self._folds)

    @property
    def hidden(self) -> int:
        """How many lines are not shown."""
        return sum(fold.last - fold.first for fold in self._folds)

    def close(self, fold: Fold) -> None:
        """Show the part as its first line."""
        outside = [other for other in self._folds if other.last < fold.first or other.first > fold.last]
        self._folds = sorted([*outside, fold])

    def open(self, index: int) -> None:
        """Show the part that hides or begins on line `index` whole again."""
        fold = self.covering(index)
        if fold is not None:
            self._folds.remove(fold)

    def covering(self, index: int) -> Fold | None:
        """The folded part that line `index` belongs to, its first line included."""
        at = bisect_right(self._folds, index, key=_first) - 1
        return self._folds[at] if at >= 0 and index <= self._folds[at].last else None

    def starting(self, index: int) -> Fold | None:
        """The folded part that begins on line `index`."""
        at = bisect_left(self._folds, index, key=_first)
        return self._folds[at] if at < len(self._folds) and self._folds[at].first == index else None

    def line_at(self, place: int) -> int:
        """The line of the document that stands at a place of the view."""
        for fold in self._folds:
            if fold.first >= place:
                break
            place += fold.last - fold.first
        return place

    def place_of(self, index: int) -> int:
        """The place of the view where a line of the document stands, or that of the part that hides it."""
        hidden = 0
        for fold in self._folds:
            if index <= fold.first:
                break
            hidden += min(index, fold.last) - fold.first
        return index - hidden


def _first(fold: Fold) -> int:
    return fold.first
