"""The history counted a step at a time, upwards, on a thread of its own: nobody waits, and what is new is added."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import TypeAlias

from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.domain.statistics.counts import EventCounts, HistoryCounts, Rate
from webhook_tui.storage.mappers import microseconds
from webhook_tui.storage.reader import Reader
from webhook_tui.storage.search.passes import Extent, Passes

CHUNK = 20_000
"""Deliveries counted by one statement."""
STEP_SECONDS = 0.15
"""How long one call works."""
_MOST_NAMES = 10_000
_MOST_SHOWN = 50
_FINE, _COARSE = 15, 1800
"""Seconds: the smallest parts of time that are counted."""
_SPANS = ((900, 60, _FINE), (86_400, 48, _COARSE), (2_592_000, 60, _COARSE))
"""Seconds, parts, and by which counts."""
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
"""By whether it is of this run, event name (None: one of too many) and verdict."""


class _Count:
    """Counts from the oldest delivery up."""

    def __init__(self, run: int, extent: Extent) -> None:
        self.run = run
        self.changes = extent.changes
        self.counted_to = self.below = extent.first - 1
        self.seconds = 0.0
        self.names: Names = Counter()
        self.times: dict[int, Counter[int]] = {_FINE: Counter(), _COARSE: Counter()}

    def advance(self, connection: sqlite3.Connection, last: int, now: int) -> None:
        """Count the next chunk, up to `last`."""
        began = monotonic()
        low, high = self.counted_to + 1, min(self.counted_to + CHUNK, last)
        for is_this_run, event, verdict, count in connection.execute(_BY_NAME, (self.run, low, high)):
            key = (bool(is_this_run), event, verdict)
            is_kept = len(self.names) < _MOST_NAMES or key in self.names
            self.names[key if is_kept else (key[0], None, verdict)] += count
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


class StatisticsReader:
    """The counts of one history; `tally` may be awaited again while it is under way, and then waits for its turn."""

    def __init__(self, path: Path, *, run: Callable[[], int], judged: Callable[[], int]) -> None:
        """`run`: the number of this run; `judged`: a number that is another one when verdicts were changed here."""
        self._reader = Reader(path)
        self._passes = Passes(lambda extent: _Count(run(), extent), judged=judged)

    async def tally(self, now: datetime) -> HistoryCounts:
        """Count on for a moment; what is known by then. Raises ProblemError."""
        return await self._reader.run(lambda connection: self._step(connection, microseconds(now)))

    def close(self) -> None:
        """Wait for what is being counted and let go of the file; more calls change nothing."""
        self._reader.close()

    def _step(self, connection: sqlite3.Connection, now: int) -> HistoryCounts:
        passes = self._passes
        passes.look(connection)
        until, last = monotonic() + STEP_SECONDS, passes.extent.last
        working = passes.working
        while working.counted_to < last and monotonic() < until:
            working.advance(connection, last, now)
        if working.counted_to >= last:
            passes.ended()
        working.forget_old_times(now)
        shown = passes.shown
        is_done = shown.counted_to >= last and not passes.is_renewed
        return _tally(shown, now, total=max(last - shown.below, 0), is_done=is_done)


def _tally(counted: _Count, now: int, *, total: int, is_done: bool) -> HistoryCounts:
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
        examined=counted.counted_to - counted.below,
        total=total,
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
    """The counts by part of a span that ends with the part in which `now` is."""
    width = span // parts // by
    newest = now // _MICROSECONDS // by // width
    found = [0] * parts
    for place, count in counts.items():
        age = newest - place // width
        if 0 <= age < parts:
            found[parts - 1 - age] += count
    return Rate(span, tuple(found))
