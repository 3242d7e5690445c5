"""The text of a document that is selected with the mouse.

Textual counts cells of the whole widget, so the line numbers are part of its selection.
"""

from __future__ import annotations

from textual.selection import Selection

from webhook_tui.ui.symbols import Symbols
from webhook_tui.ui.widgets.payload.document import LONGEST_LINE, Document
from webhook_tui.ui.widgets.payload.folding import FoldedDocument
from webhook_tui.ui.widgets.payload.line_painter import GAP, Span

LARGEST_SELECTION = 1_000_000
"""Characters that are copied; a clipboard takes no more."""


def selected_span(document: Document, selection: Selection | None, place: int) -> Span | None:
    """Return the selected characters of a line, counted without its number; None if there are none."""
    span = selection.get_span(place) if selection is not None else None
    if span is None:
        return None
    indent = document.number_width + GAP
    start, end = span
    return max(0, start - indent), None if end < 0 else max(0, end - indent)


def selected_text(folded: FoldedDocument, symbols: Symbols, selection: Selection) -> str:
    """Return the selected text as it is shown, at most `LARGEST_SELECTION` characters of it."""
    first = 0 if selection.start is None else max(0, selection.start.y)
    last = folded.places - 1 if selection.end is None else min(selection.end.y, folded.places - 1)
    lines: list[str] = []
    room = LARGEST_SELECTION
    for place in range(first, last + 1):
        pieces = folded.line(folded.line_at(place), LONGEST_LINE).pieces
        start, end = selected_span(folded.document, selection, place) or (0, 0)
        lines.append("".join(symbols.plain(piece.text) for piece in pieces)[start:end])
        room -= len(lines[-1]) + 1
        if room <= 0:
            break
    return "\n".join(lines)[:LARGEST_SELECTION]
