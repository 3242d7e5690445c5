"""The one sanitiser: no received text reaches a screen, a terminal or a line of output except through here.

What could move the cursor, change colours, hide or reorder text becomes visible instead: C0 controls as control
pictures, everything else that does not show itself as U+FFFD or a named escape. Markup and length are not checked
here; widgets take the result as plain text.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_MOST_COMBINING = 3
_MOST_KEPT = 4096
"""Characters of which is kept what was looked up: more than a text of one language has."""

_PICTURES = {code: 0x2400 + code for code in range(0x20)} | {0x7F: 0x2421}
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_HIDDEN_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5\u180b\u180c\u180d\u180f")
_VARIATION_SELECTORS = ((0xFE00, 0xFE0F), (0xE0100, 0xE01EF))


def visible(text: str | bytes) -> str:
    """One line of harmless text. Bytes are read as UTF-8, or as latin-1 where they are not UTF-8.

    Newlines and tabs become pictures, too; for several lines use `visible_lines`.
    """
    if isinstance(text, bytes):
        text = decoded(text)
    if text.isascii() and text.isprintable():
        return text
    return _shown(text)


def visible_lines(text: str | bytes) -> list[str]:
    """The text line by line (LF, CRLF), each harmless, tabs as four blanks; a CR inside a line is a picture."""
    if isinstance(text, bytes):
        text = decoded(text)
    lines = text.split("\n")
    return [visible(line.removesuffix("\r").expandtabs(4)) for line in lines]


def decoded(raw: bytes) -> str:
    """Decode as UTF-8, else as latin-1, which has a character for every byte."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def shortened(text: str, most: int) -> str:
    """Return at most `most` characters of a text, the last of them an ellipsis if something is missing."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


@lru_cache(_MOST_KEPT)
def is_harmless(character: str) -> bool:
    """Whether one character may reach a terminal as it is."""
    code = ord(character)
    if code < 0x7F:
        return code >= 0x20
    if any(low <= code <= high for low, high in _VARIATION_SELECTORS) or character in _HIDDEN_LETTERS:
        return False
    return unicodedata.category(character) not in _HIDDEN_CATEGORIES


@lru_cache(_MOST_KEPT)
def _combines(character: str) -> bool:
    return bool(unicodedata.combining(character)) or unicodedata.category(character) in ("Mn", "Me")


def _shown(text: str) -> str:
    if any(map(_combines, text)):
        text = _with_few_marks(text)
    return "".join([character if is_harmless(character) else _replacement(character) for character in text])


def _with_few_marks(text: str) -> str:
    """Return a text without marks that are hidden, and at most three marks on a letter."""
    kept: list[str] = []
    combining = 0
    for character in text:
        combining = combining + 1 if _combines(character) else 0
        if not combining or (combining <= _MOST_COMBINING and is_harmless(character)):
            kept.append(character)
    return "".join(kept)


def _replacement(character: str) -> str:
    return chr(_PICTURES.get(ord(character), 0xFFFD))
