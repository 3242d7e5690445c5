"""Words of a text for full-text search: the one definition that the index, the evaluator and the parser share.

A word is a run of letters and digits, case folded, in pieces of at most 64 characters; everything else parts words.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence

from webhook_tui.domain.delivery.headers import Headers
from webhook_tui.domain.delivery.text import decoded
from webhook_tui.domain.filtering.terms import BodyIs, ContentTerm, HeaderIs, JobIs, Operator, Pattern, StatusIs, Text
from webhook_tui.domain.jobs.job import LONGEST_WORD

WAY = f"2/{unicodedata.unidata_version}"
"""Names this definition: what was indexed in another way is indexed again."""

_WORD = re.compile(r"[^\W_]{1,64}")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")
_BLANKS = frozenset("nrtbf")


def words(text: str) -> tuple[str, ...]:
    """The words of `text`, in order."""
    return tuple(_WORD.findall(text.casefold()))


def searchable(headers: Headers, body: bytes) -> str:
    """The words of all headers, then those of the body, one blank between two.

    JSON's escapes in the body are read, so that `\\u00e9` is found as `é` and `\\n` parts words.
    """
    head = "\n".join(f"{decoded(name)}: {decoded(value)}" for name, value in headers)
    return " ".join(words(f"{head}\n{_body_text(body)}"))


def _body_text(body: bytes) -> str:
    try:
        text = body.decode(json.detect_encoding(body), "surrogatepass")
    except UnicodeDecodeError:
        text = body.decode("latin-1")
    if "\\" in text and text.lstrip()[:1] in ("{", "[", '"'):
        text = _ESCAPE.sub(_unescaped, text)
        if _SURROGATE.search(text):
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _unescaped(escape: re.Match[str]) -> str:
    said = escape[1]
    if len(said) > 1:
        return chr(int(said[1:], 16))
    return " " if said in _BLANKS else said


def implied(term: ContentTerm) -> Text | None:
    """Return words that every delivery has for which `term` holds; None when there are no such words."""
    match term:
        case Text():
            return term
        case JobIs(pattern, is_prefix=True):
            return _found_text(pattern.parts[0], is_prefix=_goes_on(pattern.parts[0]))
        case JobIs(pattern):
            return _beginning(pattern)
        case StatusIs(pattern):
            return _of_status(pattern)
        case BodyIs(_, comparison):
            if comparison is None or comparison.operator is not Operator.IS or comparison.number is not None:
                return None
            return _beginning(comparison.pattern)
        case HeaderIs(name, comparison):
            if comparison is None or comparison.operator is not Operator.IS:
                return _found_text(f"{name} ", is_prefix=False)
            value = comparison.pattern
            return _found_text(f"{name} {value.parts[0]}", is_prefix=not value.is_exact and _goes_on(value.parts[0]))


def field_name(path: Sequence[str]) -> Text | None:
    """Return the words of the last name in `path`, which each body with a value there contains, or None."""
    names = (name for name in reversed(path) if not name.isdecimal())  # in a list a number counts
    return next((found for name in names if (found := _found_text(name, is_prefix=False))), None)


def _beginning(pattern: Pattern) -> Text | None:
    literal = pattern.parts[0]
    return _found_text(literal, is_prefix=not pattern.is_exact and _goes_on(literal))


def _of_status(pattern: Pattern) -> Text | None:
    """As `_beginning`, for a status: None for a number, which a body may write in another way.

    A status of the greatest length may have been cut, so it is a prefix of what the body holds.
    """
    literal = pattern.parts[0]
    if literal[:1] == "-" or literal[:1].isdigit():
        return None
    goes_on = not pattern.is_exact or len(literal) >= LONGEST_WORD
    return _found_text(literal, is_prefix=goes_on and _goes_on(literal))


def _found_text(text: str, *, is_prefix: bool) -> Text | None:
    found = words(text)
    return Text(found, is_prefix) if found else None


def _goes_on(literal: str) -> bool:
    """Whether the last word of `literal` may be the beginning of a longer one."""
    return bool(words(literal[-1:]))
