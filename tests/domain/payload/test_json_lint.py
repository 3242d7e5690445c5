"""What a decoder hides of a body's JSON, and where it has values."""

from __future__ import annotations

import pytest

from webhook_tui.domain.payload.json_lint import LARGEST_LINTED, LONGEST_PATH, MOST_PATHS, field_paths, paths_of, read


@pytest.mark.parametrize(
    ("body", "oddities"),
    [
        (b'{"a": 1, "a": 2, "a": 3}', ("duplicate key a",)),
        (b'{"a": NaN}', ("NaN is not JSON",)),
        (b"[9007199254740992, 0.1, 1e3, -0.0]", ()),
        (b"[9007199254740993]", ("number beyond double: 9007199254740993",)),
        (b"[1e400]", ("number beyond double: 1e400",)),
        (b'["\\ud83d\\ude00"]', ()),
        (b'["\\ud83d"]', ("half of a surrogate pair in a text",)),
        (b'{"\\udc00": 1}', ("half of a surrogate pair in a text",)),
    ],
)
def test_oddities(body: bytes, oddities: tuple[str, ...]) -> None:
    assert read(body).oddities == oddities


def test_numbers_keep_their_spelling() -> None:
    assert read(b"[1.0, 1e2, 123456789012345678901234567890]").value == ["1.0", "1e2", "123456789012345678901234567890"]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", "the body is not JSON"),
        (b"\xff", "the body is not JSON"),
        (b"[" * 1000, "the JSON is nested too deeply to be read"),
    ],
)
def test_a_body_that_cannot_be_read(body: bytes, error: str) -> None:
    assert read(body).error == error


def test_paths_of_fields() -> None:
    """Items of an array share one path; what is no object has none."""
    assert field_paths(b'{"a": {"b": 1}, "c": [{"d": 1}, {"e": [2]}]}') == {"a", "a.b", "c", "c[].d", "c[].e"}
    assert field_paths(b"[1]") == frozenset()


def test_paths_are_bounded() -> None:
    long = "k" * (LONGEST_PATH - 1)

    assert field_paths(b'{"a": "' + b"x" * LARGEST_LINTED + b'"}') == frozenset()
    assert paths_of({long: {"b": 1}}) == {long}
    assert len(paths_of({str(at): {"b": 1} for at in range(MOST_PATHS * 2)})) <= MOST_PATHS * 2
