"""The text of a filter in pieces between blanks; quotes keep blanks and take their meaning from signs."""

from __future__ import annotations

import re
import unicodedata

from msgspec import Struct

QUOTED = "\0"
"""Stands in `masked` for a character that was quoted: it is text, never a sign."""

_SURROGATE = re.compile("[\ud800-\udfff]")


class FilterError(ValueError):
    """A filter that cannot be read; str() is the sentence to show."""

    def __init__(self, sentence: str, part: str, start: int, end: int) -> None:
        super().__init__(sentence)
        self.part = part
        """What of the filter the mistake is about; all of it where no part is."""
        self.start = start
        """Cell of the filter's text at which the mistake begins."""
        self.end = end
        """Cell after its last one; more than `start`."""

    def is_finished_in(self, text: str) -> bool:
        """Whether what is wrong is behind who typed `text`: it does not reach the end, where more can come."""
        return self.end < cells(text)


class Value(Struct, frozen=True):
    """Text and which of it was quoted."""

    text: str
    masked: str
    """As long as `text`, with QUOTED for what was quoted."""
    was_quoted: bool
    """Whether there were quotes, also around nothing."""

    def after(self, count: int) -> Value:
        """What follows the first `count` characters."""
        return Value(self.text[count:], self.masked[count:], self.was_quoted)

    def before(self, count: int) -> Value:
        """The first `count` characters."""
        return Value(self.text[:count], self.masked[:count], self.was_quoted)

    def split(self, sign: str) -> list[str]:
        """The text between the `sign`s that were not quoted."""
        parts, at = [], 0
        for part in self.masked.split(sign):
            parts.append(self.text[at : at + len(part)])
            at += len(part) + len(sign)
        return parts


class Token(Struct, frozen=True):
    """A piece and where it stands, in characters."""

    value: Value
    start: int
    end: int
    is_closed: bool
    """Whether its last quote was closed."""


def tokens(text: str) -> list[Token]:
    """All pieces of `text`; a quote that is not closed goes to the end."""
    text = _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)
    found: list[Token] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        token = _token(text, at)
        found.append(token)
        at = token.end
    return found


def _token(text: str, start: int) -> Token:
    plain: list[str] = []
    masked: list[str] = []
    in_quotes = was_quoted = False
    at = start
    while at < len(text) and (in_quotes or not text[at].isspace()):
        character = text[at]
        if in_quotes and character == "\\" and text[at + 1 : at + 2] in ('"', "\\"):
            at += 1
            character = text[at]
        elif character == '"':
            in_quotes = not in_quotes
            was_quoted = True
            at += 1
            continue
        plain.append(character)
        masked.append(QUOTED if in_quotes else character)
        at += 1
    return Token(Value("".join(plain), "".join(masked), was_quoted), start, at, is_closed=not in_quotes)


def without_last(text: str) -> tuple[str, str]:
    """Return the text without its last term, and that term; an `or` before it goes, too."""
    found = tokens(text)
    if not found:
        return "", ""
    dropped = last = found.pop()
    while found and found[-1].value.masked.lower() == "or":
        dropped = found.pop()
    return text[: dropped.start], text[last.start : last.end]


def cells(text: str) -> int:
    """How many cells of a terminal `text` takes: two for a wide character, none for a combining one."""
    return sum(
        0 if unicodedata.category(one) in ("Mn", "Me") else 2 if unicodedata.east_asian_width(one) in ("W", "F") else 1
        for one in text
    )


def mistake(text: str, start: int, end: int, sentence: str) -> FilterError:
    """An error about the characters `start` to `end` of `text`, at least one cell wide."""
    first = cells(text[:start])
    return FilterError(sentence, text[start:end] or text, first, max(first + 1, cells(text[:end])))
