"""What a search has found so far, collected by its thread, and the views of it that the screen reads meanwhile.

A view never changes: what it shares with its collector only grows at the ends, beyond what the view counts.
"""

from __future__ import annotations

import sqlite3
from array import array
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import neg
from typing import Protocol

from webhook_tui.domain.delivery.rows import Sort, SortColumn
from webhook_tui.domain.signature.verdict import Verdict

_MOST_HOLES = 1_000_000

_BY_VERDICT = " ".join(
    ("CASE d.verdict", *(f"WHEN '{verdict.value}' THEN {rank}" for rank, verdict in enumerate(Verdict)), "END")
)
_KEYS = {
    SortColumn.VERDICT: _BY_VERDICT,
    SortColumn.EVENT: "d.event",
    SortColumn.ATTEMPT: "d.attempt",
    SortColumn.ANSWERED: "d.answered",
    SortColumn.SIZE: "d.size",
}


class View(Protocol):
    """Numbers of deliveries in an order."""

    def __len__(self) -> int: ...

    def at(self, position: int) -> int:
        """The number at a position from 0 to len - 1."""
        ...

    def position(self, seq: int) -> int | None:
        """Where a number stands, or None."""
        ...


class Collector(Protocol):
    """Takes in what is found."""

    def add_older(self, seqs: Sequence[int]) -> None:
        """Take in numbers, descending, below all that are here."""
        ...

    def add_newer(self, seqs: Sequence[int]) -> None:
        """Take in numbers, ascending, above all that are here."""
        ...

    def put(self, seq: int, *, is_in: bool) -> None:
        """Take one in or out, wherever it belongs."""
        ...

    def keep(self, stays: Callable[[int], bool]) -> None:
        """Let go of the others."""
        ...

    def view(self) -> View:
        """What is here now, in order."""
        ...


@dataclass(frozen=True, slots=True)
class NumberView:
    """In the order of arrival, or against it."""

    older: array[int]
    older_count: int
    newer: array[int]
    newer_count: int
    is_descending: bool

    def __len__(self) -> int:
        return self.older_count + self.newer_count

    def at(self, position: int) -> int:
        """The number at a position."""
        return self._ascending(len(self) - 1 - position if self.is_descending else position)

    def _ascending(self, position: int) -> int:
        if position < self.older_count:
            return self.older[self.older_count - 1 - position]
        return self.newer[position - self.older_count]

    def position(self, seq: int) -> int | None:
        """Where a number stands, or None; found by halving."""
        found = bisect_left(range(len(self)), seq, key=self._ascending)
        if found == len(self) or self._ascending(found) != seq:
            return None
        return len(self) - 1 - found if self.is_descending else found


class NumberCollector:
    """Keeps the order of arrival: 8 bytes a match, and nothing to do when the screen asks."""

    def __init__(self, *, is_descending: bool) -> None:
        self._older = array("q")
        self._newer = array("q")
        self._is_descending = is_descending

    def add_older(self, seqs: Sequence[int]) -> None:
        """Take in numbers, descending, below all that are here."""
        self._older.extend(seqs)

    def add_newer(self, seqs: Sequence[int]) -> None:
        """Take in numbers, ascending, above all that are here."""
        self._newer.extend(seqs)

    def put(self, seq: int, *, is_in: bool) -> None:
        """Take one in or out; the arrays that views share stay as they are."""
        if self._newer and seq >= self._newer[0]:
            place = bisect_left(self._newer, seq)
            self._newer = _changed(self._newer, place, seq, is_in=is_in)
        else:
            place = bisect_left(self._older, -seq, key=neg)
            self._older = _changed(self._older, place, seq, is_in=is_in)

    def keep(self, stays: Callable[[int], bool]) -> None:
        """Let go of the others; the arrays that views share stay as they are."""
        self._older = array("q", filter(stays, self._older))
        self._newer = array("q", filter(stays, self._newer))

    def view(self) -> NumberView:
        """What is here now."""
        return NumberView(self._older, len(self._older), self._newer, len(self._newer), self._is_descending)


def _changed(seqs: array[int], place: int, seq: int, *, is_in: bool) -> array[int]:
    """A copy in which `seq` is at `place`, or is not; the same array where that is so already."""
    if (place < len(seqs) and seqs[place] == seq) == is_in:
        return seqs
    copy = seqs[:]
    if is_in:
        copy.insert(place, seq)
    else:
        del copy[place]
    return copy


class OrderedView:
    """Sorted by a column; positions are found by a list of places, as long as the numbers reach."""

    def __init__(self, order: array[int]) -> None:
        self._order = order
        self._first = min(order, default=0)
        self._places: array[int] | dict[int, int]
        span = max(order, default=-1) - self._first + 1
        if span > _MOST_HOLES + 8 * len(order):
            self._places = {seq: place for place, seq in enumerate(order)}
            return
        self._places = array("q", [-1]) * span
        for place, seq in enumerate(order):
            self._places[seq - self._first] = place

    def __len__(self) -> int:
        return len(self._order)

    def at(self, position: int) -> int:
        """The number at a position."""
        return self._order[position]

    def position(self, seq: int) -> int | None:
        """Where a number stands, or None."""
        if isinstance(self._places, dict):
            return self._places.get(seq)
        place = self._places[seq - self._first] if 0 <= seq - self._first < len(self._places) else -1
        return None if place < 0 else place


class OrderedCollector:
    """Keeps the matches in a table in memory, so that SQLite sorts them and not this interpreter."""

    def __init__(self, connection: sqlite3.Connection, sort: Sort) -> None:
        self._connection = connection
        self._order = f"{_KEYS[sort.column]} {(way := 'DESC' if sort.is_descending else 'ASC')}, d.seq {way}"
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("CREATE TEMP TABLE found (seq INTEGER PRIMARY KEY)")

    def add_older(self, seqs: Sequence[int]) -> None:
        """Take in numbers, in any order."""
        self._connection.executemany("INSERT OR IGNORE INTO temp.found VALUES (?)", zip(seqs))

    add_newer = add_older

    def put(self, seq: int, *, is_in: bool) -> None:
        """Take one in or out."""
        if is_in:
            self.add_older([seq])
        else:
            self._connection.execute("DELETE FROM temp.found WHERE seq = ?", (seq,))

    def keep(self, stays: Callable[[int], bool]) -> None:
        """Let go of the others."""
        every = self._connection.execute("SELECT seq FROM temp.found").fetchall()
        gone = [columns for columns in every if not stays(columns[0])]
        self._connection.executemany("DELETE FROM temp.found WHERE seq = ?", gone)

    def view(self) -> OrderedView:
        """What is here now, sorted by what the columns hold now."""
        found = self._connection.execute(
            " ".join(("SELECT d.seq FROM temp.found JOIN deliveries d USING (seq) ORDER BY", self._order))
        )
        return OrderedView(array("q", (seq for (seq,) in found)))
