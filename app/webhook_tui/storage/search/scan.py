"""Reads the history from the newest delivery down, in chunks, and then what is added or changed meanwhile."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from time import monotonic

import msgspec
from msgspec import Struct

from webhook_tui.domain.delivery.rows import Progress, Sort, SortColumn
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.filtering.evaluate import Departures, matches
from webhook_tui.domain.filtering.terms import Expression
from webhook_tui.domain.jobs.job import JobFields
from webhook_tui.storage.mappers import STORED, encode_headers, stored_of
from webhook_tui.storage.search.query import Query, build_query
from webhook_tui.storage.search.results import NumberResults, SortedResults, View
from webhook_tui.storage.search.word_index import BLOCK_ROWS, block_of

_CHUNKS = (250, 16_000, BLOCK_ROWS)
"""Deliveries that each step reads; it does not go beyond their block."""
_STEP_SECONDS = 0.1
"""A step that checks deliveries in Python ends after this time, so that new deliveries are taken in."""
_LONG_STEP_SECONDS = 1.0
"""The same where each step takes long to its first row."""
_FETCHED = 500
_COUNTED = 16_000
"""Deliveries whose words are counted together."""
_PUBLISH_SECONDS = 0.05
_SORT_FACTOR = 5
"""A sorted view is built again after this many times the time that the last one took."""
_INSTRUCTIONS_PER_CANCEL_CHECK = 50_000


class Search(Struct, frozen=True):
    """What is searched for."""

    expression: Expression
    sort: Sort
    now: datetime
    """The moment from which `age:` counts."""
    job_fields: JobFields


class Published(Struct, frozen=True):
    """A result that the screen's thread may read: it does not change."""

    view: View
    progress: Progress
    problem: Problem | None = None
    """Why the search failed."""


class Scan:
    """One search of one file; used by one thread."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        search: Search,
        publish: Callable[[Published], None],
        is_cancelled: Callable[[], bool],
        *,
        departures: Departures = lambda _: (),
        chunks: Sequence[int] = _CHUNKS,
    ) -> None:
        self._connection = connection
        self._search = search
        self._publish = publish
        self._is_cancelled = is_cancelled
        self._departures = departures
        self._sizes = chunks
        self._chunks = 0
        self._version: int | None = None
        if search.sort.column is SortColumn.NUMBER:
            self._results: NumberResults | SortedResults = NumberResults(is_descending=search.sort.is_descending)
        else:
            self._results = SortedResults(connection, search.sort)
        self._is_published = False
        self._shows_matches = False
        self._next_view = monotonic()
        connection.set_progress_handler(is_cancelled, _INSTRUCTIONS_PER_CANCEL_CHECK)
        with self._transaction():
            first, last, self._deletions = connection.execute(
                "SELECT (SELECT min(seq) FROM deliveries), (SELECT max(seq) FROM deliveries), deletions FROM shape"
            ).fetchone()
        self._first = first or 1
        self._last = last or 0
        self._examined_from = self._below = self._last + 1

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    @property
    def has_older(self) -> bool:
        """Whether there are older deliveries to read."""
        return self._below > self._first

    def advance(self) -> None:
        """Read the next older chunk."""
        size = self._sizes[min(self._chunks, len(self._sizes) - 1)]
        high = self._below - 1
        lowest = max(self._first, block_of(high).start)
        low = max(lowest, self._below - size)
        with self._transaction():
            query = self._query(high, use_indexes=True)
            seconds = _STEP_SECONDS
            if query.reads_all_words and self._is_small(low, high):
                query = self._query(high, use_indexes=False)
            elif query.reads_all_words:
                low, seconds = lowest, _LONG_STEP_SECONDS
            for examined_from, seqs in self._find(query, low, high, seconds=seconds):
                self._results.add_older(seqs)
                self._examined_from = examined_from
                self._is_published = False
                self._publish_if_due(is_first_match=bool(seqs) and not self._shows_matches)
        self._chunks += 1
        self._below = self._examined_from
        self._is_published = False
        self._publish_if_due()

    def update(self, changed: Sequence[int]) -> None:
        """Read what was committed since and the deliveries `changed` again; drop what was deleted."""
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        if version == self._version and not changed:
            return
        self._version = version
        with self._transaction():
            dense_from, deletions = self._connection.execute("SELECT dense_from, deletions FROM shape").fetchone()
            (last,) = self._connection.execute("SELECT max(seq) FROM deliveries").fetchone()
            if deletions != self._deletions:
                self._drop_deleted(dense_from)
                self._deletions = deletions
            for seq in dict.fromkeys(changed):
                if self._below <= seq <= self._last:
                    found = self._find(self._query(seq, use_indexes=False), seq, seq)
                    self._results.set(seq, is_in=any(seqs for _, seqs in found))
                    self._is_published = False
            while self._last < (last or 0) and not self._is_cancelled():
                low = self._last + 1
                high = min(self._last + self._sizes[1], last, block_of(low)[-1])
                query = self._query(low, use_indexes=not self._is_small(low, high))
                newer = [seq for _, seqs in self._find(query, low, high) for seq in seqs]
                self._results.add_newer(newer[::-1])
                self._is_published = self._is_published and not newer
                self._last = high

    def publish(self) -> None:
        """Publish the current results, unless that was done."""
        if not self._is_published:
            began = monotonic()
            view = self._results.view()
            self._is_published = True
            self._shows_matches = len(view) > 0
            self._next_view = monotonic() + max(_PUBLISH_SECONDS, _SORT_FACTOR * (monotonic() - began))
            examined = Progress(
                self._last - self._examined_from + 1, self._last - self._first + 1, is_done=not self.has_older
            )
            self._publish(Published(view, examined))

    def _publish_if_due(self, *, is_first_match: bool = False) -> None:
        if is_first_match or monotonic() >= self._next_view:
            self.publish()

    def _drop_deleted(self, dense_from: int) -> None:
        kept = {seq for (seq,) in self._connection.execute("SELECT seq FROM deliveries WHERE seq < ?", (dense_from,))}
        self._results.keep(lambda seq: seq >= dense_from or seq in kept)
        self._is_published = False

    def _query(self, seq: int, *, use_indexes: bool) -> Query:
        return build_query(self._search.expression, self._search.now, self._connection, seq, use_indexes=use_indexes)

    def _is_small(self, low: int, high: int) -> bool:
        """Whether a range has so few deliveries that reading each is faster than querying an index."""
        return high - low < self._sizes[0]

    def _find(
        self, query: Query, low: int, high: int, *, seconds: float | None = None
    ) -> Iterator[tuple[int, list[int]]]:
        """Yield matches from `high` down to `low`, a few at a time, each time with the number read down to.

        With `seconds` a search that checks deliveries in Python may end before `low`, so long after its first rows.
        """
        until: float | None = None
        for lowest, highest in self._parts(query, low, high):
            for examined_from, seqs in self._read(query, lowest, highest):
                yield examined_from, seqs
                if seconds is not None and query.has_checks:
                    until = until or monotonic() + seconds
                    if monotonic() >= until:
                        return
        yield low, []

    def _parts(self, query: Query, low: int, high: int) -> Iterator[tuple[int, int]]:
        """The parts of a range that may hold matches: counting words is faster than reading each delivery.

        Not where each count would merge all words with one beginning again.
        """
        if not query.covered or query.reads_all_words or low < query.dense_from or high > query.parameters["done"]:
            yield low, high
            return
        for highest in range(high, low - 1, -_COUNTED):
            lowest = max(low, highest - _COUNTED + 1)
            values = {**query.parameters, "lo": lowest, "hi": highest}
            if self._connection.execute(query.covered, values).fetchone()[0]:
                yield lowest, highest

    def _read(self, query: Query, low: int, high: int) -> Iterator[tuple[int, list[int]]]:
        """As `_find`; the first match comes alone."""
        most = 1 + _FETCHED // 10 if query.has_checks else _FETCHED
        size, last = 1, high + 1
        with closing(self._connection.execute(query.sql, {**query.parameters, "lo": low, "hi": high})) as cursor:
            while rows := cursor.fetchmany(size):
                found: list[int] = []
                for seq, must_check in rows:
                    if seq != last and (not must_check or self._matches(seq)):
                        found.append(seq)
                    last = seq
                if found or size == most:
                    yield last, found
                size = most

    def _matches(self, seq: int) -> bool:
        columns = self._connection.execute(STORED + " WHERE seq = ?", (seq,)).fetchone()
        if columns is None:
            return False
        try:
            stored = stored_of(columns)
        except msgspec.DecodeError:  # one damaged delivery does not end the search: it has no headers
            *others, _, body = columns
            stored = stored_of((*others, encode_headers(()), body))
        search = self._search
        return matches(search.expression, stored, search.now, job_fields=search.job_fields, departures=self._departures)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Read one state of the file; sorted results in the connection's memory are kept."""
        self._connection.execute("BEGIN")
        try:
            yield
        finally:
            if self._connection.in_transaction:
                self._connection.execute("COMMIT")
