"""JSON as lines: nothing is changed but its blanks, and whatever is received becomes some document."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.widgets.payload.documents import WIDE, paths, text
from webhook_tui.ui.widgets.payload.document import LONGEST_LINE
from webhook_tui.ui.widgets.payload.loader import document_for

EVENT = b'{"id":90412,"data":{"job_id":"j1","a b":[1,{"x":[]},[2,[3]],"q"],"e":{}},"n":1e3}'


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


def test_text_that_would_do_harm_is_made_visible_and_marked() -> None:
    """Characters that a terminal obeys or hides are replaced, and the line shows it."""
    document = document_for('{"a":"\u202e\u009b31m","ok":"é日本"}'.encode())
    assert text(document)[1] == '  "a": "\ufffd\ufffd31m",'
    assert document.line(1, WIDE).differs
    assert not document.line(2, WIDE).differs


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
