"""Cells of a table for people: exactly as wide as they have to be, harmless, coloured only on a terminal."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.headless.text_style import TextStyle


@pytest.mark.parametrize(
    ("text", "width", "cell"),
    [("abc", 5, "abc  "), ("abcdef", 4, "abc…"), ("你好吗", 4, "你 …"), ("a\x1bb", 3, "a␛b"), ("", 2, "  ")],
)
def test_a_cell_has_its_width(text: str, width: int, cell: str) -> None:
    """Where a wide character is cut, a blank stands for its other half."""
    assert TextStyle().cell(text, width) == cell
    assert cell_len(cell) == width


def test_a_locale_without_utf_8_gets_ascii() -> None:
    style = TextStyle(in_ascii=True)

    assert style.cell("abcdef", 4) == "abc."
    assert all(style.verdict(verdict).isascii() for verdict in Verdict)
    assert style.symbols("…–×").isascii()


def test_only_a_terminal_gets_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a pipe, lines are as wide as COLUMNS says, at least 40 cells."""
    monkeypatch.setenv("COLUMNS", "20")
    style = TextStyle.of_stdout()

    assert (style.color, style.width, style.is_cut) == (False, 40, True)
    monkeypatch.delenv("COLUMNS")
    assert not TextStyle.of_stdout().is_cut, "grep finds all of it"
    assert TextStyle(color=True).verdict(Verdict.VALID, 9) == "\x1b[32m✓ valid  \x1b[0m"
