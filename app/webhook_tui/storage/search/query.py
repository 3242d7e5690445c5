"""A filter as SQL: the deliveries between :lo and :hi that may pass it, newest first.

SQL decides the terms about columns. Terms about headers and body are narrowed down by the word index and decided in
Python: the second column of the result says which rows still need that check.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, assert_never

from msgspec import Struct

from webhook_tui.domain.filtering.evaluate import id_fits
from webhook_tui.domain.filtering.prefilter import implied
from webhook_tui.domain.filtering.search_words import WAY
from webhook_tui.domain.filtering.terms import (
    And,
    AnsweredIs,
    BareWord,
    BodyIs,
    CommentHas,
    ContentTerm,
    DepartsAt,
    EventIs,
    Expression,
    HeaderIs,
    IdIs,
    JobIs,
    Marked,
    Measure,
    Measured,
    Not,
    NotAnswered,
    Operator,
    Pattern,
    Source,
    SourceIs,
    Term,
    Text,
    VerdictIs,
)
from webhook_tui.storage.mappers import microseconds
from webhook_tui.storage.search.word_index import LARGEST_INDEXED

_COLUMNS = {
    Measure.SIZE: "d.size",
    Measure.ATTEMPT: "d.attempt",
    Measure.RUN: "d.run",
    Measure.AGE: "(:now - d.received_at)",
}
_IN_RANGE = "seq BETWEEN :lo AND :hi"
_UNREAD = f"(d.seq > :done OR d.size > {LARGEST_INDEXED})"
"""Rows whose words are not in the index."""
_MOST_VALUES = 1000


class Query(Struct, frozen=True):
    """A statement with all values but :lo and :hi. It is good for the read transaction in which it was built."""

    sql: str
    """Selects pairs of a number and whether the delivery must be checked in Python."""
    parameters: dict[str, Any]
    has_checks: bool


class _Condition(Struct, frozen=True):
    """A condition on a row `d` of deliveries, never NULL."""

    sql: str
    rank: int = 9
    """The smaller, the fewer rows its index is expected to lead to. 9: no index helps."""
    index: str = ""
    """The index of `deliveries` that serves it; "" when it is a list of numbers."""


_NEVER = _Condition("0", 0)


def build_query(
    expression: Expression, now: datetime, connection: sqlite3.Connection, *, use_indexes: bool = True
) -> Query:
    """Translate a filter. `now`: from when ages count. Raises sqlite3.Error.

    Each `or` branch is read along the index of the term with the lowest rank. SQLite has no statistics that would tell
    it which verdict or event is rare. Without `use_indexes` every row of the range is read, which is best for few.
    """
    builder = _Builder(connection, now, use_indexes=use_indexes)
    branches = [builder.branch(branch) for branch in expression.branches]
    sql = " UNION ".join(_select(f"d.seq, {builder.check}", source, where) for source, where in branches)
    return Query(f"{sql} ORDER BY 1 DESC", builder.parameters, has_checks=builder.check != "0")


def _select(what: str, source: str, *conditions: str) -> str:
    return " ".join(("SELECT", what, "FROM", source, "WHERE", " AND ".join(conditions)))


class _Builder:
    """Every value of the filter is bound; none is ever part of the text."""

    def __init__(self, connection: sqlite3.Connection, now: datetime, *, use_indexes: bool) -> None:
        (done,) = connection.execute("SELECT iif(way = ?, done, 0) FROM indexing", (WAY,)).fetchone()
        self._connection = connection
        self._use_indexes = use_indexes
        self._patterns: list[Callable[[str], bool]] = []
        self.parameters: dict[str, Any] = {"now": microseconds(now), "done": done}
        self.check = "0"
        """Which rows must be checked in Python, as SQL."""
        connection.create_function("fits", 2, lambda number, text: self._patterns[number](text), deterministic=True)

    def branch(self, branch: And) -> tuple[str, str]:
        """The source and the condition of a branch."""
        conditions = [self._condition(term) for term in branch.terms]
        if _NEVER in conditions:
            # SQLite drops the other conditions, and then cannot prove that a partial index that is named may be used.
            return "deliveries d NOT INDEXED", "0"
        best = min(conditions, key=lambda one: one.rank, default=_Condition("1"))
        hint = f"INDEXED BY {best.index}" if best.index and self._use_indexes else "NOT INDEXED"
        return f"deliveries d {hint}", " AND ".join((f"d.{_IN_RANGE}", *(one.sql for one in conditions)))

    def _condition(self, term: Term | Not) -> _Condition:
        is_negated = isinstance(term, Not)
        match term.term if isinstance(term, Not) else term:
            case Text() | JobIs() | HeaderIs() | BodyIs() | BareWord() as content:
                return self._about_content(content, is_negated=is_negated)
            case DepartsAt():
                self.check = "1"
                return _Condition("1")
            case EventIs(pattern):
                return self._among("event", pattern.fits, is_negated=is_negated)
            case VerdictIs(verdict):
                return self._among("verdict", lambda value: value == verdict.value, is_negated=is_negated)
            case AnsweredIs(lowest, highest) if not is_negated:
                return self._among("answered", lambda value: lowest <= value <= highest, is_negated=False)
            case IdIs(pattern) if pattern.is_exact and not is_negated:
                return self._exact_id(pattern)
            case Measured(Measure.ATTEMPT, operator, value) if not is_negated and _is_repeated(operator, value):
                return _Condition(f"d.attempt > 1 AND d.attempt {operator.value} {self._value(value)}", 4, "repeated")
            case SourceIs(Source.SSE) if not is_negated:
                return _Condition("d.on_stream", 5, "streamed")
            case Marked() if not is_negated:
                return _Condition("d.marked", 1, "marks")
            case other:
                return _Condition(f"({self._plain(other)}) IS {'NOT ' if is_negated else ''}TRUE")

    def _plain(self, term: AnsweredIs | NotAnswered | IdIs | Measured | SourceIs | Marked | CommentHas) -> str:
        """A condition that no index serves; it may be NULL."""
        match term:
            case AnsweredIs(lowest, highest):
                return f"d.answered BETWEEN {self._value(lowest)} AND {self._value(highest)}"
            case NotAnswered():
                return "coalesce(d.answered, 0) = 0"
            case IdIs(pattern):
                return self._fits(lambda event_id: id_fits(pattern, event_id), "d.event_id")
            case Measured(measure, operator, value):
                return f"{_COLUMNS[measure]} {operator.value} {self._value(value)}"
            case SourceIs(source):
                return "1" if source is Source.WEBHOOK else "d.on_stream"
            case Marked():
                return "d.marked"
            case CommentHas(pattern):
                return self._fits(pattern.fits, "d.comment")
            case _:
                assert_never(term)

    def _among(self, column: str, fits: Callable[[Any], bool], *, is_negated: bool) -> _Condition:
        """One of the column's values that fit; the negation is one of the others, so the index serves it, too."""
        index = f"by_{column}"
        found = self._distinct(column, index)
        if found is None:
            return _Condition(f"{'NOT ' if is_negated else ''}{self._fits(fits, f'd.{column}')}")
        values = [value for value in found if fits(value) != is_negated]
        return _Condition(f"d.{column} IN ({self._list(values)})", 5, index) if values else _NEVER

    def _exact_id(self, pattern: Pattern) -> _Condition:
        """An id without stars is stored as a number or as a string; its index begins with the account."""
        ids = self._list([pattern.parts[0], json.dumps(pattern.parts[0])])
        accounts = self._distinct("account", "attempts", "event_id IS NOT NULL")
        if accounts is None:
            return _Condition(f"(d.event_id IN ({ids})) IS TRUE")
        if not accounts:
            return _NEVER
        of_accounts = f"d.account IN ({self._list(accounts)})"
        return _Condition(f"d.event_id IS NOT NULL AND {of_accounts} AND d.event_id IN ({ids})", 0, "attempts")

    def _about_content(self, term: BareWord | ContentTerm, *, is_negated: bool) -> _Condition:
        """As far as the word index and the columns tell; Python checks the rest."""
        if not self._use_indexes or not isinstance(term, Text | BareWord):
            self.check = "1"
        elif self.check == "0":
            self.check = _UNREAD
        words = implied(term.text if isinstance(term, BareWord) else term) if self._use_indexes else None
        if words is None or (is_negated and not isinstance(term, Text | BareWord)):
            return _Condition("1")
        in_columns = self._in_columns(term) if isinstance(term, BareWord) else []
        if is_negated:
            return _Condition(f"d.seq NOT IN ({' UNION ALL '.join((self._with_words(words), *in_columns))})")
        unread = (
            _select("seq", "deliveries", "seq BETWEEN max(:lo, :done + 1) AND :hi"),
            _select("seq", "deliveries INDEXED BY large", f"size > {LARGEST_INDEXED}", _IN_RANGE),
        )
        candidates = " UNION ALL ".join((self._with_words(words), *unread, *in_columns))
        return _Condition(f"d.seq IN ({candidates})", 5 if in_columns else 2 if words == term else 3)

    def _with_words(self, text: Text) -> str:
        phrase = f'"{" ".join(text.words)}"{" *" if text.is_prefix else ""}'
        return _select("rowid", "words", f"words MATCH {self._value(phrase)}", "rowid BETWEEN :lo AND min(:hi, :done)")

    def _in_columns(self, word: BareWord) -> list[str]:
        """Deliveries whose verdict or answer the word names."""
        columns: dict[str, Sequence[object]] = {
            "verdict": [verdict.value for verdict in word.verdicts],
            "answered": word.answers,
        }
        return [
            _select("seq", f"deliveries INDEXED BY by_{column}", f"{column} IN ({self._list(values)})", _IN_RANGE)
            for column, values in columns.items()
            if values
        ]

    def _value(self, value: object) -> str:
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f":{name}"

    def _list(self, values: Sequence[object]) -> str:
        return ", ".join(self._value(value) for value in values)

    def _fits(self, pattern: Callable[[str], bool], column: str) -> str:
        self._patterns.append(pattern)
        return f"({column} IS NOT NULL AND fits({len(self._patterns) - 1}, {column}))"

    def _distinct(self, column: str, index: str, *conditions: str) -> list[Any] | None:
        """The values in an indexed column, found by one jump each; None when there are more than 1,000."""
        source = f"deliveries INDEXED BY {index}"
        first = _select(f"min({column})", source, f"{column} IS NOT NULL", *conditions)
        following = _select(f"min({column})", source, f"{column} > value", *conditions)
        steps = " UNION ALL ".join((f"SELECT ({first})", _select(f"({following})", "one", "value IS NOT NULL")))
        found = self._connection.execute(
            " ".join(("WITH RECURSIVE one (value) AS (", steps, ") SELECT value FROM one LIMIT", str(_MOST_VALUES + 2)))
        ).fetchall()
        values = [value for (value,) in found if value is not None]
        return None if len(values) > _MOST_VALUES else values


def _is_repeated(operator: Operator, value: int) -> bool:
    """Whether the comparison excludes first attempts."""
    if operator is Operator.MORE:
        return value >= 1
    return operator in (Operator.IS, Operator.AT_LEAST) and value >= 2
