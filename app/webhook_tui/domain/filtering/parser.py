"""Parses the text of a filter into an expression; raises nothing but FilterError."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from itertools import product
from math import prod
from types import MappingProxyType
from typing import TypeAlias

from webhook_tui.domain.filtering.fields import FIELDS, MistakeError, body
from webhook_tui.domain.filtering.search_words import words
from webhook_tui.domain.filtering.terms import And, BareWord, Expression, Flag, Flagged, Not, Or, Term, Text
from webhook_tui.domain.filtering.tokens import FilterError, Token, Value, mistake, tokens

LONGEST = 2000
"""Characters of a filter."""
MOST_TERMS = 100
"""Terms of a filter, each named filter counted as one."""
NO_NAMES: Mapping[str, str] = MappingProxyType({})

_MOST_BRANCHES = 100
_FIELD = re.compile(r"([A-Za-z]+):(?!//)")
_BODY = "body."
_NAMED = "@"

_Part: TypeAlias = tuple[str, Term | Not]
"""A term with its text."""
_Branches: TypeAlias = Sequence[Sequence[_Part]]
"""`or` of `and`."""


def parse(text: str, named: Mapping[str, str] = NO_NAMES) -> Expression:
    """Read a filter; nothing but blanks lets everything through. Raises FilterError, nothing else.

    `named`: the texts of the filters that `@name` stands for.
    """
    branches = _Reader(named).read(text)
    return Or(tuple(And(tuple(term for _, term in branch)) for branch in branches))


def expanded(text: str, named: Mapping[str, str]) -> str:
    """Return an equivalent filter without names, for a place that does not know them. Raises FilterError."""
    branches = _Reader(named).read(text)
    found = " or ".join(" ".join(part for part, _ in branch) for branch in branches)
    if len(found) > LONGEST or len(tokens(found)) > MOST_TERMS:
        raise mistake(text, 0, len(text), "the filter is too long with the named filters in it")
    return found


class _Reader:
    """Reads one filter, and the named filters in it."""

    def __init__(self, named: Mapping[str, str], within: tuple[str, ...] = ()) -> None:
        """`within`: the names of the filters that are being read, outermost first."""
        self._named = named
        self._within = within

    def read(self, text: str) -> _Branches:
        """Return the branches of a filter. Raises FilterError."""
        if len(text) > LONGEST:
            raise mistake(text, LONGEST, len(text), f"the filter is longer than {LONGEST:,} characters")
        found = tokens(text)
        if len(found) > MOST_TERMS:
            raise mistake(text, found[MOST_TERMS].start, len(text), f"a filter has at most {MOST_TERMS} terms")
        done: list[Sequence[_Part]] = []
        current: _Branches = [()]
        is_empty = True
        for position, token in enumerate(found):
            if token.value.masked.lower() != "or":
                current, is_empty = self._with(current, self._branches(text, token), text, token), False
            elif is_empty or position == len(found) - 1:
                end = token.end if is_empty else len(text)
                raise mistake(text, token.start, end, 'or stands between two terms; "or" is the word')
            else:
                done += current
                current, is_empty = [()], True
        return [*done, *current]

    def _with(self, current: _Branches, added: _Branches, text: str, token: Token) -> _Branches:
        if len(current) * len(added) > _MOST_BRANCHES:
            raise mistake(text, token.start, token.end, "the named filters together are too long")
        return [(*branch, *parts) for branch in current for parts in added]

    def _branches(self, text: str, token: Token) -> _Branches:
        """Return the branches of one piece: a term, or a named filter."""
        if not token.is_closed:
            raise mistake(text, token.start, token.end, "the quote is not closed")
        denials = len(token.value.masked) - len(token.value.masked.lstrip("!"))
        value = token.value.after(denials)
        try:
            if value.masked.startswith(_NAMED):
                branches = self._read_named(value.text.removeprefix(_NAMED))
                return _denied(branches) if denials % 2 else branches
            term = _term(value, is_denied=denials > 0)
        except MistakeError as error:
            raise mistake(text, token.start, token.end, str(error)) from None
        return [((text[token.start : token.end], Not(term) if denials % 2 else term),)]

    def _read_named(self, name: str) -> _Branches:
        if not name:
            raise MistakeError("a name is missing after @")
        if name not in self._named:
            raise MistakeError(_no_filter(name, self._named))
        if name in self._within:
            raise MistakeError(f"@{name} stands for itself")
        try:
            branches = _Reader(self._named, (*self._within, name)).read(self._named[name])
        except FilterError as error:
            raise MistakeError(f"in @{name}: {error}") from None
        if not all(branches):
            raise MistakeError(f"@{name} is empty")
        return branches


def _denied(branches: _Branches) -> _Branches:
    """None of the branches holds: of each, one term does not."""
    if prod(map(len, branches)) > _MOST_BRANCHES:
        raise MistakeError("this named filter is too long for a !")
    return [[_opposite(part) for part in parts] for parts in product(*branches)]


def _opposite(part: _Part) -> _Part:
    text, term = part
    return f"!{text}", term.term if isinstance(term, Not) else Not(term)


def _no_filter(name: str, named: Mapping[str, str]) -> str:
    shown = f"@{name[:20]}"
    near = difflib.get_close_matches(name, named, n=1, cutoff=0)
    return f"No filter {shown}. Nearest: @{near[0]}." if near else f"No filter {shown}. None has a name yet."


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
    advice = f": did you mean {near[0]}?" if near else "; quote it as text"
    return f"there is no field {name[:20]}{advice}"
