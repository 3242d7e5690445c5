"""The numbers that a search has found so far, and views of them that the screen reads meanwhile.

A view does not change: the arrays that it shares with the results only grow at their ends, beyond its own length.
"""

from __future__ import annotations

import sqlite3
from array import array
from bisect import bisect_left
from collections.abc import Callable, Sequence
from operator import neg
from typing import TypeAlias

from msgspec import Struct

from webhook_tui.domain.delivery.rows import Sort, SortColumn
from webhook_tui.domain.signature.verdict import Verdict

_LARGEST_GAP = 1_000_000

_BY_VERDICT = " ".join(
    ("CASE d.verdict", *(f"WHEN '{verdict.value}' THEN {rank}" for rank, verdict in enumerate(Verdict)), "END")
)
_KEYS = {
    SortColumn.VERDICT: _BY_VERDICT,
    SortColumn.EVENT: "d.event",
    SortColumn.JOB: "coalesce(d.job, d.about)",
    SortColumn.STATUS: "d.status",
    SortColumn.RESULT: "coalesce(nullif(d.file, ''), d.progress)",
    SortColumn.ATTEMPT: "d.attempt",
    SortColumn.ANSWERED: "d.answered",
    SortColumn.SIZE: "d.size",
}


class NumberView(Struct, frozen=True):
    """Numbers in the order of arrival or its reverse."""

    older: array[int]
    older_count: int
    newer: array[int]
    newer_count: int
    is_descending: bool

    def __len__(self) -> int:
        return self.older_count + self.newer_count

    def at(self, position: int) -> int:
        """The number at a position from 0 to len - 1."""
        return self._ascending(len(self) - 1 - position if self.is_descending else position)

    def _ascending(self, position: int) -> int:
        if position < self.older_count:
            return self.older[self.older_count - 1 - position]
        return self.newer[position - self.older_count]

    def position(self, seq: int) -> int | None:
        """The position of a number, or None."""
        found = bisect_left(range(len(self)), seq, key=self._ascending)
        if found == len(self) or self._ascending(found) != seq:
            return None
        return len(self) - 1 - found if self.is_descending else found


class NumberResults:
    """Matches by number: 8 bytes each, and a view costs nothing."""

    def __init__(self, *, is_descending: bool) -> None:
        self._older = array("q")
        self._newer = array("q")
        self._is_descending = is_descending

    def add_older(self, seqs: Sequence[int]) -> None:
        """Add numbers, descending, all smaller than those that are here."""
        self._older.extend(seqs)

    def add_newer(self, seqs: Sequence[int]) -> None:
        """Add numbers, ascending, all larger than those that are here."""
        self._newer.extend(seqs)

    def set(self, seq: int, *, is_in: bool) -> None:
        """Add or remove one number; arrays that views share are copied."""
        if self._newer and seq >= self._newer[0]:
            self._newer = _changed(self._newer, bisect_left(self._newer, seq), seq, is_in=is_in)
        else:
            self._older = _changed(self._older, bisect_left(self._older, -seq, key=neg), seq, is_in=is_in)

    def keep(self, is_kept: Callable[[int], bool]) -> None:
        """Remove the other numbers; arrays that views share are copied."""
        self._older = array("q", filter(is_kept, self._older))
        self._newer = array("q", filter(is_kept, self._newer))

    def view(self) -> NumberView:
        """The current results."""
        return NumberView(self._older, len(self._older), self._newer, len(self._newer), self._is_descending)


def _changed(seqs: array[int], place: int, seq: int, *, is_in: bool) -> array[int]:
    """A copy with or without `seq` at `place`; the same array where nothing changes."""
    if (place < len(seqs) and seqs[place] == seq) == is_in:
        return seqs
    copy = seqs[:]
    if is_in:
        copy.insert(place, seq)
    else:
        del copy[place]
    return copy


class SortedView:
    """Numbers sorted by a column; positions are listed by number, or by key where the numbers lie far apart."""

    def __init__(self, order: array[int]) -> None:
        self._order = order
        self._first = min(order, default=0)
        self._places: array[int] | dict[int, int]
        span = max(order, default=-1) - self._first + 1
        if span > _LARGEST_GAP + 8 * len(order):
            self._places = {seq: place for place, seq in enumerate(order)}
            return
        self._places = array("q", [-1]) * span
        for place, seq in enumerate(order):
            self._places[seq - self._first] = place

    def __len__(self) -> int:
        return len(self._order)

    def at(self, position: int) -> int:
        """The number at a position from 0 to len - 1."""
        return self._order[position]

    def position(self, seq: int) -> int | None:
        """The position of a number, or None."""
        if isinstance(self._places, dict):
            return self._places.get(seq)
        place = self._places[seq - self._first] if 0 <= seq - self._first < len(self._places) else -1
        return None if place < 0 else place


View: TypeAlias = NumberView | SortedView


class SortedResults:
    """Matches in a temporary table, so that SQLite sorts them without the interpreter lock."""

    def __init__(self, connection: sqlite3.Connection, sort: Sort) -> None:
        self._connection = connection
        direction = "DESC" if sort.is_descending else "ASC"
        self._order = f"{_KEYS[sort.column]} {direction}, d.seq {direction}"
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("CREATE TEMP TABLE found (seq INTEGER PRIMARY KEY)")

    def add_older(self, seqs: Sequence[int]) -> None:
        """Add numbers in any order."""
        self._connection.executemany("INSERT OR IGNORE INTO temp.found VALUES (?)", zip(seqs))

    add_newer = add_older

    def set(self, seq: int, *, is_in: bool) -> None:
        """Add or remove one number."""
        if is_in:
            self.add_older([seq])
        else:
            self._connection.execute("DELETE FROM temp.found WHERE seq = ?", (seq,))

    def keep(self, is_kept: Callable[[int], bool]) -> None:
        """Remove the other numbers."""
        found = self._connection.execute("SELECT seq FROM temp.found").fetchall()
        removed = [columns for columns in found if not is_kept(columns[0])]
        self._connection.executemany("DELETE FROM temp.found WHERE seq = ?", removed)

    def view(self) -> SortedView:
        """The current results, sorted by the current values."""
        found = self._connection.execute(
            " ".join(("SELECT d.seq FROM temp.found JOIN deliveries d USING (seq) ORDER BY", self._order))
        )
        return SortedView(array("q", (seq for (seq,) in found)))
