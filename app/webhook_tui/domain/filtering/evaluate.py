"""Whether one delivery passes a filter: the meaning of the language, by which its translation to SQL is tested."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, TypeAlias

from webhook_tui.domain.contract.departures import Departure
from webhook_tui.domain.delivery.delivery import DeliveryRow, StoredDelivery
from webhook_tui.domain.delivery.headers import Headers
from webhook_tui.domain.delivery.text import decoded
from webhook_tui.domain.filtering import terms
from webhook_tui.domain.filtering.quantities import number
from webhook_tui.domain.filtering.search_words import searchable
from webhook_tui.domain.jobs.job import USUAL_FIELDS, JobFields, job_ids, job_status
from webhook_tui.domain.payload.json_decoder import decode, values_at

_MICROSECOND = timedelta(microseconds=1)


Departures: TypeAlias = Callable[[StoredDelivery], Sequence[Departure]]
"""Returns where a delivery departs from those before it."""


def matches(
    expression: terms.Expression,
    stored: StoredDelivery,
    now: datetime,
    *,
    job_fields: JobFields = USUAL_FIELDS,
    departures: Departures = lambda _: (),
) -> bool:
    """Whether the delivery passes at the moment `now`; raises nothing but what `departures` raises."""
    content = Content(stored.delivery.headers, stored.delivery.body, job_fields)

    # Not recursive: a function that refers to itself, and with it the body, waits for the garbage collector.
    def holds(term: terms.Term) -> bool:
        if isinstance(term, terms.BareWord):
            row = stored.row
            return row.verdict in term.verdicts or row.answered in term.answers or content.holds(term.text)
        if isinstance(term, terms.DepartsAt):
            return any(map(term.includes, departures(stored)))
        if isinstance(term, terms.JobIs) and term.is_of(stored.row.summary.job):
            return True
        if isinstance(term, terms.Text | terms.JobIs | terms.StatusIs | terms.HeaderIs | terms.BodyIs):
            return content.holds(term)
        return _holds_of_row(term, stored.row, now)

    def passes(term: terms.Term | terms.Not) -> bool:
        return not holds(term.term) if isinstance(term, terms.Not) else holds(term)

    return any(all(map(passes, branch.terms)) for branch in expression.branches)


def _holds_of_row(term: terms.RowTerm, row: DeliveryRow, now: datetime) -> bool:
    match term:
        case terms.EventIs(pattern):
            return pattern.fits(row.event)
        case terms.VerdictIs(verdict):
            return row.verdict is verdict
        case terms.AnsweredIs(lowest, highest):
            return row.answered is not None and lowest <= row.answered <= highest
        case terms.NotAnswered():
            return not row.answered
        case terms.IdIs(pattern):
            return row.event_id is not None and id_fits(pattern, row.event_id)
        case terms.Measured(measure, operator, value):
            return ORDERS[operator](_amount(measure, row, now), value)
        case terms.SourceIs(source):
            return source is terms.Source.WEBHOOK or row.on_stream
        case terms.Flagged(flag):
            return _has_flag(row, flag)
        case terms.CommentHas(pattern):
            return pattern.fits(row.comment)


def _has_flag(row: DeliveryRow, flag: terms.Flag) -> bool:
    match flag:
        case terms.Flag.MARKED:
            return row.marked
        case terms.Flag.COMMENTED:
            return row.comment != ""
        case terms.Flag.DIFFERS:
            return row.differs
        case terms.Flag.REPLAYED:
            return row.replayed
        case terms.Flag.IMPORTED:
            return row.imported


def id_fits(pattern: terms.Pattern, event_id: str) -> bool:
    """Whether an event id, given as JSON text, fits: as it is written, or without a string's quotes."""
    if pattern.fits(event_id):
        return True
    try:
        value = json.loads(event_id)
    except ValueError:
        return False
    return isinstance(value, str) and pattern.fits(value)


def _amount(measure: terms.Measure, row: DeliveryRow, now: datetime) -> int:
    match measure:
        case terms.Measure.SIZE:
            return row.size
        case terms.Measure.AGE:
            return (now - row.received_at) // _MICROSECOND
        case terms.Measure.ATTEMPT:
            return row.attempt
        case terms.Measure.RUN:
            return row.run


ORDERS: Mapping[terms.Operator, Callable[[Any, Any], bool]] = {
    terms.Operator.IS: operator.eq,
    terms.Operator.IS_NOT: operator.ne,
    terms.Operator.MORE: operator.gt,
    terms.Operator.LESS: operator.lt,
    terms.Operator.AT_LEAST: operator.ge,
    terms.Operator.AT_MOST: operator.le,
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

    def holds(self, term: terms.ContentTerm) -> bool:
        """Whether the term is true of it."""
        match term:
            case terms.Text():
                return term.stands_in(self._words)
            case terms.JobIs():
                return any(term.fits(job) for job in job_ids(self._data, self._job_fields.ids))
            case terms.StatusIs(pattern):
                return pattern.fits(job_status(self._data, self._job_fields))
            case terms.HeaderIs(name, comparison):
                values = [decoded(value) for key, value in self._headers if decoded(key).casefold() == name]
                return _is_met(comparison, values)
            case terms.BodyIs(path, comparison):
                return _is_met(comparison, values_at(self._json, path))


def _is_met(comparison: terms.Comparison | None, values: Sequence[object]) -> bool:
    if comparison is None:
        return bool(values)
    if comparison.operator is terms.Operator.IS_NOT:
        return bool(values) and not any(_equals(comparison, value) for value in values)
    if comparison.operator is terms.Operator.IS:
        return any(_equals(comparison, value) for value in values)
    return any(_stands(comparison, value) for value in values)


def _equals(comparison: terms.Comparison, value: object) -> bool:
    match value:
        case str():
            return comparison.pattern.fits(value)
        case None | bool():
            return comparison.pattern.fits(json.dumps(value))
        case int() | float():
            return comparison.number is not None and value == comparison.number
        case _:
            return False


def _stands(comparison: terms.Comparison, value: object) -> bool:
    """Numbers by size, also those in strings when the filter names a number; other strings by their letters."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return False
    if comparison.number is not None:
        amount = number(value) if isinstance(value, str) else value
        return amount is not None and ORDERS[comparison.operator](amount, comparison.number)
    return isinstance(value, str) and ORDERS[comparison.operator](value.casefold(), comparison.text)
