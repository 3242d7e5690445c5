"""The differences of two bodies."""

from __future__ import annotations

import json

import pytest

from webhook_tui.domain.comparison.diff import (
    LARGEST_COMPARED,
    PathChange,
    byte_diff,
    changed_paths,
    differing_paths,
    first_difference,
    first_differing_path,
    keeps_key_order,
)


@pytest.mark.parametrize(
    ("one", "other", "paths"),
    [
        (b'{"a":1}', b'{ "a" : 1.0 }', 0),
        (b'{"a":1,"b":2}', b'{"b":2,"a":1}', 0),
        (b'{"a":"\\u00e9"}', '{"a":"é"}'.encode(), 0),
        (b'{"a":1}', b'{"a":true}', 1),
        (b'{"a":null}', b"{}", 1),
        (b'{"a":{"b":1,"c":2}}', b'{"a":{"b":2,"c":3}}', 2),
        (b'{"a":{"b":1,"c":2}}', b'{"a":[1,2]}', 1),
        (b'{"a":[1,2,3]}', b'{"a":[1,9]}', 2),
        (b'{"a":NaN}', b'{"a":NaN }', 0),
        (b'{"a":NaN}', b'{"a":"NaN"}', 1),
        (b"not json", b"not json", 0),
        (b"not json", b"{}", 1),
        (b"[" * 100_000, b"{}", 1),
        (b" " * LARGEST_COMPARED + b"{}", b"{}", None),
    ],
)
def test_contents_differ_by_paths(one: bytes, other: bytes, paths: int | None) -> None:
    """JSON is compared, not spelling; both ways round alike."""
    assert differing_paths(one, other) == paths
    assert differing_paths(other, one) == paths


def test_what_changed_at_each_path() -> None:
    """A key that is no word stands in brackets; of an object or array also the size is shown."""
    changes = changed_paths(b'{"a": 1, "b c": [1, 2], "gone": null}', b'{"a": 2, "b c": {}, "new": "x"}')

    assert changes == (
        PathChange("$.a", "1", "2"),
        PathChange('$["b c"]', "[1, 2]", "{}", 2, 0),
        PathChange("$.gone", "null", None),
        PathChange("$.new", None, '"x"'),
    )


def test_a_long_path_is_cut() -> None:
    """Else a key of half a megabyte stands in every path below it."""
    before, after = (json.dumps({"k" * 500_000: dict.fromkeys(map(str, range(9)), value)}) for value in (0, 1))
    changes = changed_paths(before.encode(), after.encode())

    assert changes is not None
    assert {len(one.path) for one in changes} == {300}


def test_the_first_differing_path() -> None:
    """What is no JSON differs as a whole."""
    assert first_differing_path(b'{"a": [1, 2]}', b'{"a": [1, 3]}') == "$.a[1]"
    assert first_differing_path(b"{", b"{}") == "$"


@pytest.mark.parametrize(
    ("one", "other", "kept"),
    [
        (b'{"a":1,"b":2}', b'{"a":1,"x":0,"b":3}', True),
        (b'{"a":1,"b":2}', b'{"b":2,"a":1}', False),
        (b'[{"a":1,"b":2}]', b'[{"b":2,"a":1}]', False),
        (b"{", b"{}", True),
    ],
)
def test_the_order_of_common_keys(one: bytes, other: bytes, kept: bool) -> None:
    assert keeps_key_order(one, other) is kept


@pytest.mark.parametrize(
    ("before", "after", "lines", "first"),
    [
        (b"a\nb\nc\n", b"a\nB\nc\n", ["-b", "+B"], 2),
        (b"a\nb\n", b"a\nb", ["-b", "+b|"], 3),
        (b"{}", b"{}\n", ["-{}|", "+{}"], 2),
        (b"a\nb\nc", b"a\nc", ["-b"], 2),
        (b"", b"new\n", ["+new"], 0),
        (b"a\r\nb", b"a\nb", ["-a\r", "+a"], 1),
        (b"a\rb\nc", b"x\rb\nc", ["-a\rb", "+x\rb"], 0),
        (b"same", b"same", [], 4),
    ],
)
def test_changed_lines(before: bytes, after: bytes, lines: list[str], first: int) -> None:
    """`|`: no newline at the end, which editors like to add."""
    changes = byte_diff(before, after, most=40)

    assert [c.sign + c.text.decode() + "|" * c.ends_without_newline for c in changes] == lines
    assert first_difference(before, after) == first


def test_a_long_line_is_cut_to_the_place() -> None:
    """One line of JSON is the usual body."""
    before = b"x" * 1000 + b"1" + b"y" * 1000
    removed, added = byte_diff(before, before.replace(b"1", b"2"), most=40)

    assert removed.text == b"x" * 20 + b"1" + b"y" * 39
    assert added.text == b"x" * 20 + b"2" + b"y" * 39
    assert (removed.cut_before, removed.cut_after) == (True, True)


def test_large_bodies_are_compared_in_no_time() -> None:
    """Ten thousand other lines are one block, of which the first are reported."""
    before = b"".join(b"%d\n" % n for n in range(100_000))
    after = b"".join(b"%d!\n" % n for n in range(100_000))

    assert len(byte_diff(before, after, most=40)) == 40


def test_lines_that_are_the_same_in_large_bodies_are_left_out() -> None:
    before = b"".join(b"%d\n" % n for n in range(1_000))
    after = before.replace(b"\n3\n", b"\nthree\n").replace(b"\n990\n", b"\n-\n")

    assert [c.sign + c.text.decode() for c in byte_diff(before, after, most=40)] == ["-3", "+three", "-990", "+-"]
