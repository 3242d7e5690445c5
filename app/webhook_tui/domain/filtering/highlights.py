"""Where the text of a row's columns is what a filter looks for, so that it can be highlighted; pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import Literal, Self, TypeAlias

from msgspec import Struct

from webhook_tui.domain.filtering.terms import BareWord, EventIs, Expression, JobIs, Not, Pattern, StatusIs, Term, Text

Column = Literal["event", "job", "status", "result"]
"""The columns whose text a filter may look for; a verdict keeps its own colours."""
Span = tuple[int, int]

_COLUMNS: tuple[Column, ...] = ("event", "job", "status", "result")
_JOB_PREFIX = "job_"
_Finder: TypeAlias = Callable[[str], Iterable[Span]]


class Highlights(Struct, frozen=True):
    """Finds in text as it is shown, which may be cut off, what the terms of a filter look for."""

    finders: dict[Column, tuple[_Finder, ...]]

    @classmethod
    def of(cls, expression: Expression) -> Self | None:
        """Return those of a filter; None where it looks for no text of a row. Negated terms highlight nothing."""
        terms = [term for branch in expression.branches for term in branch.terms if not isinstance(term, Not)]
        found = {column: tuple(_finders(terms, column)) for column in _COLUMNS}
        return cls(found) if any(found.values()) else None

    def spans(self, column: Column, text: str) -> list[Span]:
        """Return from where to where `text` matches, in order and without overlaps."""
        merged: list[Span] = []
        for start, end in sorted(span for finder in self.finders[column] for span in finder(text)):
            if merged and start <= merged[-1][1]:
                merged[-1] = merged[-1][0], max(end, merged[-1][1])
            else:
                merged.append((start, end))
        return merged


def _finders(terms: Iterable[Term], column: Column) -> Iterable[_Finder]:
    for term in terms:
        match term, column:
            case ((BareWord(Text() as text) | (Text() as text)), _):
                yield partial(_matches, _phrase(text))
            case EventIs(pattern), "event":
                yield partial(_pattern_spans, pattern)
            case StatusIs(pattern), "status":
                yield partial(_pattern_spans, pattern)
            case JobIs(pattern), "job" | "event":  # at the end of the event's cell where jobs have no column
                first, *others = pattern.parts
                yield partial(_pattern_spans, Pattern((first.removeprefix(_JOB_PREFIX), *others), pattern.any_case))
            case _:
                pass


def _phrase(text: Text) -> re.Pattern[str]:
    """The words with anything but letters and digits between them, from the beginning of a word."""
    words = r"[\W_]+".join(map(re.escape, text.words))
    end = "" if text.is_prefix else r"(?![^\W_])"
    return re.compile(rf"(?<![^\W_]){words}{end}", re.IGNORECASE)


def _matches(phrase: re.Pattern[str], text: str) -> Iterable[Span]:
    return (found.span() for found in phrase.finditer(text))


def _pattern_spans(pattern: Pattern, text: str) -> Iterable[Span]:
    """What lies between the stars; text that is cut off within the first part matches as far as it goes."""
    shown = text.casefold() if pattern.any_case else text
    first, *others = pattern.parts
    if len(shown) != len(text):  # case folding made it longer: no place in it is one of the text
        return
    word = shown.rstrip(" ….")
    if not shown.startswith(first) and not (word and first.startswith(word)):
        return
    at = min(len(first), len(word))
    if at:
        yield 0, at
    for part in others:
        found = shown.find(part, at) if part else -1
        if found >= 0:
            at = found + len(part)
            yield found, at
