"""A QR code in half blocks: black on white whatever the theme is, with its quiet zone, or not at all.

A code that cannot be scanned is worse than none: whoever shows it sees to it that all of it is on the screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import segno
from textual.content import Content

INK = "#000000 on #ffffff"
"""Dark modules are black in every theme: scanners do not all read the inverse."""
QUIET = 4
"""Light modules around the code, as ISO/IEC 18004 wants them."""
_MOST_BYTES = 500

_BLOCKS = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


@lru_cache(4)
def modules(url: str) -> tuple[tuple[bool, ...], ...]:
    """Rows of modules, True for dark, the quiet zone included; () for what is too long for a screen."""
    if len(url.encode()) > _MOST_BYTES:
        return ()
    code = segno.make(url, error="l", micro=False)
    return tuple(tuple(bool(module) for module in row) for row in code.matrix_iter(border=QUIET))


def size(code: Sequence[Sequence[bool]]) -> tuple[int, int]:
    """Columns and lines that it takes."""
    return len(code), (len(code) + 1) // 2


def half_blocks(code: Sequence[Sequence[bool]]) -> list[str]:
    """Two modules a cell, one above the other; a last line that is half empty is light."""
    light = [False] * len(code)
    rows = [*code, light] if len(code) % 2 else list(code)
    return [
        "".join(_BLOCKS[above, below] for above, below in zip(upper, lower, strict=True))
        for upper, lower in zip(rows[::2], rows[1::2], strict=True)
    ]


def picture(code: Sequence[Sequence[bool]]) -> Content:
    """The lines in their colours."""
    return Content("\n").join([Content.assemble((line, INK)) for line in half_blocks(code)])
