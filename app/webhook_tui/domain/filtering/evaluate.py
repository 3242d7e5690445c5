"""Whether one delivery passes a filter: the meaning of the language, by which its translation to SQL is tested."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

from webhook_tui.domain.contract.departures import Departure
from webhook_tui.domain.delivery.delivery import DeliveryRow, StoredDelivery
from webhook_tui.domain.filtering.content import ORDERS, Content
from webhook_tui.domain.filtering.terms import (
    AnsweredIs,
    BareWord,
    BodyIs,
    CommentHas,
    DepartsAt,
    EventIs,
    Expression,
    Flag,
    Flagged,
    HeaderIs,
    IdIs,
    JobIs,
    Measure,
    Measured,
    Not,
    NotAnswered,
    Pattern,
    RowTerm,
    Source,
    SourceIs,
    StatusIs,
    Term,
    Text,
    VerdictIs,
)
from webhook_tui.domain.jobs.job import USUAL_FIELDS, JobFields

_MICROSECOND = timedelta(microseconds=1)


Departures: TypeAlias = Callable[[StoredDelivery], Sequence[Departure]]
"""Returns where a delivery departs from those before it."""


def matches(
    expression: Expression,
    stored: StoredDelivery,
    now: datetime,
    *,
    job_fields: JobFields = USUAL_FIELDS,
    departures: Departures = lambda _: (),
) -> bool:
    """Whether the delivery passes at the moment `now`; raises nothing but what `departures` raises."""
    content = Content(stored.delivery.headers, stored.delivery.body, job_fields)

    def holds(term: Term | Not) -> bool:
        if isinstance(term, Not):
            return not holds(term.term)
        if isinstance(term, BareWord):
            return _is_in_row(term, stored.row) or content.holds(term.text)
        if isinstance(term, DepartsAt):
            return any(map(term.includes, departures(stored)))
        if isinstance(term, Text | JobIs | StatusIs | HeaderIs | BodyIs):
            return content.holds(term)
        return _holds_of_row(term, stored.row, now)

    return any(all(holds(term) for term in branch.terms) for branch in expression.branches)


def _is_in_row(word: BareWord, row: DeliveryRow) -> bool:
    return row.verdict in word.verdicts or row.answered in word.answers


def _holds_of_row(term: RowTerm, row: DeliveryRow, now: datetime) -> bool:
    match term:
        case EventIs(pattern):
            return pattern.fits(row.event)
        case VerdictIs(verdict):
            return row.verdict is verdict
        case AnsweredIs(lowest, highest):
            return row.answered is not None and lowest <= row.answered <= highest
        case NotAnswered():
            return not row.answered
        case IdIs(pattern):
            return row.event_id is not None and id_fits(pattern, row.event_id)
        case Measured(measure, operator, value):
            return ORDERS[operator](_amount(measure, row, now), value)
        case SourceIs(source):
            return source is Source.WEBHOOK or row.on_stream
        case Flagged(flag):
            return _has_flag(row, flag)
        case CommentHas(pattern):
            return pattern.fits(row.comment)


def _has_flag(row: DeliveryRow, flag: Flag) -> bool:
    match flag:
        case Flag.MARKED:
            return row.marked
        case Flag.COMMENTED:
            return row.comment != ""
        case Flag.DIFFERS:
            return row.differs
        case Flag.REPLAYED:
            return row.replayed
        case Flag.IMPORTED:
            return row.imported


def id_fits(pattern: Pattern, event_id: str) -> bool:
    """Whether an event id, given as JSON text, fits: as it is written, or without a string's quotes."""
    if pattern.fits(event_id):
        return True
    try:
        value = json.loads(event_id)
    except ValueError:
        return False
    return isinstance(value, str) and pattern.fits(value)


def _amount(measure: Measure, row: DeliveryRow, now: datetime) -> int:
    match measure:
        case Measure.SIZE:
            return row.size
        case Measure.AGE:
            return (now - row.received_at) // _MICROSECOND
        case Measure.ATTEMPT:
            return row.attempt
        case Measure.RUN:
            return row.run
