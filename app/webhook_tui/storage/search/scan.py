"""A pass over the history from the newest delivery down, in chunks, and over what is added or changed meanwhile."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

import msgspec

from webhook_tui.domain.delivery.headers import Headers
from webhook_tui.domain.delivery.rows import Progress, Sort, SortColumn
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.filtering.content import Content
from webhook_tui.domain.filtering.terms import Expression
from webhook_tui.storage.mappers import decode_headers
from webhook_tui.storage.search.results import Collector, NumberCollector, OrderedCollector, View
from webhook_tui.storage.search.translation import Query, translate

_CHUNKS = (1000, 16_000, 128_000, 512_000)
"""How many deliveries each step looks at; the first ones are looked at without any index: so few are quickly read."""
_CONTENTS = 4000
"""A step reads headers and bodies of about so many at most: that is a tenth of a second."""
_FETCHED = 500
_BETWEEN_VIEWS_SECONDS = 0.05
_SORTING_SHARE = 5
"""A sorted view is made anew when this many times the time that the last one took has passed."""
_STEPS_BETWEEN_LOOKS = 50_000


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for."""

    expression: Expression
    sort: Sort
    now: datetime
    """The moment from which `age:` counts."""
    job_fields: Sequence[str]


@dataclass(frozen=True, slots=True)
class Published:
    """What the other thread may see."""

    view: View
    progress: Progress
    problem: Problem | None = None
    """Why the search ended."""


class Scan:
    """One pass over a file from its newest delivery down, and over what is added meanwhile."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        search: Search,
        tell: Callable[[Published], None],
        is_cancelled: Callable[[], bool],
        *,
        chunks: Sequence[int] = _CHUNKS,
    ) -> None:
        self._connection = connection
        self._search = search
        self._tell = tell
        self._sizes = chunks
        self._is_cancelled = is_cancelled
        self._version: int | None = None
        self._deletions: int | None = None
        self._chunks = 0
        self._found: Collector
        if search.sort.column is SortColumn.NUMBER:
            self._found = NumberCollector(is_descending=search.sort.is_descending)
        else:
            self._found = OrderedCollector(connection, search.sort)
        self._is_fresh = False
        self._next_view = monotonic()
        self._first = self._at = self._below = 1
        self._above = 0
        self._density = 0.0
        self._read = 0
        self._query: Query | None = None
        self._content: tuple[int, Content] | None = None
        connection.set_progress_handler(is_cancelled, _STEPS_BETWEEN_LOOKS)
        connection.create_function("holds", 4, self._holds, deterministic=True)
        connection.create_function("fits", 2, self._fits, deterministic=True)
        self._start()

    def _start(self) -> None:
        with self._reading():
            first, last, deletions = self._connection.execute(
                "SELECT (SELECT min(seq) FROM deliveries), (SELECT max(seq) FROM deliveries), deletions FROM shape"
            ).fetchone()
        self._first = first or 1
        self._above = last or 0
        self._at = self._below = self._above + 1
        self._deletions = deletions

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()

    @property
    def is_left(self) -> bool:
        """Whether there are older deliveries to look at."""
        return self._below > self._first

    def advance(self) -> None:
        """Look at the next older chunk."""
        size = self._sizes[min(self._chunks, len(self._sizes) - 1)]
        if self._density:
            size = min(size, max(_CONTENTS, int(_CONTENTS / self._density)))
        self._read = 0
        low, high = max(self._first, self._below - size), self._below - 1
        with self._reading():
            for seqs in self._matches(low, high):
                self._found.add_older(seqs)
                self._at = seqs[-1]
                self._is_fresh = False
                self._show_progress()
        self._chunks += 1
        self._density = self._read / (high - low + 1)
        self._at = self._below = low
        self._is_fresh = False
        self._show_progress()

    def take_in(self, again: Sequence[int]) -> None:
        """Look at what was committed since, and at those numbers again; forget what was deleted."""
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        if version == self._version and not again:
            return
        self._version = version
        with self._reading():
            dense_from, deletions = self._connection.execute("SELECT dense_from, deletions FROM shape").fetchone()
            (last,) = self._connection.execute("SELECT max(seq) FROM deliveries").fetchone()
            if deletions != self._deletions:
                self._forget_deleted(dense_from)
                self._deletions = deletions
            for seq in dict.fromkeys(again):
                if self._below <= seq <= self._above:
                    self._found.put(seq, is_in=any(self._matches(seq, seq)))
                    self._is_fresh = False
            while self._above < (last or 0) and not self._is_cancelled():
                low, high = self._above + 1, min(self._above + self._sizes[1], last)
                newer = [seq for seqs in self._matches(low, high) for seq in seqs]
                self._found.add_newer(newer[::-1])
                self._is_fresh = self._is_fresh and not newer
                self._above = high

    def publish(self) -> None:
        """Let the other thread see what is here now, unless it does."""
        if not self._is_fresh:
            began = monotonic()
            view = self._found.view()
            self._is_fresh = True
            self._next_view = monotonic() + max(_BETWEEN_VIEWS_SECONDS, _SORTING_SHARE * (monotonic() - began))
            self._tell(Published(view, self._progress()))

    def _show_progress(self) -> None:
        if monotonic() >= self._next_view:
            self.publish()

    def _progress(self) -> Progress:
        return Progress(self._above - self._at + 1, self._above - self._first + 1, is_done=not self.is_left)

    def _forget_deleted(self, dense_from: int) -> None:
        there = {seq for (seq,) in self._connection.execute("SELECT seq FROM deliveries WHERE seq < ?", (dense_from,))}
        self._found.keep(lambda seq: seq >= dense_from or seq in there)
        self._is_fresh = False

    def _matches(self, low: int, high: int) -> Iterator[Sequence[int]]:
        """Numbers of matches from `high` down to `low`, a few at a time."""
        query = translate(
            self._search.expression, self._search.now, self._connection, direct=high - low < self._sizes[0]
        )
        self._query, self._content = query, None
        cursor = self._connection.execute(query.sql, {**query.parameters, "lo": low, "hi": high})
        while seqs := [seq for (seq,) in cursor.fetchmany(_FETCHED)]:
            yield seqs

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """One state of the file; the matches in the table in memory stay."""
        self._connection.execute("BEGIN")
        try:
            yield
        finally:
            if self._connection.in_transaction:
                self._connection.execute("COMMIT")

    def _holds(self, number: int, seq: int, headers: bytes, body: bytes) -> int:
        assert self._query is not None
        if self._content is None or self._content[0] != seq:
            self._content = seq, Content(_headers(headers), body, self._search.job_fields)
            self._read += 1
        return self._content[1].holds(self._query.contents[number])

    def _fits(self, number: int, text: str) -> int:
        assert self._query is not None
        return self._query.patterns[number](text)


def _headers(blob: bytes) -> Headers:
    """None where they cannot be read: one damaged delivery does not end a search."""
    try:
        return decode_headers(blob)
    except msgspec.DecodeError:
        return ()
