"""The search of one document: a text, the lines that hold it, and the way from one to the next."""

from __future__ import annotations

from webhook_tui.ui.widgets.payload.document import Document

_MOST_COUNTED = 1000
"""Lines with a match that are counted; a body can be large."""


class DocumentSearch:
    """Finds `text` in the lines of `document`, ignoring case."""

    def __init__(self, document: Document, text: str = "") -> None:
        self._document = document
        self._lines: list[int] | None = None
        self.text = text

    def find(self, start: int, *, backwards: bool = False) -> int | None:
        """Return the nearest matching line from `start` on, continuing at the other end; None if there is none."""
        if not self.text:
            return None
        last = self._document.line_count - 1
        found = self._document.find(self.text, start, backwards=backwards) if 0 <= start <= last else None
        if found is None:
            found = self._document.find(self.text, last if backwards else 0, backwards=backwards)
        return found

    def position(self, line: int) -> str:
        """Describe where `line` is among the matching ones: `1 of 3`, or `3 matches` if it is none of them."""
        if not self.text:
            return ""
        if self._lines is None:
            self._lines = self._matching_lines()
        total = f"{len(self._lines)}{'+' if len(self._lines) >= _MOST_COUNTED else ''}"
        if line in self._lines:
            return f"{self._lines.index(line) + 1} of {total}"
        return f"{total} {'match' if total == '1' else 'matches'}" if self._lines else ""

    def _matching_lines(self) -> list[int]:
        lines: list[int] = []
        start: int | None = 0
        while start is not None and start < self._document.line_count and len(lines) < _MOST_COUNTED:
            if (start := self._document.find(self.text, start, backwards=False)) is not None:
                lines.append(start)
                start += 1
        return lines
