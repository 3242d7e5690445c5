"""A parsed body written again: every token as it was, in the order and with the white space of a serializer."""

from __future__ import annotations

import pytest

from webhook_tui.domain.payload.json_document import Document, ExpiredError, Layout, LexemeEscape, Members, Order


def _never() -> bool:
    return False


def parsed(body: bytes) -> Document:
    """The document in a body of valid JSON."""
    document = Document.parse(body, _never)
    assert document is not None
    return document


def test_numbers_strings_and_duplicate_keys_keep_their_spelling() -> None:
    body = b'{"a":1.0,"a":1E2,"b":"\\u00e9\\/","c":[]}'

    assert parsed(body).written(Order.AS_SENT, Layout()) == body


@pytest.mark.parametrize(
    ("layout", "written"),
    [
        (Layout(", ", ": "), b'{"a": [1, {}], "b": []}'),
        (Layout(",", ": ", "  "), b'{\n  "a": [\n    1,\n    {}\n  ],\n  "b": []\n}'),
        (Layout(",", " : ", "  ", inline=True), b'{\n  "a" : [ 1, { } ],\n  "b" : [ ]\n}'),
    ],
)
def test_white_space(layout: Layout, written: bytes) -> None:
    """None, as json.dumps of Python, indented, and as Jackson."""
    assert parsed(b'{"a":[1,{}],"b":[]}').written(Order.AS_SENT, layout) == written


def test_orders() -> None:
    """Sorted, indexes first, duplicates dropped, arrays for objects."""
    document = parsed(b'{"b": {"z": 1, "y": 2}, "10": 1, "2": {}, "a": {"0": 5, "1": 6}, "b": {"d":1,"c":2}}')

    def written(order: Order) -> bytes | None:
        return document.written(order, Layout())

    assert written(Order.AS_SENT) == b'{"b":{"z":1,"y":2},"10":1,"2":{},"a":{"0":5,"1":6},"b":{"d":1,"c":2}}'
    assert written(Order.UNIQUE) == b'{"b":{"d":1,"c":2},"10":1,"2":{},"a":{"0":5,"1":6}}'
    assert written(Order.SORTED) == b'{"10":1,"2":{},"a":{"0":5,"1":6},"b":{"c":2,"d":1}}'
    assert written(Order.INNER_SORTED) == b'{"b":{"c":2,"d":1},"10":1,"2":{},"a":{"0":5,"1":6}}'
    assert written(Order.INDEX_FIRST) == b'{"2":{},"10":1,"b":{"d":1,"c":2},"a":{"0":5,"1":6}}'
    assert written(Order.ASSOCIATIVE) == b'{"b":{"d":1,"c":2},"10":1,"2":[],"a":[5,6]}'


def test_an_escape_of_lexemes_does_not_decode_them() -> None:
    document = parsed(b'["<\\u003c"]')

    assert document.written(Order.AS_SENT, Layout(), LexemeEscape("<")) == b'["\\u003c\\u003c"]'


def test_the_last_of_duplicate_members_counts() -> None:
    document = parsed(b'{"a": 1, "\\u0061": {"b": 2}}')
    inner = document.member("a")

    assert isinstance(inner, Members)
    assert document.part(inner).member("b") == "2"
    assert document.member("c") is None
    assert parsed(b"[1]").member("a") is None


@pytest.mark.parametrize("body", [b"", b"{", b"[1,]", b"[" * 200 + b"]" * 200])
def test_what_is_no_json_or_too_deep_has_no_document(body: bytes) -> None:
    assert Document.parse(body, _never) is None


def test_a_lone_surrogate_cannot_be_written() -> None:
    """UTF-8 has no bytes for it, unless it stays an escape."""
    document = parsed(b'["\\ud800"]')

    assert document.written(Order.AS_SENT, Layout()) == b'["\\ud800"]'
    assert document.written(Order.AS_SENT, Layout(), lambda text: f'"{text}"') is None


def test_the_time_limit_ends_it() -> None:
    left = iter([False] * 3)
    with pytest.raises(ExpiredError):
        Document.parse(b'{"a": {"b": {"c": [1, 2]}}}', lambda: next(left, True))
