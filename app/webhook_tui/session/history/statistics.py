"""Answers the queries of the Status and the Jobs screen."""

from __future__ import annotations

import asyncio

from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.jobs.job import JobDetail, Jobs
from webhook_tui.domain.statistics.counts import LatencyHistogram
from webhook_tui.domain.statistics.overview import Overview
from webhook_tui.domain.statistics.route_history import RouteHistory
from webhook_tui.session.bus import StatusReplaced
from webhook_tui.session.clock import Clock
from webhook_tui.storage.history import DeliveryStore


class Statistics:
    """Belongs to the session's loop. Queries of one kind are answered one after the other."""

    def __init__(self, store: DeliveryStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._started_at = clock.utc_now()
        self._route = RouteHistory()
        self._counting = asyncio.Lock()
        self._reading = asyncio.Lock()
        self.latencies = LatencyHistogram()
        """How long each delivery waited for its answer."""

    def on_status_replaced(self, event: StatusReplaced) -> None:
        """Record changes of the tunnel and the registration."""
        self._route.record(event.status, self._clock.utc_now())

    async def overview(self) -> Overview:
        """Count a limited part of the history and return the figures so far; a failure is its `problem`."""
        tally, place, problem = None, None, None
        async with self._counting:
            try:
                tally, place = await self._store.counts(self._clock.utc_now()), await self._store.place()
            except ProblemError as error:
                problem = error.problem
        return Overview(
            started_at=self._started_at,
            answer_times=self.latencies.summary(),
            phases=self._route.phases,
            steps=self._route.steps,
            counts=tally,
            place=place,
            job_fields=self._store.job_fields,
            problem=problem,
        )

    async def jobs(self) -> Jobs:
        """Read a limited part of the history and return the jobs so far. Raises ProblemError."""
        async with self._reading:
            return await self._store.jobs()

    async def job(self, job_id: str) -> JobDetail:
        """Read a limited part of the history and return one job. Raises ProblemError."""
        async with self._reading:
            return await self._store.job(job_id)
