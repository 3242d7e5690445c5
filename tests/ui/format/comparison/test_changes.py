"""An edit as lines: by JSON path, by bytes where there are no paths, and what was kept."""

from __future__ import annotations

import json

import pytest

from webhook_tui.ui.format.comparison.changes import changes_text, warning_text

BODY = b'{"data": {"status": "completed", "output": {"a": 1, "b": 2}, "list": [1]}}'


def lines(after: bytes, before: bytes = BODY) -> list[str]:
    """Without the blanks at their ends."""
    return [line.rstrip() for line in changes_text(before, after, 69).plain.split("\n")]


def test_paths_that_came_went_and_changed() -> None:
    """Each with its sign; of objects and arrays the size."""
    after = b'{"data": {"status": "failed", "list": [1], "more": [1], "error_message": "no face"}}'
    assert lines(after) == [
        '≠ $.data.status         "completed"  →  "failed"',
        "- $.data.output         2 keys  →  –",
        "+ $.data.more           –  →  1 item",
        '+ $.data.error_message  –  →  "no face"',
        "4 changes · 74 → 84 bytes · spacing and key order kept",
    ]


def test_more_than_six_are_counted() -> None:
    """The page has them all."""
    after = json.dumps({"data": json.loads(BODY)["data"] | {f"k{index}": 1 for index in range(9)}}).encode()
    assert lines(after)[5:] == [
        "+ $.data.k5  –  →  1",
        "and 3 more; y shows the diff",
        "9 changes · 74 → 155 bytes · spacing and key order kept",
    ]


def test_long_values_are_shown_where_they_differ() -> None:
    """URLs begin alike; wide characters count twice; nothing is longer than the line."""
    start = "https://cdn.example.com/one/and/the/same/path"
    before, after = (json.dumps({"a": f"{start}/{end}", "夏" * 20: end}, ensure_ascii=False).encode() for end in "xy")
    changed = changes_text(before, after, 69)
    assert '…ath/x"  →  …ath/y"' in changed.plain
    assert all(line.cell_length <= 69 for line in changed.split("\n"))


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (b'{"b": 2, "a": 1}', "no value changed · 16 → 16 bytes · spacing kept, key order changed"),
        (b'{"a":1,"b":2}', "no value changed · 16 → 13 bytes · spacing changed, key order kept"),
        (b'{"b":2,"a":1}', "no value changed · 16 → 13 bytes · spacing and key order changed"),
        (b"{", "16 → 1 byte"),
    ],
)
def test_what_has_no_paths_is_reported_by_bytes(after: bytes, said: str) -> None:
    """Removed, added and unchanged lines."""
    *shown, counted = lines(after, b'{"a": 1, "b": 2}')
    assert counted == said
    assert [line[:2] for line in shown] == ["- ", "+ "]
    assert "no newline" not in "".join(shown)


def test_only_json_that_is_none_any_more_is_odd() -> None:
    """Text may stay text."""
    assert warning_text(b"{}", b"{") == "It is not JSON any more."
    assert warning_text(b"a", b"b") == warning_text(b"{}", b"[]") == warning_text(b"a", b"[]") == ""


def test_hostile_text_is_harmless() -> None:
    """Neither paths nor values act on the terminal."""
    before, after = b'{"\\u001b[2J": 1}', b'{"\\u001b[2J": "\\u202e"}'
    assert all(character.isprintable() for line in lines(after, before) for character in line)
