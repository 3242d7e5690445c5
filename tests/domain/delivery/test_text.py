"""Received text is harmless once it is visible: nothing in it moves the cursor, hides or reorders text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhook_tui.domain.delivery.text import is_harmless, shortened, visible, visible_lines


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("a\x1b[2Jb\n", "a␛[2Jb␊"),
        ("\x7f\x9b", "␡\ufffd"),
        ("\u202egnp\u200b", "\ufffdgnp\ufffd"),
        ("\u2028\ud800\ue000", "\ufffd\ufffd\ufffd"),
        ("cafe\u0301", "cafe\u0301"),
        ("e" + "\u0301" * 9, "e" + "\u0301" * 3),
        (b"caf\xc3\xa9", "café"),
        (b"caf\xe9", "café"),
    ],
)
def test_what_is_shown(text: str | bytes, shown: str) -> None:
    """Controls as pictures, what hides as U+FFFD, at most three marks on a letter; bytes as UTF-8, else Latin-1."""
    assert visible(text) == shown


@given(st.text() | st.binary())
def test_any_text_becomes_harmless(text: str | bytes) -> None:
    assert all(map(is_harmless, visible(text)))


def test_lines_keep_their_ends() -> None:
    assert visible_lines("a\r\nb\tc\rd\n") == ["a", "b   c␍d", ""]


def test_a_long_text_ends_in_an_ellipsis() -> None:
    assert (shortened("abcd", 4), shortened("abcde", 4)) == ("abcd", "abc…")
