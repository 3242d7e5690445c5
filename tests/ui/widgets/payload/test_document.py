"""Lines of text and of hex, found without reading what is not shown."""

from __future__ import annotations

from tests.ui.widgets.payload.documents import shown
from webhook_tui.ui.widgets.payload.document import TextDocument


def test_text_keeps_its_lines() -> None:
    """CRLF is one end of a line, tabs are blanks, what is not harmless is a picture and marked."""
    document = TextDocument(b"a\tb\r\n\x1b[2J\rx\n")
    assert [shown(document, at) for at in range(3)] == ["a   b", "␛[2J␍x", ""]
    assert [document.line(at, 80).differs for at in range(3)] == [False, True, False]
    assert [document.line(at, 80).number for at in range(3)] == ["1", "2", "3"]
