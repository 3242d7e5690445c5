"""A QR code in half blocks, black on white in every theme, with its quiet zone (ISO/IEC 18004).

A code that is cut cannot be scanned: callers show it only if all of it fits.
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
    """Return rows of modules, True for dark, with the quiet zone; () if the text is too long."""
    if len(url.encode()) > _MOST_BYTES:
        return ()
    code = segno.make(url, error="l", micro=False)
    return tuple(tuple(bool(module) for module in row) for row in code.matrix_iter(border=QUIET))


def size(code: Sequence[Sequence[bool]]) -> tuple[int, int]:
    """Return the columns and lines that it needs."""
    return len(code), (len(code) + 1) // 2


def half_blocks(code: Sequence[Sequence[bool]]) -> list[str]:
    """Return lines with two modules a cell; the missing half of a last line is light."""
    light = [False] * len(code)
    rows = [*code, light] if len(code) % 2 else list(code)
    return [
        "".join(_BLOCKS[above, below] for above, below in zip(upper, lower, strict=True))
        for upper, lower in zip(rows[::2], rows[1::2], strict=True)
    ]


def picture(code: Sequence[Sequence[bool]]) -> Content:
    """Return the lines in their colours."""
    return Content("\n").join([Content.assemble((line, INK)) for line in half_blocks(code)])
