"""Lines of text and of hex, found without reading what is not shown."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from webhook_tui.ui.widgets.payload.document import TextDocument
from webhook_tui.ui.widgets.payload.hex_document import HexDocument
from webhook_tui.ui.widgets.payload.line_index import LineIndex


def shown(document: TextDocument | HexDocument, index: int) -> str:
    """One line as it is shown."""
    return "".join(piece.text for piece in document.line(index, 200).pieces)


@given(st.lists(st.binary(max_size=6).map(lambda raw: raw.replace(b"\n", b"")), min_size=1, max_size=1200))
def test_lines_are_those_of_a_split(parts: list[bytes]) -> None:
    """Every line, its start and the line of every start, over blocks of any number."""
    body = b"\n".join(parts)
    lines = LineIndex(body)
    assert len(lines) == len(parts)
    assert list(lines) == parts
    at = 0
    for index, part in enumerate(parts):
        assert lines[index] == part
        assert lines.start(index) == at
        assert lines.index_at(at) == index
        at += len(part) + 1


def test_there_is_no_line_beyond_the_last() -> None:
    """As with a list."""
    lines = LineIndex(b"a\nb")
    for index in (2, -1):
        try:
            lines[index]
        except IndexError:
            continue
        raise AssertionError(index)


def test_text_keeps_its_lines() -> None:
    """CRLF is one end of a line, tabs are blanks, what is not harmless is a picture and marked."""
    document = TextDocument(b"a\tb\r\n\x1b[2J\rx\n")
    assert [shown(document, at) for at in range(3)] == ["a   b", "␛[2J␍x", ""]
    assert [document.line(at, 80).differs for at in range(3)] == [False, True, False]
    assert [document.line(at, 80).number for at in range(3)] == ["1", "2", "3"]


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
