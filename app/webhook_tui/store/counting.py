"""The history counted a step at a time, upwards, on a thread of its own: nobody waits, and what is new is added soon.

Numbers only grow and rows hardly change, so a pass goes on where it ended. After deletions or new verdicts another
pass begins, and the counts of the one before are shown until it is done.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from time import monotonic

from webhook_tui.domain.tally import EventCounts, Rate, Tally
from webhook_tui.domain.verdict import Verdict
from webhook_tui.store.reader import Reader
from webhook_tui.store.records import microseconds

CHUNK = 20_000
"""Deliveries counted by one statement."""
STEP_SECONDS = 0.15
"""How long one call works."""
_PASS_SHARE = 10
"""Another pass begins when this many times the time that the last one took has passed, ..."""
_OTHERS_SECONDS = 60.0
"""... or, after this time, for what other programs may have changed."""
_MOST_NAMES = 10_000
_MOST_SHOWN = 50
_FINE, _COARSE = 15, 1800
"""Seconds: the smallest parts of time that are counted."""
_SPANS = ((900, 60, _FINE), (86_400, 48, _COARSE), (2_592_000, 60, _COARSE))
"""Seconds, parts, and by which counts."""
_LONGEST = {_FINE: 900, _COARSE: 2_592_000}

_BY_NAME = """
    SELECT run = ?, event, verdict, count(*) FROM deliveries NOT INDEXED WHERE seq BETWEEN ? AND ? GROUP BY 1, 2, 3
"""
_BY_TIME = """
    SELECT received_at / ?, count(*) FROM deliveries NOT INDEXED
    WHERE seq BETWEEN ? AND ? AND received_at >= ? GROUP BY 1
"""
_MICROSECONDS = 1_000_000


class _Pass:
    """Counts from the oldest delivery up."""

    def __init__(self, run: int, first: int, changes: tuple[int, int]) -> None:
        self.run = run
        self.changes = changes
        self.counted_to = self.below = first - 1
        self.seconds = 0.0
        self.names: Counter[tuple[bool, str | None, str]] = Counter()
        self.times: dict[int, Counter[int]] = {_FINE: Counter(), _COARSE: Counter()}

    def advance(self, connection: sqlite3.Connection, last: int, now: int) -> None:
        """Count the next chunk, up to `last`."""
        began = monotonic()
        low, high = self.counted_to + 1, min(self.counted_to + CHUNK, last)
        for is_this_run, event, verdict, count in connection.execute(_BY_NAME, (self.run, low, high)):
            name = event if len(self.names) < _MOST_NAMES or (bool(is_this_run), event, verdict) in self.names else None
            self.names[bool(is_this_run), name, verdict] += count
        for part, counts in self.times.items():
            oldest = now - _LONGEST[part] * _MICROSECONDS
            for place, count in connection.execute(_BY_TIME, (part * _MICROSECONDS, low, high, oldest)):
                counts[place] += count
        self.counted_to = high
        self.seconds += monotonic() - began

    def forget_old_times(self, now: int) -> None:
        """Keep no more times than are shown."""
        for part, counts in self.times.items():
            oldest = now // _MICROSECONDS // part - _LONGEST[part] // part
            for place in [place for place in counts if place < oldest]:
                del counts[place]


class Counting:
    """The counts of one history; `tally` may be awaited again while it is under way, and then waits for its turn."""

    def __init__(self, path: Path, *, run: Callable[[], int], judged: Callable[[], int]) -> None:
        """`run`: the number of this run; `judged`: a number that is another one when verdicts were changed here."""
        self._reader = Reader(path)
        self._run = run
        self._judged = judged
        self._connection: sqlite3.Connection | None = None
        self._version = -1
        self._shown: _Pass | None = None
        self._next: _Pass | None = None
        self._passed_at = 0.0
        self._last = self._first = 0
        self._deletions = 0

    async def tally(self, now: datetime) -> Tally:
        """Count on for a moment; what is known by then. Raises ProblemError."""
        return await self._reader.run(lambda connection: self._step(connection, microseconds(now)))

    def close(self) -> None:
        """Wait for what is being counted and let go of the file; more calls change nothing."""
        self._reader.close()

    def _step(self, connection: sqlite3.Connection, now: int) -> Tally:
        self._look(connection)
        until = monotonic() + STEP_SECONDS
        working = self._working()
        while working.counted_to < self._last and monotonic() < until:
            working.advance(connection, self._last, now)
        if working is self._next and working.counted_to >= self._last:
            self._shown, self._next, self._passed_at = working, None, monotonic()
        working.forget_old_times(now)
        return self._tally(self._shown or working, now)

    def _look(self, connection: sqlite3.Connection) -> None:
        """See whether anything is new; another file is counted from its beginning."""
        (version,) = connection.execute("PRAGMA data_version").fetchone()
        if connection is not self._connection:
            self._connection, self._shown, self._next = connection, None, None
        elif version == self._version and self._judged() == self._working().changes[1]:
            return
        self._version = version
        self._first, self._last, self._deletions = connection.execute(
            "SELECT coalesce((SELECT min(seq) FROM deliveries), 1), coalesce((SELECT max(seq) FROM deliveries), 0), "
            "deletions FROM shape"
        ).fetchone()
        if self._shown is None:
            return
        since, cost = monotonic() - self._passed_at, self._shown.seconds
        is_changed = self._shown.changes != (self._deletions, self._judged()) or since > _OTHERS_SECONDS
        if self._next is None and is_changed and since > _PASS_SHARE * cost:
            self._next = self._new_pass()

    def _working(self) -> _Pass:
        """The pass that is to go on."""
        if self._next is None and self._shown is None:
            self._next = self._new_pass()
        working = self._next or self._shown
        assert working is not None
        return working

    def _new_pass(self) -> _Pass:
        return _Pass(self._run(), self._first, (self._deletions, self._judged()))

    def _tally(self, counted: _Pass, now: int) -> Tally:
        this_run, all_runs = _by_verdict(counted.names, is_this_run=True), _by_verdict(counted.names)
        totals: Counter[str] = Counter()
        for (_, event, _), count in counted.names.items():
            if event is not None:
                totals[event] += count
        listed = [event for event, _ in sorted(totals.items(), key=lambda one: (-one[1], one[0]))[:_MOST_SHOWN]]
        events = _by_event(counted.names, listed)
        return Tally(
            this_run=this_run,
            all_runs=all_runs,
            events=events,
            other_names=len(totals) - len(listed),
            others_this_run=sum(this_run.values()) - sum(sum(one.this_run.values()) for one in events),
            others_all_runs=sum(all_runs.values()) - sum(sum(one.all_runs.values()) for one in events),
            rates=tuple(_rate(counted.times[by], now, *rest, by=by) for *rest, by in _SPANS),
            examined=counted.counted_to - counted.below,
            total=max(self._last - counted.below, 0),
            is_done=counted.counted_to >= self._last and self._next is None,
        )


def _by_verdict(names: Counter[tuple[bool, str | None, str]], *, is_this_run: bool = False) -> dict[Verdict, int]:
    found: Counter[str] = Counter()
    for (of_this_run, _, verdict), count in names.items():
        if of_this_run or not is_this_run:
            found[verdict] += count
    return {verdict: found[verdict.value] for verdict in Verdict if found[verdict.value]}


def _by_event(names: Counter[tuple[bool, str | None, str]], listed: list[str]) -> tuple[EventCounts, ...]:
    found: dict[str, tuple[Counter[Verdict], Counter[Verdict]]] = {name: (Counter(), Counter()) for name in listed}
    for (of_this_run, event, verdict), count in names.items():
        if event in found:
            this_run, all_runs = found[event]
            all_runs[Verdict(verdict)] += count
            if of_this_run:
                this_run[Verdict(verdict)] += count
    return tuple(EventCounts(name, dict(this_run), dict(all_runs)) for name, (this_run, all_runs) in found.items())


def _rate(counts: Counter[int], now: int, span: int, parts: int, *, by: int) -> Rate:
    """The counts by part of a span that ends with the part in which `now` is."""
    width = span // parts // by
    newest = now // _MICROSECONDS // by // width
    found = [0] * parts
    for place, count in counts.items():
        age = newest - place // width
        if 0 <= age < parts:
            found[parts - 1 - age] += count
    return Rate(span, tuple(found))
