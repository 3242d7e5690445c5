"""What is decoded, and where broken JSON is broken, is the same on every Python."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from webhook_tui.domain.comparison.diff import changed_paths
from webhook_tui.domain.delivery.event import parse_event
from webhook_tui.domain.payload.json_decoder import (
    DEEPEST,
    NestingError,
    decode,
    decode_bytes,
    depth,
    indented,
    is_too_deep,
    values_at,
)
from webhook_tui.domain.signature.lint import field_paths
from webhook_tui.payload_query.evaluate import document_of, evaluate
from webhook_tui.piktid.models import read_object
from webhook_tui.ui.format.comparison.event_sides import lines_of
from webhook_tui.ui.widgets.payload.loader import document_for


def nested(levels: int, value: str = "1") -> bytes:
    """An object in an object, that many in all."""
    return b'{"a":' * levels + value.encode() + b"}" * levels


def test_the_deepest_value_is_read_everywhere() -> None:
    """Also by what follows its levels recursively."""
    body, other = nested(DEEPEST), nested(DEEPEST, "2")
    assert parse_event(body).is_json
    assert read_object(body) is not None
    assert changed_paths(body, other) is not None
    assert field_paths(body)
    assert evaluate("a", document_of(body)).content == nested(DEEPEST - 1)
    assert len(lines_of(body)) == 2 * DEEPEST + 1
    assert document_for(body).kind == "json"


def test_one_level_more_is_read_nowhere() -> None:
    """Whatever the interpreter's own limit is."""
    body, other = nested(DEEPEST + 1), nested(DEEPEST + 1, "2")
    assert not parse_event(body).is_json
    assert read_object(body) is None
    assert changed_paths(body, other) is None
    assert not field_paths(body)
    with pytest.raises(NestingError):
        document_of(body)
    assert lines_of(body) == [body.decode()[:400]]
    assert document_for(body).heading == "Nested too deeply to indent: shown as received"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32-be"])
def test_depth_does_not_depend_on_the_encoding(encoding: str) -> None:
    """Nor on signs that have a bracket's byte in UTF-16, or brackets in strings."""
    texts = "\u5b5b" * DEEPEST, "[" * DEEPEST + '"'
    fits = json.dumps(texts, ensure_ascii=False)[:-1] + f",{nested(DEEPEST - 1).decode()}]"
    assert decode(fits.encode(encoding))[2]
    with pytest.raises(NestingError):
        decode(f"[{fits}]".encode(encoding))


@pytest.mark.parametrize(
    ("body", "levels"),
    [
        (b"", 0),
        (b"1", 0),
        (b"[]", 1),
        (b'[{"a":[]},[]]', 3),
        (b'["[[", "\\"[", "\\\\", [2]]', 2),
        (b"]]" + b"[" * 7, 5),
    ],
)
def test_levels_outside_of_strings_count(body: bytes, levels: int) -> None:
    """Of broken JSON, too, so that opening brackets alone are known to be too many."""
    assert depth(body) == levels
    assert not is_too_deep(body)
    assert is_too_deep(body + b"[" * 1000)


@pytest.mark.parametrize("arrays", [0, 1, 250, DEEPEST, DEEPEST + 1])
def test_brackets_of_both_kinds_count_together(arrays: int) -> None:
    """Whichever kind there are more of."""
    body = b"[" * arrays + b'{"a":' * (DEEPEST + 1 - arrays)

    assert is_too_deep(body)
    assert not is_too_deep(body[1:] if arrays else body.replace(b"{", b"", 1))


@pytest.mark.parametrize(
    ("body", "message", "place"),
    [
        (b"[1,]", "Illegal trailing comma before end of array", 2),
        (b'{"a":1 ,\n }', "Illegal trailing comma before end of object", 7),
        (b'{"a":1,]', "Expecting property name enclosed in double quotes", 7),
        (b"[1,}", "Expecting value", 3),
        (b"[,]", "Expecting value", 1),
        (b"[1", "Expecting ',' delimiter", 2),
    ],
)
def test_a_trailing_comma_is_where_python_3_13_sees_it(body: bytes, message: str, place: int) -> None:
    """Earlier versions point at the bracket behind it."""
    with pytest.raises(json.JSONDecodeError) as caught:
        decode(body)
    assert (caught.value.msg, caught.value.pos) == (message, place)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(max_codepoint=0x1FFFF), max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=8,
)
_ENCODED = st.builds(
    lambda value, ascii_only, encoding: json.dumps(value, ensure_ascii=ascii_only).encode(encoding, "surrogatepass"),
    _VALUES,
    st.booleans(),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)


@given(
    _ENCODED | st.builds(lambda body, at, byte: body[:at] + byte + body[at:], _ENCODED, st.integers(0, 40), st.binary())
)
@example(b'{"a": 1e400, "a": -0, "b": 18446744073709551616}')
@example(b'["\\ud800", "\xed\xa0\x80", "\t"]')
@example(b"[1,]")
def test_the_fast_decoder_reads_what_the_standard_library_reads(body: bytes) -> None:
    """The same value or a ValueError from both, for whatever bytes."""
    try:
        expected = repr(json.loads(body.decode(json.detect_encoding(body), "surrogatepass")))
    except ValueError:
        expected = "ValueError"
    try:
        found = repr(decode(body))
    except ValueError:
        found = "ValueError"

    assert found == expected


@given(_ENCODED)
@example(b'["\\ud800"]')
@example(b'{"\\udc00\\ud800": "\xed\xa0\x80"}')
def test_strict_json_has_no_lone_surrogates(body: bytes) -> None:
    """SQLite takes every text in it."""
    try:
        value, is_strict = decode_bytes(body)
    except ValueError:
        return
    assert not (is_strict and re.search("[\ud800-\udfff]", json.dumps(value, ensure_ascii=False)))


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ((), [{"a": [{"b": 1}, {"b": 2}, 3], "2": 4}]),
        (("a", "b"), [1, 2]),
        (("a", "1", "b"), [2]),
        (("2",), [4]),
        (("a", "9"), []),
        (("a", "b", "c"), []),
    ],
)
def test_values_at_a_path(path: tuple[str, ...], found: list[object]) -> None:
    """A number is an index in a list and a key in an object."""
    assert values_at({"a": [{"b": 1}, {"b": 2}, 3], "2": 4}, path) == found


def test_a_body_whose_indentation_would_be_too_large_stays_as_it_is() -> None:
    """A megabyte would become half a gigabyte of blanks."""
    wide = b"[" * 480 + b",".join([b"1"] * 500_000) + b"]" * 480

    assert indented(wide) is wide
    assert indented(b'{"a":[1]}') == b'{\n  "a": [\n    1\n  ]\n}'
    assert indented(b"") == b""
