"""The deliveries counted by event, verdict and time. What is added is counted on."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import TypeAlias

from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.domain.statistics.counts import EventCounts, HistoryCounts, Rate, Run
from webhook_tui.storage.mappers import microseconds, moment
from webhook_tui.storage.statistics.aggregate import AggregateReader

CHUNK = 20_000
"""Deliveries counted by one statement."""
_MOST_NAMES = 10_000
_MOST_SHOWN = 50
_FINE, _COARSE = 15, 1800
"""Seconds: the intervals that are counted."""
_SPANS = ((900, 60, _FINE), (86_400, 48, _COARSE), (2_592_000, 60, _COARSE))
"""Seconds, number of parts, interval."""
_LONGEST = {_FINE: 900, _COARSE: 2_592_000}
_MICROSECONDS = 1_000_000

_BY_NAME = """
    SELECT run = ?, event, verdict, count(*) FROM deliveries NOT INDEXED WHERE seq BETWEEN ? AND ? GROUP BY 1, 2, 3
"""
_BY_TIME = """
    SELECT received_at / ?, count(*) FROM deliveries NOT INDEXED
    WHERE seq BETWEEN ? AND ? AND received_at >= ? GROUP BY 1
"""

Names: TypeAlias = Counter[tuple[bool, str | None, str]]
"""By whether it is of this run, event name (None: beyond the limit) and verdict."""


class _Counts:
    """Counts from the oldest delivery up."""

    def __init__(self, run: int, now: int) -> None:
        """`now`: microseconds; what is older than the longest span is not counted by time."""
        self.examined = self.total = 0
        self._run = run
        self._now = now
        self._counted_to: int | None = None
        self.names: Names = Counter()
        self.times: dict[int, Counter[int]] = {_FINE: Counter(), _COARSE: Counter()}

    def extend(self, connection: sqlite3.Connection, last: int, until: float) -> bool:
        """Count in chunks, as far as number `last` or until the clock says `until`; return whether all is counted."""
        if self._counted_to is None:
            (first,) = connection.execute("SELECT min(seq) FROM deliveries").fetchone()
            self._counted_to = last if first is None else first - 1
        while self._counted_to < last:
            low, high = self._counted_to + 1, min(self._counted_to + CHUNK, last)
            self._count(connection, low, high)
            self.examined += high - low + 1
            self._counted_to = high
            if monotonic() >= until:
                break
        self.total = self.examined + last - self._counted_to
        return self._counted_to >= last

    def _count(self, connection: sqlite3.Connection, low: int, high: int) -> None:
        for is_this_run, event, verdict, count in connection.execute(_BY_NAME, (self._run, low, high)):
            key = (bool(is_this_run), event, verdict)
            is_kept = len(self.names) < _MOST_NAMES or key in self.names
            self.names[key if is_kept else (key[0], None, verdict)] += count
        for part, counts in self.times.items():
            oldest = self._now - _LONGEST[part] * _MICROSECONDS
            counts.update(dict(connection.execute(_BY_TIME, (part * _MICROSECONDS, low, high, oldest))))


class StatisticsReader:
    """The counts of one history. A concurrent call waits for its turn."""

    def __init__(self, path: Path, *, run: Callable[[], int], verdict_changes: Callable[[], int]) -> None:
        """`run`: the number of this run; `verdict_changes`: how often this program changed stored verdicts."""
        self._now = 0
        self._reader = AggregateReader(path, lambda: _Counts(run(), self._now), verdict_changes=verdict_changes)

    async def counts(self, now: datetime) -> HistoryCounts:
        """Return the counts as far as one step reaches. Raises ProblemError."""
        self._now = microseconds(now)
        return await self._reader.read(lambda counts, is_done, _: _tally(counts, microseconds(now), is_done=is_done))

    def close(self) -> None:
        """Wait for what is being counted and close the connection. Idempotent."""
        self._reader.close()


def _tally(counted: _Counts, now: int, *, is_done: bool) -> HistoryCounts:
    this_run, all_runs = _by_verdict(counted.names, is_this_run=True), _by_verdict(counted.names)
    totals: Counter[str] = Counter()
    for (_, event, _), count in counted.names.items():
        if event is not None:
            totals[event] += count
    listed = [event for event, _ in sorted(totals.items(), key=lambda one: (-one[1], one[0]))[:_MOST_SHOWN]]
    events = _by_event(counted.names, listed)
    return HistoryCounts(
        this_run=this_run,
        all_runs=all_runs,
        events=events,
        other_names=len(totals) - len(listed),
        others_this_run=sum(this_run.values()) - sum(sum(one.this_run.values()) for one in events),
        others_all_runs=sum(all_runs.values()) - sum(sum(one.all_runs.values()) for one in events),
        rates=tuple(_rate(counted.times[by], now, *rest, by=by) for *rest, by in _SPANS),
        examined=counted.examined,
        total=counted.total,
        is_done=is_done,
    )


def _by_verdict(names: Names, *, is_this_run: bool = False) -> dict[Verdict, int]:
    found: Counter[str] = Counter()
    for (of_this_run, _, verdict), count in names.items():
        if of_this_run or not is_this_run:
            found[verdict] += count
    return {verdict: found[verdict.value] for verdict in Verdict if found[verdict.value]}


def _by_event(names: Names, listed: list[str]) -> tuple[EventCounts, ...]:
    found: dict[str, tuple[Counter[Verdict], Counter[Verdict]]] = {name: (Counter(), Counter()) for name in listed}
    for (of_this_run, event, verdict), count in names.items():
        if event in found:
            this_run, all_runs = found[event]
            all_runs[Verdict(verdict)] += count
            if of_this_run:
                this_run[Verdict(verdict)] += count
    return tuple(EventCounts(name, dict(this_run), dict(all_runs)) for name, (this_run, all_runs) in found.items())


def _rate(counts: Counter[int], now: int, span: int, parts: int, *, by: int) -> Rate:
    """The counts of each part of a span; `now` lies in the last part."""
    width = span // parts // by
    newest = now // _MICROSECONDS // by // width
    found = [0] * parts
    for place, count in counts.items():
        age = newest - place // width
        if 0 <= age < parts:
            found[parts - 1 - age] += count
    return Rate(span, tuple(found))


def find_runs(connection: sqlite3.Connection) -> list[Run]:
    """Return all runs of the program, oldest first, each with the counts of its stored deliveries."""
    counts: defaultdict[int, dict[Verdict, int]] = defaultdict(dict)
    for run, verdict, count in connection.execute(
        "SELECT run, verdict, count(*) FROM deliveries NOT INDEXED GROUP BY run, verdict"
    ):
        counts[run][Verdict(verdict)] = count
    found = connection.execute("SELECT id, started_at, ended_at FROM runs ORDER BY id")
    return [
        Run(number, moment(started), None if ended is None else moment(ended), counts[number])
        for number, started, ended in found
    ]
