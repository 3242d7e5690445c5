"""Two bodies compared as JSON: at how many paths they differ, and where."""

from __future__ import annotations

import pytest

from webhook_tui.domain.comparison.json_diff import (
    LARGEST_COMPARED,
    PathChange,
    changed_paths,
    differing_paths,
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
    """A key that is no word stands in brackets; of an object or array the size is told, too."""
    changes = changed_paths(b'{"a": 1, "b c": [1, 2], "gone": null}', b'{"a": 2, "b c": {}, "new": "x"}')

    assert changes == (
        PathChange("$.a", "1", "2"),
        PathChange('$["b c"]', "[1, 2]", "{}", 2, 0),
        PathChange("$.gone", "null", None),
        PathChange("$.new", None, '"x"'),
    )


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
