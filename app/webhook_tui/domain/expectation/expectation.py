"""Decides from the deliveries that arrive whether those that were waited for have come, or a forbidden one."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from webhook_tui.domain.delivery.delivery import DeliveryRow, StoredDelivery
from webhook_tui.domain.filtering.evaluate import Departures, matches
from webhook_tui.domain.filtering.filter import Filter
from webhook_tui.domain.filtering.terms import And, Expression, Or
from webhook_tui.domain.jobs.job import USUAL_FIELDS, JobFields

_MOST_OTHERS = 10_000


class Criteria(Struct, frozen=True):
    """What is waited for: `until` is met, unless `none` comes first."""

    until: Filter | None = None
    """None: nothing; the wait then ends by `none` or by its time limit."""
    count: int = 1
    """How many deliveries must pass `until`."""
    none: Filter | None = None
    """What must not come."""
    within: float | None = None
    """Seconds; None: no limit."""
    job_fields: JobFields = USUAL_FIELDS
    """The fields that `job:` searches."""

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """The filters."""
        return tuple(one.expression for one in (self.until, self.none) if one is not None)


class Outcome(StrEnum):
    """The outcome of a wait so far."""

    WAITING = "waiting"
    MET = "met"
    FORBIDDEN = "forbidden"
    """A delivery arrived that passes `none`."""


class Miss(Struct, frozen=True):
    """A delivery that arrived and does not count."""

    row: DeliveryRow
    terms_met: int
    """How many terms of `until` it passes, at best."""


class Expectation:
    """The deliveries of one wait so far; they are observed in the order of their numbers."""

    def __init__(self, criteria: Criteria, departures: Departures = lambda _: ()) -> None:
        """`departures`: for `departs:`."""
        self.criteria = criteria
        self._departures = departures
        self.met: dict[int, StoredDelivery] = {}
        """What passed `until`, by number."""
        self.forbidden: StoredDelivery | None = None
        """What passed `none`."""
        self.others: dict[int, Miss] = {}
        """The newest deliveries that pass neither, by number."""

    @property
    def outcome(self) -> Outcome:
        """The outcome so far; once it is not WAITING, it is final."""
        if self.forbidden is not None:
            return Outcome.FORBIDDEN
        is_met = self.criteria.until is not None and len(self.met) >= self.criteria.count
        return Outcome.MET if is_met else Outcome.WAITING

    def observe(self, stored: StoredDelivery, now: datetime) -> bool:
        """Take in a delivery that is new or has changed; return whether it counts now and did not before."""
        seq, until = stored.row.seq, self.criteria.until
        if self.outcome is not Outcome.WAITING or seq in self.met:
            return False
        self.others.pop(seq, None)
        if self.criteria.none is not None and self._passes(self.criteria.none.expression, stored, now):
            self.forbidden = stored
            return False
        if until is not None and self._passes(until.expression, stored, now):
            self.met[seq] = stored
            return True
        self.others[seq] = Miss(stored.row, 0 if until is None else self._terms_met(until.expression, stored, now))
        if len(self.others) > _MOST_OTHERS:
            del self.others[next(iter(self.others))]
        return False

    def _passes(self, expression: Or, stored: StoredDelivery, now: datetime) -> bool:
        fields = self.criteria.job_fields
        return matches(expression, stored, now, job_fields=fields, departures=self._departures)

    def _terms_met(self, expression: Or, stored: StoredDelivery, now: datetime) -> int:
        return max(
            sum(self._passes(Or((And((term,)),)), stored, now) for term in branch.terms)
            for branch in expression.branches
        )
