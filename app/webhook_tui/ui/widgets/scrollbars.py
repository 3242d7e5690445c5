"""A scrollbar for terminals without UTF-8."""

from __future__ import annotations

from typing import ClassVar

from textual.scrollbar import ScrollBar, ScrollBarRender


class PlainScrollBar(ScrollBarRender):
    """Ends on whole cells, as the eighths of a cell are not in ASCII."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "] * 8
    HORIZONTAL_BARS: ClassVar[list[str]] = [" "] * 8


def draw_plainly(bar: ScrollBar) -> None:
    """Let one scrollbar do without block elements."""
    bar.renderer = PlainScrollBar  # type: ignore[misc]  # Textual's documented way to change one bar alone
