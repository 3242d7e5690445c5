"""The symbols of the screen and their ASCII forms."""

from __future__ import annotations

import pytest
from msgspec.structs import astuple
from rich.cells import cell_len

from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.ui.symbols import ASCII, UNICODE, Symbols, glyphs


def test_the_ascii_set_is_ascii() -> None:
    assert glyphs(plain=True) is ASCII
    assert glyphs(plain=False) is UNICODE
    assert "".join(part for part in astuple(ASCII) if isinstance(part, str)).isascii()
    assert all(ASCII.verdict(verdict).isascii() for verdict in Verdict)


def test_each_symbol_of_the_other_set_is_one_cell_wide() -> None:
    assert {cell_len(part) for part in astuple(UNICODE) if isinstance(part, str)} == {1}
    assert {cell_len(UNICODE.verdict(verdict)) for verdict in Verdict} == {1}


@pytest.mark.parametrize(
    ("symbols", "text", "width", "shown"),
    [
        (UNICODE, "abcdef", 6, "abcdef"),
        (UNICODE, "abcdefg", 6, "abcde…"),
        (UNICODE, "夏夏夏夏", 6, "夏夏 …"),
        (ASCII, "abcdefg", 6, "abc..."),
        (ASCII, "abcdefg", 2, ".."),
        (UNICODE, "abc", 0, ""),
    ],
)
def test_text_is_cut_to_cells(symbols: Symbols, text: str, width: int, shown: str) -> None:
    assert symbols.fit(text, width) == shown


def test_received_text_is_sanitised_and_escaped_in_ascii() -> None:
    assert UNICODE.text("é\x1b[2J").isprintable()
    assert "é" in UNICODE.text("é")
    assert ASCII.text("é") == "\\xe9"
    assert ASCII.text("valid 8 · older 1") == "valid 8 - older 1"
