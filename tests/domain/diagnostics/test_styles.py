"""How other languages write JSON, compared with texts written by hand, and the lengths of every sentence."""

from __future__ import annotations

import re

import pytest

from webhook_tui.domain.diagnostics import lexemes, serializers
from webhook_tui.domain.diagnostics.catalogue import CATALOGUE, JSON_ADVICE, JSON_CHANGES
from webhook_tui.domain.diagnostics.causes import cause_of, difference, note_of
from webhook_tui.domain.payload.json_document import Document, Order, Spelling


@pytest.mark.parametrize(
    ("lexeme", "python", "javascript", "php", "go"),
    [
        ("1.0", "1.0", "1", "1", "1"),
        ("-0", "0", "0", "-0", "-0"),
        ("-0.0", "-0.0", "0", "-0", "-0"),
        ("1e3", "1000.0", "1000", "1000", "1000"),
        ("0.10", "0.1", "0.1", "0.1", "0.1"),
        ("1795443602.418", "1795443602.418", "1795443602.418", "1795443602.418", "1795443602.418"),
        ("1e21", "1e+21", "1e+21", "1.0e+21", "1e+21"),
        ("123e18", "1.23e+20", "123000000000000000000", "1.23e+20", "123000000000000000000"),
        ("1e-6", "1e-06", "0.000001", "1.0e-6", "0.000001"),
        ("1.5e-7", "1.5e-07", "1.5e-7", "1.5e-7", "1.5e-7"),
        ("0.0001", "0.0001", "0.0001", "0.0001", "0.0001"),
        ("12345678901234567890", "12345678901234567890", "12345678901234567000", "1.2345678901234567e+19",
         "12345678901234567000"),
        ("9007199254740993", "9007199254740993", "9007199254740992", "9007199254740993", "9007199254740992"),
        ("1e999", "Infinity", "null", "1e999", "1e999"),
    ],
)  # fmt: skip
def test_numbers(lexeme: str, python: str, javascript: str, php: str, go: str) -> None:
    """Each language has its own idea of a number."""
    assert lexemes.number_python(lexeme) == python
    assert lexemes.number_javascript(lexeme) == javascript
    assert lexemes.number_php(lexeme) == php
    assert lexemes.number_go(lexeme) == go


@pytest.mark.parametrize(
    ("escape", "text", "written"),
    [
        (lexemes.escape_ascii, 'é"\n\x7f😀', '"\\u00e9\\"\\n\\u007f\\ud83d\\ude00"'),
        (lexemes.escape_utf8, 'é"\n\x7f\x01', '"é\\"\\n\x7f\\u0001"'),
        (lexemes.escape_javascript, "\u2028\ud800", '"\u2028\\ud800"'),
        (lexemes.escape_php, "a/é\x7f", '"a\\/\\u00e9\x7f"'),
        (lexemes.escape_php_slashes, "a/é", '"a/\\u00e9"'),
        (lexemes.escape_php_unicode, "a/é\u2029", '"a\\/é\\u2029"'),
        (lexemes.escape_separators, "a/é\u2029", '"a/é\\u2029"'),
        (lexemes.escape_go, "<a&b>é/\u2028\ud800", '"\\u003ca\\u0026b\\u003eé/\\u2028\ufffd"'),
        (lexemes.escape_dotnet, "a+'<é😀\"\\/\n", '"a\\u002B\\u0027\\u003C\\u00E9\\uD83D\\uDE00\\u0022\\\\/\\n"'),
    ],
)
def test_strings(escape: Spelling, text: str, written: str) -> None:
    """Each language escapes other characters."""
    assert escape(text) == written


def test_orders() -> None:
    """Sorted, indexes first, duplicates dropped, arrays for objects."""
    document = Document.parse(
        b'{"b": {"z": 1, "y": 2}, "10": 1, "2": {}, "a": {"0": 5, "1": 6}, "b": {"d":1,"c":2}}', _never
    )
    assert document is not None

    def written(order: Order) -> bytes | None:
        return document.written(order, serializers.COMPACT, None, None)

    assert written(Order.AS_SENT) == b'{"b":{"z":1,"y":2},"10":1,"2":{},"a":{"0":5,"1":6},"b":{"d":1,"c":2}}'
    assert written(Order.UNIQUE) == b'{"b":{"d":1,"c":2},"10":1,"2":{},"a":{"0":5,"1":6}}'
    assert written(Order.SORTED) == b'{"10":1,"2":{},"a":{"0":5,"1":6},"b":{"c":2,"d":1}}'
    assert written(Order.INNER_SORTED) == b'{"b":{"c":2,"d":1},"10":1,"2":{},"a":{"0":5,"1":6}}'
    assert written(Order.INDEX_FIRST) == b'{"2":{},"10":1,"b":{"d":1,"c":2},"a":{"0":5,"1":6}}'
    assert written(Order.ASSOCIATIVE) == b'{"b":{"d":1,"c":2},"10":1,"2":[],"a":[5,6]}'


LONGEST = "\u00e9" * 500


def test_every_sentence_of_the_catalogue_has_room() -> None:
    """Headlines within 60 characters, short ones within 34, whatever is combined; each sentence ends in a full stop."""
    names: tuple[str, ...] = (
        "count",
        "character",
        "word",
        "digits",
        "name",
        "byte",
        "text",
        "what",
        "language",
        "case",
    )
    names = (*names, *("path", "signed", "received", "change", "mark"))
    made = [
        difference(code, **{**dict.fromkeys(names, LONGEST), "seq": 1_000_000}) for code in (*CATALOGUE, *JSON_CHANGES)
    ]
    for one in made:
        for cause in (
            cause_of([one], 1, 2),
            *(cause_of([one, other], 1, 1) for other in made[::9]),
            cause_of([one] * 3, 9, 9),
        ):
            assert len(cause.headline) <= 60
            assert len(cause.short_reason) <= 34
            assert cause.headline.startswith("It ")
            assert all(
                text.endswith((".", "…")) for text in (cause.headline, cause.short_reason, cause.why, cause.change)
            )
        assert len(note_of([one])) <= 55


def test_one_word_for_one_idea() -> None:
    """No text of the catalogue uses a word that other texts of the program do not."""
    texts = [text for row in (*CATALOGUE.values(), *JSON_CHANGES.values()) for text in row]
    for text in (*texts, *JSON_ADVICE.values()):
        assert not re.search(r"judged|proven|stray|signed anew|nothing fits|timestamp and a dot", text, re.IGNORECASE)
        assert text.count(". ") <= 1


def _never() -> bool:
    return False
