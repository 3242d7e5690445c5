"""Bytes that are not text, as a hex dump."""

from __future__ import annotations

from tests.ui.widgets.payload.documents import shown
from webhook_tui.ui.widgets.payload.hex_document import HexDocument


def test_hex_has_offset_bytes_and_characters() -> None:
    """Sixteen bytes a line in two groups; what is not printable ASCII is a dot."""
    document = HexDocument(b"{\x00\xff}" * 5)
    assert document.line(1, 80).number == "00000010"
    assert shown(document, 0) == "7b 00 ff 7d 7b 00 ff 7d  7b 00 ff 7d 7b 00 ff 7d  {..}{..}{..}{..}"
    assert shown(document, 1).startswith("7b 00 ff 7d ")
    assert shown(document, 1).endswith("  {..}")


def test_hex_is_narrow_below_78_columns() -> None:
    """Eight bytes a line; the same document where nothing changes."""
    document = HexDocument(bytes(range(32)))
    narrow = document.fitted(77)
    assert narrow.line_count == 4
    assert narrow.line(1, 80).number == "00000008"
    assert document.fitted(78) is document
    assert narrow.fitted(78).line_count == 2
    assert HexDocument(b"").line_count == 1


def test_hex_is_searched_across_its_lines() -> None:
    """What begins on one line and ends on the next is found where it begins."""
    document = HexDocument(b"." * 14 + b"needle" + b"." * 20 + b"needle")
    assert document.find("needle", 0, backwards=False) == 0
    assert document.find("needle", 1, backwards=False) == 2
    assert document.find("needle", 1, backwards=True) == 0
    assert document.find("hay", 0, backwards=False) is None
