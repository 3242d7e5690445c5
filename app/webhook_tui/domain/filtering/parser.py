"""From the text of a filter to what it says; whatever the text, the outcome is an expression or a FilterError."""

from __future__ import annotations

import difflib
import re

from webhook_tui.domain.filtering.fields import FIELDS, MistakeError, body
from webhook_tui.domain.filtering.search_words import words
from webhook_tui.domain.filtering.terms import EVERYTHING, And, BareWord, Expression, Flag, Flagged, Not, Or, Term, Text
from webhook_tui.domain.filtering.tokens import Token, Value, mistake, tokens

LONGEST = 2000
"""Characters of a filter."""
MOST_TERMS = 100

_FIELD = re.compile(r"([A-Za-z]+):(?!//)")
_BODY = "body."


def parse(text: str) -> Expression:
    """Read a filter; nothing but blanks lets everything through. Raises FilterError, nothing else."""
    if len(text) > LONGEST:
        raise mistake(text, LONGEST, len(text), "the filter is too long")
    found = tokens(text)
    if not found:
        return EVERYTHING
    if len(found) > MOST_TERMS:
        raise mistake(text, found[MOST_TERMS].start, len(text), f"a filter has at most {MOST_TERMS} terms")
    branches: list[list[Term | Not]] = [[]]
    for position, token in enumerate(found):
        if token.value.masked.lower() != "or":
            branches[-1].append(_read(text, token))
        elif not branches[-1] or position == len(found) - 1:
            end = token.end if not branches[-1] else len(text)
            raise mistake(text, token.start, end, 'or stands between two terms; "or" is the word')
        else:
            branches.append([])
    return Or(tuple(And(tuple(terms)) for terms in branches))


def _read(text: str, token: Token) -> Term | Not:
    if not token.is_closed:
        raise mistake(text, token.start, token.end, "the quote is not closed")
    value = token.value
    denials = len(value.masked) - len(value.masked.lstrip("!"))
    try:
        term = _term(value.after(denials), is_denied=denials > 0)
    except MistakeError as error:
        raise mistake(text, token.start, token.end, str(error)) from None
    return Not(term) if denials % 2 else term


def _term(value: Value, *, is_denied: bool) -> Term:
    if not value.text:
        raise MistakeError("a term is missing after !" if is_denied else "there is nothing between the quotes")
    if value.masked.lower() == "marked":
        return Flagged(Flag.MARKED)
    if value.masked.lower().startswith(_BODY):
        return body(value.after(len(_BODY)))
    field = _FIELD.match(value.masked)
    if field is None:
        return _text(value)
    read = FIELDS.get(field[1].lower())
    if read is None:
        raise MistakeError(_unknown(field[1].lower()))
    return read(value.after(field.end()))


def _text(value: Value) -> Term:
    found = words(value.text)
    if not found:
        raise MistakeError("text needs a letter or a digit to be looked for")
    is_bare = value.text == value.masked
    text = Text(found, is_prefix=is_bare)
    return BareWord(text) if is_bare else text


def _unknown(name: str) -> str:
    if name == "body":
        return "body needs a path, as in body.data.status=failed"
    near = difflib.get_close_matches(name, FIELDS, n=1)
    return f"there is no {name[:20]}: did you mean {near[0]}?" if near else f"there is no {name[:20]}; quote it as text"
