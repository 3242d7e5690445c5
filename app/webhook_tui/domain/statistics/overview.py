"""What the Status screen shows beside the status: counts, times, what became of the route, where the history lies."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from msgspec import Struct

from webhook_tui.domain.errors import Problem
from webhook_tui.domain.jobs.job import USUAL_FIELDS, JobFields
from webhook_tui.domain.statistics.counts import HistoryCounts, LatencySummary
from webhook_tui.domain.statistics.route_history import RegistrationStep, TunnelPhase


class HistoryPlace(Struct, frozen=True):
    """The database's file."""

    path: Path
    size: int
    """Bytes, with what is not yet merged into it."""
    run: int
    """Number of this run in it, from 1."""
    is_temporary: bool
    """It is deleted when the program ends."""


class Overview(Struct, frozen=True):
    """One state of everything."""

    started_at: datetime
    answer_times: LatencySummary
    """From a delivery's first byte to the last of its answer, of this run."""
    phases: tuple[TunnelPhase, ...]
    """Of the tunnel in this run, oldest first."""
    steps: tuple[RegistrationStep, ...]
    """Of the registration in this run, oldest first."""
    counts: HistoryCounts | None
    """None: not counted yet, or it cannot be read."""
    place: HistoryPlace | None
    job_fields: JobFields = USUAL_FIELDS
    """In which fields of a payload jobs are looked for now."""
    problem: Problem | None = None
    """Why the history cannot be read."""
