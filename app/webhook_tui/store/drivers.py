"""The indexes that lead to the deliveries of which a term holds, so that the others are never looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from webhook_tui.domain.filtering.implied import implied
from webhook_tui.domain.filtering.terms import (
    AnsweredIs,
    BareWord,
    BodyIs,
    ContentTerm,
    EventIs,
    HeaderIs,
    IdIs,
    JobIs,
    Marked,
    Measure,
    Measured,
    Not,
    Operator,
    Pattern,
    Term,
    Text,
    VerdictIs,
)
from webhook_tui.domain.verdict import Verdict
from webhook_tui.store.conditions import id_texts, with_words
from webhook_tui.store.statement import DONE, IN_RANGE, Statement, select
from webhook_tui.store.word_index import LARGEST_INDEXED


@dataclass(frozen=True, slots=True)
class Driver:
    """A query for the numbers between :lo and :hi of deliveries that the term may hold of."""

    rank: int
    """The smaller, the fewer are expected."""
    sql: str
    is_exact: bool
    """Whether the term holds of all of them; else it has to be asked once more."""


_NOWHERE = Driver(0, select("seq", "deliveries", "0"), is_exact=True)


def driver(term: Term | Not, statement: Statement) -> Driver | None:
    """The way to a term's deliveries, or None when there is no better one than to look at all."""
    match term:
        case Not(VerdictIs(verdict)):
            return _among("verdict", "by_verdict", [one.value for one in Verdict if one is not verdict], statement)
        case Not(EventIs(pattern)):
            return _by_column("event", "by_event", lambda name: not pattern.fits(name), statement)
        case IdIs(pattern) if pattern.is_exact:
            return _by_id(pattern, statement)
        case Marked():
            return Driver(1, _indexed("marks", "marked"), is_exact=True)
        case BareWord() | Text() | JobIs() | HeaderIs() | BodyIs():
            return _by_words(term, statement)
        case Measured(Measure.ATTEMPT, operator, value) if _is_repeated(operator, value):
            compared = f"attempt {operator.value} {statement.value(value)}"
            return Driver(4, _indexed("repeated", "attempt > 1", compared), is_exact=True)
        case EventIs(pattern):
            return _by_column("event", "by_event", pattern.fits, statement)
        case VerdictIs(verdict):
            return _among("verdict", "by_verdict", [verdict.value], statement)
        case AnsweredIs(lowest, highest):
            return _by_column("answered", "by_answered", lambda status: lowest <= status <= highest, statement)
        case _:
            return None


def _indexed(index: str, *conditions: str) -> str:
    return select("seq", f"deliveries INDEXED BY {index}", *conditions, IN_RANGE)


def _by_id(pattern: Pattern, statement: Statement) -> Driver | None:
    accounts = statement.distinct("account", "attempts", "event_id IS NOT NULL")
    if accounts is None:
        return None
    if not accounts:
        return _NOWHERE
    of_accounts = f"account IN ({statement.listed(accounts)})"
    of_ids = f"event_id IN ({statement.listed(id_texts(pattern))})"
    return Driver(0, _indexed("attempts", of_accounts, "event_id IS NOT NULL", of_ids), is_exact=True)


def _by_words(term: BareWord | ContentTerm, statement: Statement) -> Driver | None:
    if isinstance(term, BareWord):
        return _by_bare_word(term, statement)
    words = implied(term)
    if words is None:
        return None
    is_exact = words == term
    having = [statement.holds(words, table="deliveries")] if is_exact else []
    parts = (
        with_words(words, statement),
        select("seq", "deliveries", f"seq BETWEEN max(:lo, {DONE} + 1) AND :hi", *having),
        _indexed("large", f"size > {LARGEST_INDEXED}", f"seq <= {DONE}", *having),
    )
    return Driver(2 if is_exact else 3, " UNION ALL ".join(parts), is_exact)


def _by_bare_word(word: BareWord, statement: Statement) -> Driver | None:
    by_words = _by_words(word.text, statement)
    meant: dict[str, Sequence[object]] = {
        "verdict": [verdict.value for verdict in word.verdicts],
        "answered": word.answers,
    }
    others = [_among(column, f"by_{column}", values, statement) for column, values in meant.items() if values]
    if by_words is None or not others:
        return by_words
    sql = " UNION ".join(select("seq", f"({way.sql})") for way in (by_words, *others))
    return Driver(max(way.rank for way in others), sql, is_exact=True)


def _by_column(column: str, index: str, fits: Callable[[Any], bool], statement: Statement) -> Driver | None:
    found = statement.distinct(column, index)
    return None if found is None else _among(column, index, [one for one in found if fits(one)], statement)


def _among(column: str, index: str, values: Sequence[object], statement: Statement) -> Driver:
    if not values:
        return _NOWHERE
    return Driver(5, _indexed(index, f"{column} IN ({statement.listed(values)})"), is_exact=True)


def _is_repeated(operator: Operator, value: int) -> bool:
    """Whether no first attempt is meant."""
    if operator is Operator.MORE:
        return value >= 1
    return operator in (Operator.IS, Operator.AT_LEAST) and value >= 2
