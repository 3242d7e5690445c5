"""How other languages write the numbers and strings of JSON, compared with texts written by hand."""

from __future__ import annotations

import pytest

from webhook_tui.domain.diagnostics import lexemes
from webhook_tui.domain.payload.json_document import Spelling


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
    """As each language writes it after reading it."""
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
