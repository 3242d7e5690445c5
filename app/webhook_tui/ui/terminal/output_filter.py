"""The last filter before the terminal: removes control characters from what is drawn.

Received text is made harmless where it is shown (domain.text); this filter is for what was forgotten. It never changes
how many cells a line has. For a terminal without UTF-8 it also replaces what is not ASCII. The private characters over
which the terminal draws our own images pass while their colour is the image's id: below a translucent dialog Textual
mixes it with the dialog's, and the cells are blank.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from rich.cells import cell_len
from rich.color import ColorType
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

from webhook_tui.domain.delivery.text import is_harmless
from webhook_tui.encoding import ASCII_SYMBOLS
from webhook_tui.ui.terminal.kitty_graphics import PLACEHOLDER


class OutputFilter(LineFilter):
    """Keeps control, bidi and zero-width characters from the terminal."""

    def __init__(self, *, in_ascii: bool = False, is_own_image: Callable[[str], bool] = lambda _: False) -> None:
        """`is_own_image`: whether a text that begins with a placeholder shows an image of ours, and nothing else."""
        super().__init__()
        self._in_ascii = in_ascii
        self._is_own_image = is_own_image

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - Textual's signature
        """Return the segments with harmless text; harmless ones are returned as they are."""
        return [self._segment(segment) for segment in segments]

    def _segment(self, segment: Segment) -> Segment:
        text = segment.text
        if segment.control or (text.isascii() and text.isprintable()):
            return segment
        if text.startswith(PLACEHOLDER) and not self._in_ascii and self._is_own_image(text):
            return segment if _is_image_id(segment.style) else Segment(" " * segment.cell_length, segment.style)
        clean = _clean(text, self._in_ascii)
        return segment if clean == text else Segment(clean, segment.style)


def _is_image_id(style: Style | None) -> bool:
    """Whether the colour is one of the 256 by which a cell names its image."""
    return style is not None and style.color is not None and style.color.type is ColorType.EIGHT_BIT


def harmless(text: str) -> str:
    """Return the text with a replacement character in the place of each that could act on the terminal."""
    return "".join(c if is_harmless(c) else "\N{REPLACEMENT CHARACTER}" * cell_len(c) for c in text)


@lru_cache(4096)
def _clean(text: str, in_ascii: bool) -> str:
    clean = harmless(text)
    if in_ascii:
        clean = clean.translate(ASCII_SYMBOLS)
        clean = "".join(c if c.isascii() else "?" * cell_len(c) for c in clean)
    return clean
