"""What must stand in the full text wherever a term about headers or body holds: the index then finds candidates."""

from __future__ import annotations

from webhook_tui.domain.filtering.search_words import words
from webhook_tui.domain.filtering.terms import BodyIs, ContentTerm, HeaderIs, JobIs, Operator, Pattern, StatusIs, Text


def implied(term: ContentTerm) -> Text | None:
    """Words that every delivery has of which `term` holds; None when nothing can be said."""
    match term:
        case Text():
            return term
        case JobIs(pattern, is_prefix=True):
            return _text(pattern.parts[0], is_prefix=_goes_on(pattern.parts[0]))
        case JobIs(pattern) | StatusIs(pattern):
            return _beginning(pattern)
        case BodyIs(_, comparison):
            if comparison is None or comparison.operator is not Operator.IS or comparison.number is not None:
                return None
            return _beginning(comparison.pattern)
        case HeaderIs(name, comparison):
            if comparison is None or comparison.operator is not Operator.IS:
                return _text(f"{name} ", is_prefix=False)
            value = comparison.pattern
            return _text(f"{name} {value.parts[0]}", is_prefix=not value.is_exact and _goes_on(value.parts[0]))


def _beginning(pattern: Pattern) -> Text | None:
    literal = pattern.parts[0]
    return _text(literal, is_prefix=not pattern.is_exact and _goes_on(literal))


def _text(text: str, *, is_prefix: bool) -> Text | None:
    found = words(text)
    return Text(found, is_prefix) if found else None


def _goes_on(literal: str) -> bool:
    """Whether the last word of `literal` may be the beginning of a longer one."""
    return bool(words(literal[-1:]))
