"""What is stored, counted: by run, by event, by verdict, and over time; made by the store, shown by the screen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

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
