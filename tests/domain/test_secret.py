"""API tokens as people paste them."""

from __future__ import annotations

import pytest

from webhook_tui.domain.secret import Secret, token_in


@pytest.mark.parametrize(
    "text",
    [
        "abc.DEF-1",
        " abc.DEF-1\r\n",
        "Bearer abc.DEF-1",
        "bearer\tabc.DEF-1 ",
        "Authorization: Bearer abc.DEF-1",
        "\ufeffabc.DEF-1\n",
        "\ufeff Bearer \u200babc.DEF-1\u2060\ufeff",
    ],
)
def test_what_stands_around_a_token_is_taken_off(text: str) -> None:
    """Blanks, byte order marks, and the words of the header that carries it."""
    assert token_in(text) == Secret("abc.DEF-1")


@pytest.mark.parametrize("text", ["Bearerabc", "abcBearer", "abc Bearer d", "Bearer-1"])
def test_a_token_may_hold_the_word(text: str) -> None:
    """It is the scheme of a header only in front and with a blank behind it."""
    assert token_in(text) == Secret(text)


@pytest.mark.parametrize("text", ["", " \n", "\ufeff", "Bearer", "Bearer ", "Authorization: Bearer\n"])
def test_there_may_be_none(text: str) -> None:
    """Then the value is empty."""
    assert not token_in(text)
