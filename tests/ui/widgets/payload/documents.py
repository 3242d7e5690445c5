"""Documents of payloads as text."""

from __future__ import annotations

from webhook_tui.ui.widgets.payload.document import Document

WIDE = 10_000
"""Cells: no line of a test is cut."""


def shown(document: Document, index: int, cells: int = 200) -> str:
    """One line as it is shown."""
    return "".join(piece.text for piece in document.line(index, cells).pieces)


def text(document: Document) -> list[str]:
    """All lines as they are shown."""
    return [shown(document, at, WIDE) for at in range(document.line_count)]


def paths(document: Document) -> list[str]:
    """The path of each line."""
    return [document.path_at(at) for at in range(document.line_count)]
