"""The style of lines for people: as wide as the terminal, coloured only there, ASCII where the locale is not UTF-8."""

from __future__ import annotations

import os
import shutil
import sys
from typing import Self

from msgspec import Struct
from rich.cells import cell_len, set_cell_size

from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.encoding import ASCII_SYMBOLS, is_utf8

WIDTH = 80
_COLORS = {
    Verdict.VALID: "32",
    Verdict.OLDER: "36",
    Verdict.INVALID: "1;31",
    Verdict.MALFORMED: "1;31",
    Verdict.MISSING: "1;33",
    Verdict.PENDING: "2",
}


def print_note(line: str) -> None:
    """Print a line for people on standard error, at once."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


class TextStyle(Struct, frozen=True):
    """What standard output can show."""

    color: bool = False
    in_ascii: bool = False
    width: int = WIDTH
    """Cells of a line."""
    is_cut: bool = True
    """Whether the last column of a table is cut at that width."""

    @classmethod
    def of_stdout(cls) -> Self:
        """Return the style for this process's standard output.

        In a pipe, lines are as wide as COLUMNS says; without it 80 cells, but the last column is whole.
        """
        is_terminal = sys.stdout.isatty()
        color = is_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        can_encode = (sys.stdout.encoding or "").lower() in ("utf-8", "utf8")
        width = max(40, shutil.get_terminal_size((WIDTH, 24)).columns)
        return cls(color, not (is_utf8() and can_encode), width, is_terminal or "COLUMNS" in os.environ)

    def verdict(self, verdict: Verdict, width: int = 0) -> str:
        """Return glyph and word, padded to `width` cells."""
        text = f"{verdict.ascii_glyph if self.in_ascii else verdict.glyph} {verdict.value}".ljust(width)
        return f"\x1b[{_COLORS[verdict]}m{text}\x1b[0m" if self.color else text

    def symbols(self, text: str) -> str:
        """Return our own text with ASCII symbols where the locale needs them."""
        return text.translate(ASCII_SYMBOLS) if self.in_ascii else text

    def cell(self, text: str, width: int) -> str:
        """Return received text made harmless and exactly `width` cells wide; `…` stands where it is cut."""
        shown = visible(text)
        if cell_len(shown) > width:
            shown = set_cell_size(shown, width - 1) + ("." if self.in_ascii else "…")
        return set_cell_size(shown, width)
