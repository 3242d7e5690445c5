"""The kitty graphics protocol with Unicode placeholders, as text to write: https://sw.kovidgoyal.net/kitty/graphics-protocol/

An image is sent once, then placed without a position (a virtual placement). The terminal draws it over cells that hold
U+10EEEE: the colour of such a cell and its third diacritic are the id of the image, its first two diacritics say which
row and column of the image it shows. So images scroll, are clipped and are overwritten as text is, also within tmux.
"""

from __future__ import annotations

import re
from base64 import standard_b64encode
from collections.abc import Iterator

CHUNK = 4096
"""Bytes of base64 in one escape code at most, a multiple of four."""
FIRST_COLOUR, LAST_COLOUR = 16, 255
"""Of the 256 colours those that no theme of a terminal changes: the low byte of an image's id."""
PLACEHOLDER = "\U0010eeee"
_START, _END = "\x1b_G", "\x1b\\"
_PNG, _QUIET = "f=100", "q=2"
# Unicode 6.0's marks of combining class 230 that no normalisation changes, in kitty's gen/rowcolumn-diacritics.txt.
_DIACRITICS = """
    305 30D-30E 310 312 33D-33F 346 34A-34C 350-352 357 35B 363-36F 483-487 592-595 597-599 59C-5A1 5A8-5A9 5AB-5AC 5AF
    5C4 610-617 657-65B 65D-65E 6D6-6DC 6DF-6E2 6E4 6E7-6E8 6EB-6EC 730 732-733 735-736 73A 73D 73F-741 743 745 747
    749-74A 7EB-7F1 7F3 816-819 81B-823 825-827 829-82D 951 953-954 F82-F83 F86-F87 135D-135F 17DD 193A 1A17 1A75-1A7C
    1B6B 1B6D-1B73 1CD0-1CD2 1CDA-1CDB 1CE0 1DC0-1DC1 1DC3-1DC9 1DCB-1DCC 1DD1-1DE6 1DFE 20D0-20D1 20D4-20D7 20DB-20DC
    20E1 20E7 20E9 20F0 2CEF-2CF1 2DE0-2DFF A66F A67C-A67D A6F0-A6F1 A8E0-A8F1 AAB0 AAB2-AAB3 AAB7-AAB8 AABE-AABF AAC1
    FE20-FE26 10A0F 10A38 1D185-1D189 1D1AA-1D1AD 1D242-1D244
"""


def _code_points(ranges: str) -> Iterator[int]:
    for part in ranges.split():
        first, _, last = part.partition("-")
        yield from range(int(first, 16), int(last or first, 16) + 1)


DIACRITICS = "".join(map(chr, _code_points(_DIACRITICS)))
"""The one at place n stands for the number n."""
MOST_CELLS = len(DIACRITICS)
"""Rows or columns of an image."""


def transmission(image_id: int, png: bytes) -> Iterator[str]:
    """Yield the escape codes that send an image; no other one of the protocol may come between them."""
    content = standard_b64encode(png).decode()
    for start in range(0, len(content), CHUNK):
        first = f"a=t,t=d,{_PNG},i={image_id}," if start == 0 else ""
        more = int(start + CHUNK < len(content))
        yield _command(f"{first}{_QUIET},m={more}", content[start : start + CHUNK])


def placement(image_id: int, columns: int, rows: int) -> str:
    """Return the escape code that fits an image into so many cells; it replaces an earlier placement."""
    return _command(f"a=p,U=1,i={image_id},p=1,c={columns},r={rows},{_QUIET}")


def deletion(image_id: int) -> str:
    """Return the escape code that deletes an image with its pixels."""
    return _command(f"a=d,d=I,i={image_id},{_QUIET}")


def query(query_id: int) -> str:
    """Return the escape code that asks whether the protocol is understood: one pixel, which is not kept."""
    return _command(f"i={query_id},s=1,v=1,a=q,t=d,f=24", "AAAA")


def placeholder_line(image_id: int, row: int, columns: int) -> str:
    """Return the text of one row of an image, to be shown in the colour `image_id % 256`."""
    high = DIACRITICS[image_id >> 24]
    return "".join(f"{PLACEHOLDER}{DIACRITICS[row]}{DIACRITICS[column]}{high}" for column in range(columns))


def placeholder_pattern(high: int) -> re.Pattern[str]:
    """Return the pattern of text that shows parts of images whose ids begin with this byte."""
    return re.compile(f"(?:{PLACEHOLDER}[{DIACRITICS}]{{2}}{DIACRITICS[high]})+")


def _command(control: str, payload: str = "") -> str:
    return f"{_START}{control}{';' if payload else ''}{payload}{_END}"
