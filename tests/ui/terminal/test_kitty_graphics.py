"""The escape codes of images, and the text over which they are drawn."""

from __future__ import annotations

import re
import unicodedata
from base64 import b64decode

from rich.cells import cell_len

from webhook_tui.ui.terminal.kitty_graphics import (
    CHUNK,
    DIACRITICS,
    MOST_CELLS,
    deletion,
    placeholder_line,
    placeholder_pattern,
    placement,
    query,
    transmission,
)


def test_an_image_is_sent_in_chunks() -> None:
    """The first one says what it is, the last one that it is the last; no byte of the image is a control."""
    png = bytes(range(256)) * 40
    codes = list(transmission(7, png))

    matches = [re.fullmatch(r"\x1b_G([^;\x1b]*);([A-Za-z0-9+/=]*)\x1b\\", code) for code in codes]
    controls = [match[1] for match in matches if match is not None]
    assert controls == ["a=t,t=d,f=100,i=7,q=2,m=1", "q=2,m=1", "q=2,m=1", "q=2,m=0"]
    payloads = [match[2] for match in matches if match is not None]
    assert [len(payload) for payload in payloads[:-1]] == [CHUNK] * 3
    assert len(payloads[-1]) <= CHUNK == 4096
    assert b64decode("".join(payloads)) == png

    assert next(iter(transmission(7, b"\x1b"))).startswith("\x1b_Ga=t,t=d,f=100,i=7,q=2,m=0;")


def test_the_other_codes() -> None:
    """None but the query is answered."""
    assert placement(7, 3, 2) == "\x1b_Ga=p,U=1,i=7,p=1,c=3,r=2,q=2\x1b\\"
    assert deletion(7) == "\x1b_Ga=d,d=I,i=7,q=2\x1b\\"
    assert query(31) == "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\"


def test_the_numbers_of_rows_and_columns() -> None:
    """297 marks above a letter, in their order, that change under no normalisation and take no cell."""
    assert MOST_CELLS == len(set(DIACRITICS)) == 297
    assert list(DIACRITICS) == sorted(DIACRITICS)
    assert {unicodedata.combining(mark) for mark in DIACRITICS} == {230}
    assert not any(unicodedata.decomposition(mark) for mark in DIACRITICS)
    assert cell_len(DIACRITICS) == 0


def test_a_line_of_placeholders() -> None:
    """The example of the protocol's description: 42 + (2 << 24), its second line."""
    text = placeholder_line(42 + (2 << 24), 1, 2)

    assert text == "\U0010eeee\u030d\u0305\u030e\U0010eeee\u030d\u030d\u030e"
    assert cell_len(text) == 2
    assert placeholder_pattern(2).fullmatch(text)
    assert not placeholder_pattern(3).fullmatch(text)
    assert not placeholder_pattern(2).fullmatch(f"{text}\x1b")
