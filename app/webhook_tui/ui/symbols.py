"""The symbols of the screen, each one cell wide, and their ASCII forms for a terminal without UTF-8."""

from __future__ import annotations

from msgspec import Struct
from rich.cells import cell_len, set_cell_size

from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.encoding import ASCII_SYMBOLS

Lamp = tuple[str, str]
"""Glyph and style."""

ON: Lamp = ("●", "$success")
HALF: Lamp = ("◐", "$warning")
BROKEN: Lamp = ("○", "$error")
WAITING: Lamp = ("○", "$muted")


class Symbols(Struct, frozen=True):
    """One set of symbols."""

    ascii: bool
    bar: str
    """Here; read this; answer this."""
    hairline: str
    mark: str
    cut: str
    """Stands where text was cut off; three cells wide in ASCII."""
    arrow: str
    up: str
    down: str
    times: str
    rule: str
    rule_active: str
    equal: str
    differs: str
    dot: str

    def verdict(self, verdict: Verdict) -> str:
        """Return the symbol of a verdict."""
        return verdict.ascii_glyph if self.ascii else verdict.glyph

    def text(self, received: str | bytes) -> str:
        """Return received text as one sanitised line; in ASCII with escapes for other characters."""
        return self.plain(visible(received))

    def plain(self, text: str) -> str:
        """Return sanitised text; in ASCII with our own symbols replaced, and escapes for other characters."""
        if self.ascii and not text.isascii():
            return text.translate(ASCII_SYMBOLS).encode("ascii", "backslashreplace").decode("ascii")
        return text

    def fit(self, text: str, width: int) -> str:
        """Return text of at most `width` cells, with an ellipsis if it was cut."""
        if cell_len(text) <= width:
            return text
        sign = self.cut if len(self.cut) <= width else self.cut[:width]
        return set_cell_size(text, max(0, width - len(sign))) + sign


UNICODE = Symbols(
    ascii=False,
    bar="▌",
    hairline="▏",
    mark="◆",
    cut="…",
    arrow="→",
    up="↑",
    down="↓",
    times="×",
    rule="─",
    rule_active="━",
    equal="=",
    differs="≠",
    dot="·",
)

ASCII = Symbols(
    ascii=True,
    bar=">",
    hairline="|",
    mark="#",
    cut="...",
    arrow=">",
    up="^",
    down="v",
    times="x",
    rule="-",
    rule_active="=",
    equal="=",
    differs="!=",
    dot="-",
)


def glyphs(*, plain: bool) -> Symbols:
    """Return the symbols to draw with: ASCII where the terminal has no UTF-8 (`plain`), else Unicode."""
    return ASCII if plain else UNICODE
