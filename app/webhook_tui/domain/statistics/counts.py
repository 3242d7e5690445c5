"""What is stored, counted: by run, by event, by verdict, and over time; made by the store, shown by the screen."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from datetime import datetime
from itertools import accumulate

from msgspec import Struct

from webhook_tui.domain.signature.verdict import Verdict

Counts = Mapping[Verdict, int]
"""By verdict; without those of which there is none."""


class Run(Struct, frozen=True):
    """One run of the program, and what of it is still stored."""

    number: int
    """From 1, as in DeliveryRow.run and in the filter `run:3`."""
    started_at: datetime
    ended_at: datetime | None
    """None: it runs, or was killed."""
    counts: Counts
    """Of the stored deliveries."""

    @property
    def deliveries(self) -> int:
        """How many deliveries of it are stored."""
        return sum(self.counts.values())


class EventCounts(Struct, frozen=True):
    """Of one event name."""

    event: str
    """Raw: sanitise before showing."""
    this_run: Counts
    all_runs: Counts


class Rate(Struct, frozen=True):
    """Deliveries over time, up to now."""

    span_seconds: int
    counts: tuple[int, ...]
    """Of equal parts of the span, oldest first; the last part has not ended."""

    @property
    def part_seconds(self) -> int:
        """How long one part is."""
        return self.span_seconds // len(self.counts)


class HistoryCounts(Struct, frozen=True):
    """The counts, as far as the deliveries have been counted."""

    this_run: Counts
    all_runs: Counts
    events: tuple[EventCounts, ...]
    """The most frequent names, the most frequent first."""
    other_names: int
    """How many names are not among them."""
    others_this_run: int
    """How many deliveries have one of those names."""
    others_all_runs: int
    rates: tuple[Rate, ...]
    examined: int
    """Numbers of deliveries examined; those of deleted ones count."""
    total: int
    is_done: bool


_STEPS = tuple(1e-5 * 1.02**step for step in range(1_000))
"""Seconds, each 2 % more than the one before."""


class LatencySummary(Struct, frozen=True):
    """Times to the answer, in seconds; all 0 while there is none."""

    count: int = 0
    p50: float = 0.0
    p95: float = 0.0
    p99: float = 0.0
    longest: float = 0.0
    """To the microsecond, not in steps."""


class LatencyHistogram:
    """Takes in one time after the other; a thousand steps reach from 10 µs to over an hour."""

    def __init__(self) -> None:
        self._counts = [0] * (len(_STEPS) + 1)
        self._longest = 0.0

    def add(self, seconds: float) -> None:
        """Add the latency of one answer."""
        self._counts[bisect_left(_STEPS, seconds)] += 1
        self._longest = max(self._longest, seconds)

    def summary(self) -> LatencySummary:
        """What they were like so far."""
        count = sum(self._counts)
        if not count:
            return LatencySummary()
        reached = list(accumulate(self._counts))
        p50, p95, p99 = (self._step(bisect_left(reached, share * count)) for share in (0.5, 0.95, 0.99))
        return LatencySummary(count, p50, p95, p99, self._longest)

    def _step(self, number: int) -> float:
        """The time of a step; never above the longest."""
        return min(_STEPS[number], self._longest) if number < len(_STEPS) else self._longest
