"""The last filter before the terminal."""

from __future__ import annotations

from rich.control import Control
from rich.segment import Segment
from textual.color import Color

from tests.ui.terminal_view import FORBIDDEN, HOSTILE
from webhook_tui.ui.terminal.output_filter import OutputFilter


def test_control_characters_are_replaced() -> None:
    """The width of a segment stays."""
    segments = [Segment("ok"), Segment(f"a{HOSTILE}b→"), Control.bell().segment]

    clean = OutputFilter().apply(segments, Color(0, 0, 0))

    assert clean[0] is segments[0]
    assert not FORBIDDEN.search(clean[1].text)
    assert clean[1].cell_length == segments[1].cell_length
    assert clean[2] is segments[2]
    assert OutputFilter(in_ascii=True).apply([Segment("● → ✓ 日")], Color(0, 0, 0))[0].text == "* > + ??"
