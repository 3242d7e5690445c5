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

from webhook_tui.domain.delivery.summary import summary_from_text
from webhook_tui.domain.filtering.evaluate import id_fits
from webhook_tui.domain.filtering.search_words import WAY, field_name, implied
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
    Flag,
    Flagged,
    HeaderIs,
    IdIs,
    JobIs,
    Measure,
    Measured,
    Not,
    NotAnswered,
    Operator,
    Pattern,
    Source,
    SourceIs,
    StatusIs,
    Term,
    Text,
    VerdictIs,
)
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.storage.mappers import microseconds
from webhook_tui.storage.search.column_indexes import (
    ALL,
    IN_RANGE,
    RowSource,
    along,
    indexed_later,
    narrowed,
    not_indexed,
)
from webhook_tui.storage.search.word_index import LARGEST_INDEXED, block_mark

_COLUMNS = {
    Measure.SIZE: "d.size",
    Measure.ATTEMPT: "d.attempt",
    Measure.RUN: "d.run",
    Measure.AGE: "(:now - d.received_at)",
}
_LARGE_VALUES: dict[Measure, tuple[int, int, str, Callable[[str, str], Sequence[RowSource]]]] = {
    Measure.ATTEMPT: (1, 4, "repeated", indexed_later),
    Measure.SIZE: (10_000, 6, "sizes", along),
}
"""The value above which an index lists the deliveries, the rank of such a condition, the index, and its sources."""
_FLAGS = {
    Flag.MARKED: ("d.marked", "marks"),
    Flag.COMMENTED: ("d.comment != ''", "comments"),
    Flag.DIFFERS: ("d.differs", "differing"),
    Flag.REPLAYED: ("d.replayed", "replays"),
    Flag.IMPORTED: ("d.imported", "imports"),
}
"""The condition and the index of each."""
_INDEXED_IN_RANGE = "w.rowid BETWEEN :lo AND min(:hi, :done)"
_UNREAD = f"(d.seq > :done OR d.size > {LARGEST_INDEXED})"
"""Rows whose words are not in the index."""
_MOST_VALUES = 1000
_MOST_WORDS = 30
_SMALLEST_CHARACTER = "0"
"""Of those that a word can have."""


class Query(Struct, frozen=True):
    """A statement with all values but :lo and :hi, for one block and the read transaction in which it was built."""

    sql: str
    """Selects pairs of a number and whether the delivery must be checked in Python; a pair may come twice."""
    parameters: dict[str, Any]
    has_checks: bool
    covered: str = ""
    """Selects how many deliveries from :lo to :hi do not pass, where :lo is not below `dense_from`; "": not known."""
    dense_from: int = 0
    """From here on no delivery was deleted, as far as the words go."""
    reads_all_words: bool = False
    """Whether each range of the block costs the same: the words with this beginning are many, and merged at first."""


class _Condition(Struct, frozen=True):
    """A condition on a row `d` of deliveries, never NULL."""

    sql: str
    rank: int = 9
    """The smaller, the fewer rows its index is expected to lead to. 9: no index helps."""
    candidates: Sequence[RowSource] = ()
    """The sources of the rows that meet it, used when its rank is the lowest; empty: all rows are read."""


_NEVER = _Condition("0", 0)
_WITHOUT_WORDS = (
    RowSource("deliveries d NOT INDEXED", "d.seq BETWEEN max(:lo, :done + 1) AND :hi"),
    RowSource("deliveries d INDEXED BY large", f"d.size > {LARGEST_INDEXED} AND d.{IN_RANGE}"),
)
"""Deliveries whose words are not in the index."""


def build_query(
    expression: Expression, now: datetime, connection: sqlite3.Connection, seq: int, *, use_indexes: bool = True
) -> Query:
    """Translate a filter for the block of delivery `seq`. `now`: from when ages count. Raises sqlite3.Error.

    Each `or` branch is read along the index of the term with the lowest rank. SQLite has no statistics that would show
    which verdict or event is rare. Without `use_indexes` every row of the range is read, which is best for few.
    """
    builder = _Builder(connection, now, seq, use_indexes=use_indexes)
    sources = [source for branch in expression.branches for source in builder.branch(branch)]
    # Not UNION: it sorts by both columns, and the first row would wait for the last one.
    sql = " UNION ALL ".join(
        _select(f"{source.number}, {builder.check}", source.tables, source.where) for source in sources
    )
    has_one_branch = len(expression.branches) == 1
    return Query(
        f"{sql} ORDER BY 1 DESC",
        builder.parameters,
        has_checks=builder.check != "0",
        covered=builder.covered if has_one_branch else "",
        dense_from=builder.dense_from,
        reads_all_words=builder.reads_all_words and has_one_branch and len(expression.branches[0].terms) == 1,
    )


def _candidates(matching: str) -> Sequence[RowSource]:
    """Deliveries whose words are `matching`, and those whose words are not known."""
    found = f"w.words {matching} AND {_INDEXED_IN_RANGE}"
    return RowSource("words w CROSS JOIN deliveries d ON d.seq = w.rowid", found, "w.rowid"), *_WITHOUT_WORDS


def _numbers(sources: Sequence[RowSource]) -> str:
    """Return SQL that selects the numbers of all sources."""
    return " UNION ALL ".join(_select(source.number, source.tables, source.where) for source in sources)


def _select(what: str, source: str, *conditions: str) -> str:
    return " ".join(("SELECT", what, "FROM", source, "WHERE", " AND ".join(conditions)))


class _Builder:
    """Every value of the filter is bound; none is ever part of the text."""

    def __init__(self, connection: sqlite3.Connection, now: datetime, seq: int, *, use_indexes: bool) -> None:
        done, indexed, self.dense_from = connection.execute(
            "SELECT iif(way = ?, done, 0), indexed, dense_from FROM indexing, shape", (WAY,)
        ).fetchone()
        self._connection = connection
        self._mark = block_mark(seq)
        self._use_indexes = use_indexes
        self._patterns: list[Callable[[str], bool]] = []
        self.parameters: dict[str, Any] = {"now": microseconds(now), "done": done, "indexed": indexed}
        self._checks: dict[str, None] = {}
        self.covered = ""
        self.reads_all_words = False
        connection.create_function("fits", 2, lambda number, text: self._patterns[number](text), deterministic=True)

    @property
    def check(self) -> str:
        """Which rows must be checked in Python, as SQL: those of which no index and no column decides each term."""
        return "1" if "1" in self._checks else " OR ".join(self._checks) or "0"

    def branch(self, branch: And) -> Sequence[RowSource]:
        """The sources of a branch."""
        conditions = [self._condition(term) for term in branch.terms]
        if _NEVER in conditions:
            # SQLite drops the other conditions, and then cannot tell that a partial index that is named may be used.
            return [RowSource("deliveries d NOT INDEXED", "0")]
        best = min(conditions, key=lambda one: one.rank, default=_Condition("1"))
        if not best.candidates or not self._use_indexes:
            return [narrowed(ALL, *(one.sql for one in conditions))]
        others = [one.sql for one in conditions if one is not best]
        return [narrowed(source, *others) for source in best.candidates]

    def _condition(self, term: Term | Not) -> _Condition:
        is_negated = isinstance(term, Not)
        match term.term if isinstance(term, Not) else term:
            case Text() | JobIs() | StatusIs() | HeaderIs() | BodyIs() | BareWord() as content:
                return self._about_content(content, is_negated=is_negated)
            case DepartsAt():
                self._checks["1"] = None
                return _Condition("1")
            case EventIs(pattern):
                condition = self._fits(pattern.fits, "d.event")
                return self._among(
                    "event", lambda name: pattern.fits(name) != is_negated, _negated(condition, is_negated)
                )
            case VerdictIs(wanted):
                verdicts = [verdict.value for verdict in Verdict if (verdict is wanted) != is_negated]
                condition = f"d.verdict IN ({self._list(verdicts)})"
                return _Condition(condition, 5, indexed_later("by_verdict", condition))
            case AnsweredIs(lowest, highest) as answered if not is_negated:
                condition = f"({self._plain(answered)}) IS TRUE"
                return self._among("answered", lambda status: lowest <= status <= highest, condition)
            case IdIs(pattern) if pattern.is_exact and not is_negated:
                return self._exact_id(pattern)
            case Measured() as measured if not is_negated:
                return self._measured(measured)
            case SourceIs(Source.SSE) if not is_negated:
                return _Condition("d.on_stream", 5, along("streamed", "d.on_stream"))
            case (Flagged() | CommentHas()) as rare if not is_negated:
                return self._rare(rare)
            case other:
                return _Condition(_negated(f"({self._plain(other)}) IS TRUE", is_negated))

    def _measured(self, term: Measured) -> _Condition:
        """A comparison; where only large values pass it, a partial index lists them."""
        compared = self._plain(term)
        if term.measure not in _LARGE_VALUES:
            return _Condition(compared)
        bound, rank, index, sources = _LARGE_VALUES[term.measure]
        if not _is_above(bound, term.operator, term.value):
            return _Condition(compared)
        condition = f"{_COLUMNS[term.measure]} > {bound} AND {compared}"
        return _Condition(condition, rank, sources(index, condition))

    def _rare(self, term: Flagged | CommentHas) -> _Condition:
        """A state that few deliveries have, and a partial index lists them."""
        if isinstance(term, Flagged):
            condition, index = _FLAGS[term.flag]
            return _Condition(condition, 1, along(index, condition))
        fits = self._plain(term)
        if term.pattern.fits(""):
            return _Condition(fits)
        condition, index = _FLAGS[Flag.COMMENTED]
        condition = f"{condition} AND {fits}"
        return _Condition(condition, 1, along(index, condition))

    def _plain(self, term: AnsweredIs | NotAnswered | IdIs | Measured | SourceIs | Flagged | CommentHas) -> str:
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
            case Flagged(flag):
                return _FLAGS[flag][0]
            case CommentHas(pattern):
                return self._fits(pattern.fits, "d.comment")
            case _:
                assert_never(term)

    def _among(self, column: str, fits: Callable[[Any], bool], condition: str) -> _Condition:
        """The rows that meet `condition`: where they are indexed, those with one of the column's values that fit."""
        index = f"by_{column}"
        found = self._distinct(column, index, "indexed")
        if found is None:
            return _Condition(condition)
        values = [value for value in found if fits(value)]
        if not values:
            return _Condition(f"(d.seq > :indexed AND {condition})", 0, (not_indexed(condition),))
        listed = f"d.{column} IN ({self._list(values)})"
        sources = indexed_later(index, condition, listed)
        return _Condition(f"iif(d.seq <= :indexed, {listed}, {condition})", 5, sources)

    def _exact_id(self, pattern: Pattern) -> _Condition:
        """An id without stars is stored as a number or as a string; its index begins with the account."""
        ids = self._list([pattern.parts[0], json.dumps(pattern.parts[0])])
        accounts = self._distinct("account", "attempts", "event_id IS NOT NULL")
        if accounts is None:
            return _Condition(f"(d.event_id IN ({ids})) IS TRUE")
        if not accounts:
            return _NEVER
        of_accounts = f"d.account IN ({self._list(accounts)})"
        condition = f"d.event_id IS NOT NULL AND {of_accounts} AND d.event_id IN ({ids})"
        return _Condition(condition, 0, along("attempts", condition))

    def _about_content(self, term: BareWord | ContentTerm, *, is_negated: bool) -> _Condition:
        """The condition that the word index and the columns can decide; Python checks the rest."""
        if isinstance(term, JobIs) and not is_negated:
            self._checks[f"NOT {self._shows_job(term)}"] = None
        else:
            is_read = self._use_indexes and isinstance(term, Text | BareWord)
            self._checks[_UNREAD if is_read else "1"] = None
        words = implied(term.text if isinstance(term, BareWord) else term) if self._use_indexes else None
        if words is None or (is_negated and not isinstance(term, Text | BareWord)):
            return self._about_field(term) if isinstance(term, BodyIs) and not is_negated else _Condition("1")
        matching = self._match(words)
        with_words = RowSource("words w", f"w.words {matching} AND {_INDEXED_IN_RANGE}", "w.rowid")
        in_columns = self._in_columns(term) if isinstance(term, BareWord) else ()
        if is_negated:
            self.covered = _select(
                ":hi - :lo + 1 - count(*)", "words", f"words {matching}", "rowid BETWEEN :lo AND :hi"
            )
            return _Condition(f"d.seq NOT IN ({_numbers((with_words, *in_columns))})")
        return _Condition(
            f"d.seq IN ({_numbers((with_words, *_WITHOUT_WORDS, *in_columns))})",
            5 if in_columns else 2 if words == term else 3,
            candidates=(*_candidates(matching), *in_columns),
        )

    def _about_field(self, term: BodyIs) -> _Condition:
        """Check payloads in Python; where no index serves another term, only those that contain the field's name."""
        name = field_name(term.path) if self._use_indexes else None
        return _Condition("1", 8, candidates=_candidates(self._match(name))) if name else _Condition("1")

    def _shows_job(self, term: JobIs) -> str:
        """Whether the job of the row fits; rows of earlier versions have it in their summary."""
        shown = self._fits(term.is_of, "d.job")
        return f"({shown} OR (d.job IS NULL AND {self._fits(lambda text: _fits_summary(term, text), 'd.about')}))"

    def _match(self, text: Text) -> str:
        """A MATCH with the words of `text`.

        SQLite merges all words with one beginning before it gives the first row. A few of them it can follow one by one
        from any row on.
        """
        *before, last = (f"{self._mark}{word}" for word in text.words)
        found = self._words_beginning_with(last) if text.is_prefix else [last]
        if found is None:
            self.reads_all_words = True
        phrases = [f'"{" ".join((*before, word))}"' for word in found or [last]]
        return f"MATCH {self._value(' OR '.join(phrases) if found else phrases[0] + ' *')}"

    def _words_beginning_with(self, beginning: str) -> list[str] | None:
        """The words of the index with this beginning, found by one jump each; None when they are many."""
        self._connection.execute(
            "CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab(main, words, instance)"
        )
        found: list[str] = []
        start = beginning
        while len(found) <= _MOST_WORDS:
            row = self._connection.execute(
                "SELECT term FROM temp.vocabulary WHERE term >= ? LIMIT 1", (start,)
            ).fetchone()
            if row is None or not row[0].startswith(beginning):
                return found
            found.append(row[0])
            start = f"{row[0]}{_SMALLEST_CHARACTER}"
        return None

    def _in_columns(self, word: BareWord) -> Sequence[RowSource]:
        """Deliveries whose verdict or answer the word names."""
        columns: dict[str, Sequence[object]] = {
            "verdict": [verdict.value for verdict in word.verdicts],
            "answered": word.answers,
        }
        return [
            source
            for column, values in columns.items()
            if values
            for source in indexed_later(f"by_{column}", f"d.{column} IN ({self._list(values)})")
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


def _negated(condition: str, is_negated: bool) -> str:
    return f"NOT {condition}" if is_negated else condition


def _fits_summary(term: JobIs, text: str) -> bool:
    return term.is_of(summary_from_text(text).job)


def _is_above(bound: int, operator: Operator, value: int) -> bool:
    """Whether only numbers above `bound` pass the comparison."""
    if operator is Operator.MORE:
        return value >= bound
    return operator in (Operator.IS, Operator.AT_LEAST) and value > bound
