"""A filter's text in pieces: where each stands, which of it was quoted, and where a mistake is shown."""

from __future__ import annotations

import pytest

from webhook_tui.domain.filtering.tokens import QUOTED, cells, mistake, tokens, without_last


def test_pieces_have_their_place() -> None:
    assert [(token.value.text, token.start, token.end) for token in tokens(' a  "b c":d ')] == [
        *(("a", 1, 2), ("b c:d", 4, 11)),
    ]


def test_what_was_quoted_is_masked() -> None:
    """A sign in quotes is text; a backslash keeps a quote and a backslash."""
    (token,) = tokens(r'a:"b:\"c\\"')

    assert token.value.text == 'a:b:"c\\'
    assert token.value.masked == f"a:{QUOTED * 5}"
    assert token.value.split(":") == ["a", 'b:"c\\']


def test_a_quote_that_is_not_closed_goes_to_the_end() -> None:
    (token,) = tokens('"a b')

    assert (token.value.text, token.is_closed) == ("a b", False)


def test_half_a_surrogate_pair_is_replaced() -> None:
    assert tokens("a\ud800")[0].value.text == "a\ufffd"


def test_a_mistake_is_as_wide_as_a_terminal_shows_it() -> None:
    """Two cells for a wide character, none for a combining one, at least one in all."""
    assert cells("a你e\u0301") == 4
    assert (mistake("你 x", 2, 3, "").start, mistake("你 x", 2, 3, "").end) == (3, 4)
    assert (mistake("x", 1, 1, "").start, mistake("x", 1, 1, "").end) == (1, 2)


@pytest.mark.parametrize(
    ("text", "rest", "last"),
    [
        ("", "", ""),
        ("a", "", "a"),
        ("a  b ", "a  ", "b"),
        ('a or !"b c"', "a ", '!"b c"'),
        ('a "or" b', 'a "or" ', "b"),
    ],
)
def test_the_last_term_can_be_dropped(text: str, rest: str, last: str) -> None:
    """With an `or` before it."""
    assert without_last(text) == (rest, last)
