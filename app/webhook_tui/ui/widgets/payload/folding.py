"""Folded parts of a document: which lines are shown, and where."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from webhook_tui.ui.widgets.payload.document import Document, Fold, Line, Piece


class Folds:
    """Folded parts without overlap: folding a part forgets the folds inside it."""

    def __init__(self) -> None:
        self._folds: list[Fold] = []

    def __len__(self) -> int:
        return len(self._folds)

    @property
    def hidden(self) -> int:
        """How many lines are not shown."""
        return sum(fold.last - fold.first for fold in self._folds)

    def close(self, fold: Fold) -> None:
        """Fold a part."""
        outside = [other for other in self._folds if other.last < fold.first or other.first > fold.last]
        self._folds = sorted([*outside, fold])

    def open(self, index: int) -> None:
        """Unfold the part that hides line `index` or begins on it."""
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
        """The line of the document at a place of the screen."""
        for fold in self._folds:
            if fold.first >= place:
                break
            place += fold.last - fold.first
        return place

    def place_of(self, index: int) -> int:
        """The place of a line on the screen, or that of the folded part that hides it."""
        hidden = 0
        for fold in self._folds:
            if index <= fold.first:
                break
            hidden += min(index, fold.last) - fold.first
        return index - hidden


class FoldedDocument:
    """A document of which some parts are drawn as one line; counts lines by their place on the screen, too."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._folds = Folds()

    @property
    def places(self) -> int:
        """How many lines are shown."""
        return self.document.line_count - self._folds.hidden

    def line_at(self, place: int) -> int:
        """The line of the document at a place of the screen."""
        return self._folds.line_at(place)

    def place_of(self, index: int) -> int:
        """The place of a line, or of the folded part that hides it."""
        return self._folds.place_of(index)

    def line(self, index: int, cells: int) -> Line:
        """The beginning of a line, enough to fill `cells` cells; of a folded part with what it holds."""
        line = self.document.line(index, cells)
        fold = self._folds.starting(index)
        if fold is None or line.more:
            return line
        opening = line.pieces[-1].text
        comma = "," if self.document.line(fold.last, cells).pieces[-1].text.endswith(",") else ""
        summary = Piece(f" {fold.summary} ", "folded")
        closing = Piece(("}" if opening.endswith("{") else "]") + comma, "punct")
        return Line(line.number, (*line.pieces, summary, closing), line.differs or fold.differs)

    def toggle(self, index: int) -> bool:
        """Fold or unfold what begins on a line, or ends there; return whether there is such a part."""
        if self._folds.starting(index):
            self._folds.open(index)
        elif (fold := self.document.fold_at(index)) is not None:
            self._folds.close(fold)
        else:
            return False
        return True

    def reveal(self, index: int) -> bool:
        """Unfold what hides a line; return whether something did."""
        fold = self._folds.covering(index)
        if fold is None or index == fold.first:
            return False
        self._folds.open(index)
        return True


def _first(fold: Fold) -> int:
    return fold.first
