"""What the filter bar offers at the cursor."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhook_tui.domain.filtering.filter import completions

NAMES = ["image_done", "a b", "evil\x1b[2J"]


def _results(text: str) -> list[str]:
    return [text[:start] + replacement for start, replacement in completions(text, len(text), NAMES)]


@pytest.mark.parametrize(
    ("text", "results"),
    [
        ("ver", ["verdict:"]),
        ("a !s", ["a !status:", "a !size:", "a !source:"]),
        ("bo", ["body."]),
        ("!dep", ["!departs:"]),
        ("MAR", ["marked"]),
        ("event:im", ["event:image_done", "event:image_result"]),
        ("event:A", ['event:"a b"']),
        ("event:ev", []),
        ("!verdict:m", ["!verdict:missing", "!verdict:malformed"]),
        ("status:5", ["status:5xx"]),
        ("source:", ["source:webhook", "source:sse"]),
        ("header:x-webhook-s", ["header:x-webhook-signature"]),
        ("size:1", []),
        ('"ver', []),
        ("marked", []),
    ],
)
def test_what_begins_like_the_piece_at_the_cursor_is_offered(text: str, results: list[str]) -> None:
    """Fields, and values where they are known; what is invisible in a received name is never offered."""
    assert _results(text) == results


def test_after_a_blank_every_field_is_offered() -> None:
    """So the language can be discovered."""
    assert _results("a ")[:2] == ["a event:", "a verdict:"]
    assert completions("", 0, [])[-2:] == [(0, "body."), (0, "marked")]


def test_only_what_stands_before_the_cursor_counts() -> None:
    """In the middle of a filter the rest stays."""
    assert completions("verdict:in event:x", 10, []) == [(8, "invalid")]


@given(st.text(), st.integers(0, 20))
def test_any_text_can_be_completed(text: str, cursor: int) -> None:
    """Starts lie at or before the cursor."""
    assert all(0 <= start <= min(cursor, len(text)) for start, _ in completions(text, cursor, [text]))
