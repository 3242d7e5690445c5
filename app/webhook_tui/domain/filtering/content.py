"""Headers and body of one delivery as the terms of a filter see them; each view is made at most once."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from webhook_tui.domain.delivery.headers import Headers
from webhook_tui.domain.delivery.text import decoded
from webhook_tui.domain.filtering.quantities import number
from webhook_tui.domain.filtering.search_words import searchable
from webhook_tui.domain.filtering.terms import (
    BodyIs,
    Comparison,
    ContentTerm,
    HeaderIs,
    JobIs,
    Operator,
    StatusIs,
    Text,
)
from webhook_tui.domain.jobs.job import JobFields, job_ids, job_status
from webhook_tui.domain.payload.json_decoder import decode, values_at

ORDERS: Mapping[Operator, Callable[[Any, Any], bool]] = {
    Operator.IS: operator.eq,
    Operator.IS_NOT: operator.ne,
    Operator.MORE: operator.gt,
    Operator.LESS: operator.lt,
    Operator.AT_LEAST: operator.ge,
    Operator.AT_MOST: operator.le,
}
"""What each operator does with two numbers or two texts."""


class Content:
    """One delivery's headers and body; nothing here ever raises, whatever they are."""

    def __init__(self, headers: Headers, body: bytes, job_fields: JobFields) -> None:
        self._headers = headers
        self._body = body
        self._job_fields = job_fields

    @cached_property
    def _words(self) -> str:
        return searchable(self._headers, self._body)

    @cached_property
    def _json(self) -> object:
        """The decoded body; a body that is no JSON is the empty list, in which no path leads anywhere."""
        try:
            return decode(self._body)
        except (ValueError, MemoryError):
            return []

    @cached_property
    def _data(self) -> object:
        """The event's `data`; {} where there is none."""
        data = self._json.get("data") if isinstance(self._json, dict) else None
        return data if isinstance(data, dict) else {}

    def holds(self, term: ContentTerm) -> bool:
        """Whether the term is true of it."""
        match term:
            case Text():
                return term.stands_in(self._words)
            case JobIs():
                return any(term.fits(job) for job in job_ids(self._data, self._job_fields.ids))
            case StatusIs(pattern):
                return pattern.fits(job_status(self._data, self._job_fields))
            case HeaderIs(name, comparison):
                values = [decoded(value) for key, value in self._headers if decoded(key).casefold() == name]
                return _is_met(comparison, values)
            case BodyIs(path, comparison):
                return _is_met(comparison, values_at(self._json, path))


def _is_met(comparison: Comparison | None, values: Sequence[object]) -> bool:
    if comparison is None:
        return bool(values)
    if comparison.operator is Operator.IS_NOT:
        return bool(values) and not any(_equals(comparison, value) for value in values)
    if comparison.operator is Operator.IS:
        return any(_equals(comparison, value) for value in values)
    return any(_stands(comparison, value) for value in values)


def _equals(comparison: Comparison, value: object) -> bool:
    match value:
        case str():
            return comparison.pattern.fits(value)
        case None | bool():
            return comparison.pattern.fits(json.dumps(value))
        case int() | float():
            return comparison.number is not None and value == comparison.number
        case _:
            return False


def _stands(comparison: Comparison, value: object) -> bool:
    """Numbers by size, also those in strings when the filter names a number; other strings by their letters."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return False
    if comparison.number is not None:
        amount = number(value) if isinstance(value, str) else value
        return amount is not None and ORDERS[comparison.operator](amount, comparison.number)
    return isinstance(value, str) and ORDERS[comparison.operator](value.casefold(), comparison.text)
