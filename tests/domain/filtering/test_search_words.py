"""The words of a delivery: one definition for the index, the evaluator and the parser."""

from __future__ import annotations

import pytest

from webhook_tui.domain.filtering.search_words import searchable, words


def test_words_are_what_a_person_sees() -> None:
    """Escapes of JSON are read, other texts are taken as they are; long words come in pieces."""
    assert searchable((), b'{"a": "caf\\u00e9\\nnext \\ud83d\\ude00\\ud835\\udc00 C:\\\\new"}') == "a café next 𝐀 c new"
    assert searchable((), b"path C:\\new") == "path c new"
    assert searchable(((b"X-\xe9", b"v"),), "Straße".encode()) == "x é v strasse"
    assert [len(word) for word in words("a" * 150 + " b")] == [64, 64, 22, 1]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_a_body_may_have_any_encoding_of_json(encoding: str) -> None:
    assert searchable((), '{"a": "é"}'.encode(encoding)) == "a é"


def test_a_body_that_is_no_unicode_is_read_as_latin_1() -> None:
    assert searchable((), b"caf\xe9") == "café"
