"""Which document a body becomes: JSON, text or hex."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.widgets.payload.documents import paths, text
from webhook_tui.ui.widgets.payload.loader import document_for


@pytest.mark.parametrize(
    ("body", "heading"),
    [
        (b"hello", "Not JSON: expected a value at line 1, column 1"),
        (b"", "Not JSON: the body is empty"),
        (b" \n", "Not JSON: the body is empty"),
        (b'{"a":\n 1,}', "Not JSON: a comma before the end at line 2, column 3"),
        (b"[1,]", "Not JSON: a comma before the end at line 1, column 3"),
        (b'{"a":1,b}', "Not JSON: expected a key in double quotes at line 1, column 8"),
        (b"[1,2", "Not JSON: expected a comma or the end at line 1, column 5"),
        (b'{"a" 1}', "Not JSON: expected a colon at line 1, column 6"),
        (b"{} x", "Not JSON: something follows the end at line 1, column 4"),
        (b'"abc', "Not JSON: a string without its end at line 1, column 1"),
        (b'"a\nb"', "Not JSON: a control character in a string at line 1, column 3"),
        (b'"\\x"', "Not JSON: an escape that JSON does not have at line 1, column 2"),
        (b'{"a":NaN}', "Not JSON: NaN is not a JSON value"),
        (b"[-Infinity]", "Not JSON: -Infinity is not a JSON value"),
        (b"[" * 5000 + b"]" * 5000, "Nested too deeply to indent: shown as received"),
        (b"[" * 5000, "Nested too deeply to indent: shown as received"),
    ],
)
def test_what_is_not_json_is_text_and_says_why(body: bytes, heading: str) -> None:
    """The heading points at the place, and the body's own lines are shown."""
    document = document_for(body)
    assert document.kind == "text"
    assert document.heading == heading
    assert paths(document) == [""] * document.line_count
    assert document.fold_at(0) is None


def test_what_is_not_text_is_hex() -> None:
    """Bytes that are no UTF-8, or hold a NUL."""
    assert document_for(b"\x89PNG\r\n").kind == "hex"
    assert document_for(b"\x89PNG\r\n").heading == "Not JSON and not text: shown as hex"
    assert document_for(b"a\0b").kind == "hex"
    assert document_for("ünï".encode("utf-16")).kind == "hex"


def test_raw_shows_the_bodys_own_lines() -> None:
    """No indentation, no heading, and a last newline is an empty last line."""
    document = document_for(b'{"a":1,\n\t"b":2}\n', raw=True)
    assert document.kind == "text"
    assert document.heading == ""
    assert text(document) == ['{"a":1,', '    "b":2}', ""]
    assert document_for(b"\xff", raw=True).kind == "hex"


def test_deep_nesting_never_becomes_gigabytes() -> None:
    """Where indentation would be many times the body, the body is shown as received."""
    bomb = b"[" * 60 + b"0," * 2_000_000 + b"0" + b"]" * 60
    assert document_for(bomb).kind == "text"
    strings = b'["' + b"[{" * 2_000_000 + b'\\"", 1]'
    assert document_for(strings).kind == "json"


@given(st.binary(max_size=300))
def test_any_bytes_become_a_document(body: bytes) -> None:
    """Nothing raises, every line can be shown, and all of it is harmless."""
    for raw in (False, True):
        document = document_for(body, raw=raw)
        assert document.line_count >= 1
        for at in range(document.line_count):
            shown = "".join(piece.text for piece in document.line(at, 200).pieces)
            assert shown.isprintable()
            document.path_at(at)
            document.fold_at(at)
