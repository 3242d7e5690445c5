"""What the Status and the Jobs screen show: asked for while they are open, and worked out where nobody waits for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.events import JobShown, JobsShown, ProblemOccurred, SessionEvent, StatisticsShown
from webhook_tui.domain.statistics.latency import LatencyHistogram
from webhook_tui.domain.statistics.overview import Overview
from webhook_tui.domain.statistics.route_history import RouteHistory
from webhook_tui.domain.status import SessionStatus
from webhook_tui.storage.history import DeliveryStore


class Statistics:
    """Belongs to the session's loop. Of each kind one question is under way; more of them meanwhile are not heard."""

    def __init__(
        self, store: DeliveryStore, emit: Callable[[SessionEvent], None], *, now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._emit = emit
        self._now = now
        self._started_at = now()
        self._route = RouteHistory()
        self._is_counting = False
        self._is_reading = False
        self.acks = LatencyHistogram()
        """Told of each delivery's answer."""

    def look(self, status: SessionStatus) -> None:
        """Another status."""
        self._route.look(status, self._now())

    async def show_overview(self) -> None:
        """Count on, and say what is known by then."""
        if self._is_counting:
            return
        self._is_counting = True
        try:
            tally, place, problem = await self._store.tally(self._now()), await self._store.place(), None
        except ProblemError as error:
            tally, place, problem = None, None, error.problem
        finally:
            self._is_counting = False
        route = self._route
        self._emit(
            StatisticsShown(
                Overview(
                    started_at=self._started_at,
                    acks=self.acks.summary(),
                    phases=route.phases,
                    steps=route.steps,
                    tally=tally,
                    place=place,
                    problem=problem,
                )
            )
        )

    async def show_jobs(self, job_id: str | None = None) -> None:
        """Read on, and say which jobs there are, or all that is known of one."""
        if self._is_reading:
            return
        self._is_reading = True
        try:
            if job_id is None:
                self._emit(JobsShown(await self._store.jobs()))
            else:
                self._emit(JobShown(await self._store.job(job_id)))
        except ProblemError as error:
            self._emit(ProblemOccurred(error.problem))
        finally:
            self._is_reading = False
