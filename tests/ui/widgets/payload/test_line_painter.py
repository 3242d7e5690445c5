"""Styles over parts of a line."""

from __future__ import annotations

import pytest
from rich.segment import Segment
from rich.style import Style

from webhook_tui.ui.widgets.payload.line_painter import characters_before, with_matches, with_span

FOUND = Style(bold=True)
LINE = [Segment('"na'), Segment('me": "Name"', Style(italic=True))]


def test_matches_are_found_in_any_case_and_across_pieces() -> None:
    found = with_matches(LINE, "NAME", FOUND)
    assert "".join(text for text, _, _ in found) == '"name": "Name"'
    assert [text for text, style, _ in found if style is not None and style.bold] == ["na", "me", "Name"]
    italic = [style.italic for text, style, _ in found if style is not None and text in ("me", "Name")]
    assert italic == [True, True]


def test_nothing_is_marked_without_a_match() -> None:
    assert "".join(text for text, style, _ in with_matches(LINE, "x", FOUND) if style and style.bold) == ""


@pytest.mark.parametrize(("first", "last", "text"), [(1, 5, "name"), (8, None, '"Name"'), (12, 99, 'e"'), (3, 3, "")])
def test_a_span_has_the_style(first: int, last: int | None, text: str) -> None:
    found = with_span(LINE, first, last, FOUND)
    assert "".join(text for text, style, _ in found if style is not None and style.bold) == text


@pytest.mark.parametrize(
    ("text", "cells", "count"), [("abc", 2, 2), ("abc", 9, 3), ("夏夏夏", 2, 1), ("夏夏夏", 3, 2), ("夏", 0, 0)]
)
def test_cells_are_no_characters(text: str, cells: int, count: int) -> None:
    assert characters_before(text, cells) == count
