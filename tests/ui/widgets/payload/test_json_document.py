"""JSON as lines: nothing is changed but its blanks, and whatever is received becomes some document."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhook_tui.ui.widgets.payload.document import LONGEST_LINE, Document
from webhook_tui.ui.widgets.payload.json_notes import fits_a_double
from webhook_tui.ui.widgets.payload.loader import document_for

WIDE = 10_000
EVENT = b'{"id":90412,"data":{"job_id":"j1","a b":[1,{"x":[]},[2,[3]],"q"],"e":{}},"n":1e3}'


def text(document: Document) -> list[str]:
    """All lines as they are shown."""
    return ["".join(piece.text for piece in document.line(at, WIDE).pieces) for at in range(document.line_count)]


def paths(document: Document) -> list[str]:
    """The path of each line."""
    return [document.path_at(at) for at in range(document.line_count)]


def test_json_is_indented_and_nothing_else() -> None:
    """Numbers, twins and order stay as received."""
    body = b'{"b":1e3,"a":12345678901234567890123,"b":1.0,"u":"\\u00e9\\ud800","l":[],"o":{}}'
    document = document_for(body)
    assert document.kind == "json"
    assert document.heading == ""
    assert text(document) == [
        "{",
        '  "b": 1e3,',
        '  "a": 12345678901234567890123,',
        '  "b": 1.0,',
        '  "u": "\\u00e9\\ud800",',
        '  "l": [],',
        '  "o": {}',
        "}",
    ]


def test_each_line_has_its_path() -> None:
    """Keys with dots, other keys in brackets, items by number; a closing bracket has the path of what it closes."""
    assert paths(document_for(EVENT)) == [
        "$",
        "$.id",
        "$.data",
        "$.data.job_id",
        '$.data["a b"]',
        '$.data["a b"][0]',
        '$.data["a b"][1]',
        '$.data["a b"][1].x',
        '$.data["a b"][1]',
        '$.data["a b"][2]',
        '$.data["a b"][2][0]',
        '$.data["a b"][2][1]',
        '$.data["a b"][2][1][0]',
        '$.data["a b"][2][1]',
        '$.data["a b"][2]',
        '$.data["a b"][3]',
        '$.data["a b"]',
        "$.data.e",
        "$.data",
        "$.n",
        "$",
    ]


def test_paths_do_not_depend_on_the_order_of_asking() -> None:
    """Places in arrays are counted on from the last one, forwards and backwards."""
    body = json.dumps([[1, {"a": [2]}], [3], {"b": 4}, 5, [[6]]]).encode()
    fresh = [document_for(body).path_at(at) for at in range(document_for(body).line_count)]
    document = document_for(body)
    assert [document.path_at(at) for at in reversed(range(document.line_count))] == fresh[::-1]


@pytest.mark.parametrize(
    ("line", "first", "last", "words"),
    [(0, 0, 20, "3 keys"), (2, 2, 18, "3 keys"), (4, 4, 16, "4 items"), (6, 6, 8, "1 key"), (11, 11, 13, "1 item")],
)
def test_objects_and_arrays_can_be_folded(line: int, first: int, last: int, words: str) -> None:
    """A part goes from its opening to its closing line and knows what it holds."""
    fold = document_for(EVENT).fold_at(line)
    assert fold is not None
    assert (fold.first, fold.last, fold.summary) == (first, last, words)


def test_nothing_else_can_be_folded() -> None:
    """Not a value, not an empty object, not a closing line."""
    document = document_for(EVENT)
    assert [document.fold_at(line) for line in (1, 7, 8, 17, 20)] == [None] * 5


def test_colours_follow_the_grammar() -> None:
    """A key is not a string, and brackets inside of strings are text."""
    document = document_for(b'{"a: {":"b\\": [1","n":-1.5e-3,"t":[true,null]}')
    roles = [[(piece.text, piece.role) for piece in document.line(at, WIDE).pieces] for at in range(4)]
    assert ('"a: {"', "key") in roles[1]
    assert ('"b\\": [1"', "string") in roles[1]
    assert ("-1.5e-3", "number") in roles[2]
    assert (",", "punct") in roles[2]
    assert ("[", "punct") in roles[3]
    assert ("true", "literal") in [(piece.text, piece.role) for piece in document.line(4, WIDE).pieces]


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


def test_text_that_would_do_harm_is_made_visible_and_marked() -> None:
    """Characters that a terminal obeys or hides are replaced, and the line shows it."""
    document = document_for('{"a":"\u202e\u009b31m","ok":"é日本"}'.encode())
    assert text(document)[1] == '  "a": "\ufffd\ufffd31m",'
    assert document.line(1, WIDE).differs
    assert not document.line(2, WIDE).differs


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


def test_deep_nesting_never_becomes_gigabytes() -> None:
    """Where indentation would be many times the body, the body is shown as received."""
    bomb = b"[" * 60 + b"0," * 2_000_000 + b"0" + b"]" * 60
    assert document_for(bomb).kind == "text"
    strings = b'["' + b"[{" * 2_000_000 + b'\\"", 1]'
    assert document_for(strings).kind == "json"


def test_a_line_of_megabytes_is_shown_in_part() -> None:
    """Only what the cells need is read, and never more than the longest line; the rest is counted."""
    document = document_for(b'{"a":"' + "é".encode() * 1_000_000 + b'"}')
    near = document.line(1, 80)
    assert near.more
    assert 80 < sum(len(piece.text) for piece in near.pieces) < 1000
    assert "\ufffd" not in near.pieces[-1].text
    far = document.line(1, 1_000_000)
    assert sum(len(piece.text) for piece in far.pieces) < LONGEST_LINE
    assert far.pieces[-1].text.endswith("bytes more")
    assert document.path_at(1) == "$.a"


def test_a_key_of_megabytes_is_cut_in_its_path() -> None:
    """The path stays a line."""
    document = document_for(b'{"' + b"k" * 1_000_000 + b'":1}')
    assert len(document.path_at(1)) < 100


def test_search_finds_the_nearest_line_both_ways() -> None:
    """Letters of either case, forwards and backwards, or nothing."""
    document = document_for(EVENT)
    assert document.find("JOB", 0, backwards=False) == 3
    assert document.find("x", 4, backwards=False) == 7
    assert document.find("x", 20, backwards=True) == 7
    assert document.find("x", 6, backwards=True) is None
    assert document.find("nowhere", 0, backwards=False) is None


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


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)


@given(_VALUES)
def test_paths_lead_to_the_values_they_stand_for(value: object) -> None:
    """The line of each number and word is found again by walking its path."""
    body = json.dumps(value).encode()
    document = document_for(body)
    assert text(document) == msgspec.json.format(body, indent=2).decode().split("\n")
    for at in range(document.line_count):
        fold = document.fold_at(at)
        if fold is not None:
            assert document.path_at(fold.last) == document.path_at(at)
            inner = [document.path_at(line) for line in range(at + 1, fold.last)]
            margins = [document.line(line, WIDE).pieces[0].text for line in range(at + 1, fold.last)]
            heads = {path for path, margin in zip(inner, margins, strict=True) if margin == margins[0]}
            assert int(fold.summary.split()[0]) >= len(heads)
