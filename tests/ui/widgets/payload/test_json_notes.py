"""Remarks on JSON: what other programs read otherwise."""

from __future__ import annotations

import json

import msgspec
import pytest

from tests.ui.widgets.payload.documents import WIDE, text
from webhook_tui.ui.widgets.payload.json_notes import fits_a_double
from webhook_tui.ui.widgets.payload.loader import document_for


def test_twins_and_numbers_beyond_double_are_named_and_marked() -> None:
    """Their lines carry the sign, and the notes say what they are."""
    document = document_for(b'{"a":1,"b":{"a":1,"c":9007199254740993},"a":2,"x":1e999}')
    assert document.notes == (
        "number beyond double: 9007199254740993",
        'duplicate key "a"',
        "number beyond double: 1e999",
    )
    assert [at for at in range(document.line_count) if document.line(at, WIDE).differs] == [4, 6, 7]
    fold = document.fold_at(2)
    assert fold is not None
    assert fold.differs


def test_bytes_that_are_not_utf8_are_reported() -> None:
    """They are shown as latin-1, marked and noted."""
    document = document_for(b'{"a":"\xff"}')
    assert document.kind == "json"
    assert document.notes == ("bytes that are not UTF-8",)
    assert document.line(1, WIDE).differs


@pytest.mark.parametrize(
    ("number", "fits"),
    [
        (b"0", True),
        (b"-12.5", True),
        (b"1e3", True),
        (b"1e999", False),
        (b"9007199254740992", True),
        (b"9007199254740993", False),
        (b"100000000000000000000", True),
        (b"0.1000000000000000055511151231257827", False),
        (b"1795443602.418", True),
        (b"3.1415926535897931", True),
        (b"1" * 5000, False),
        (b"1." + b"0" * 300, True),
        (b"123456789012345678e500", False),
    ],
)
def test_numbers_that_survive_as_a_double(number: bytes, fits: bool) -> None:
    """Whether a program that reads it as a double sees the number that was sent."""
    assert fits_a_double(number) is fits


def test_half_a_surrogate_pair_is_still_json() -> None:
    """What the fast parser refuses and the grammar allows is laid out in the same way."""
    body = json.dumps({"a": [1, {}, [], {"b": [[]], "c": "x, {}"}], "é": "\udc9b", "n": [-1.5e3]}).encode()
    document = document_for(body)
    assert document.kind == "json"
    wanted = msgspec.json.format(body.replace(b"\\udc9b", b"......"), indent=2).replace(b"......", b"\\udc9b")
    assert text(document) == wanted.decode().split("\n")
    assert document_for(b'["\\ud800"]' + b" " * 2_000_000).kind == "text"


def test_a_byte_order_mark_is_reported() -> None:
    """The JSON behind it is shown as JSON, with a note."""
    document = document_for(b'\xef\xbb\xbf{"a":1}')
    assert document.kind == "json"
    assert document.notes == ("a byte order mark in front",)
