"""Words that the full text must contain for a term about headers or body to hold; the index uses them."""

from __future__ import annotations

from webhook_tui.domain.filtering.search_words import words
from webhook_tui.domain.filtering.terms import BodyIs, ContentTerm, HeaderIs, JobIs, Operator, Pattern, StatusIs, Text


def implied(term: ContentTerm) -> Text | None:
    """Return words that every delivery has for which `term` holds; None when there are no such words."""
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
