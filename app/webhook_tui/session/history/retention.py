"""Deletes old deliveries as the settings say; never marked ones."""

from __future__ import annotations

import asyncio
import logging

from webhook_tui.domain.errors import ProblemError
from webhook_tui.session.clock import Clock
from webhook_tui.session.history.deletion import DeliveryDeletion

EVERY_SECONDS = 3600.0

_log = logging.getLogger(__name__)


class Retention:
    """Deletes at the start and then every hour."""

    def __init__(
        self,
        deletion: DeliveryDeletion,
        clock: Clock,
        *,
        keep_days: int,
        keep_rows: int,
        every_seconds: float = EVERY_SECONDS,
    ) -> None:
        """`keep_days`, `keep_rows`: 0 is unlimited."""
        self._deletion = deletion
        self._clock = clock
        self._keep_days = keep_days or None
        self._keep_rows = keep_rows or None
        self._every_seconds = every_seconds

    async def run(self) -> None:
        """Delete until cancelled. A failure is logged and retried an hour later."""
        started = self._clock.monotonic()
        while True:
            try:
                await self._deletion.prune(
                    keep_days=self._keep_days,
                    keep_rows=self._keep_rows,
                    now=self._clock.utc_now(),
                    running_seconds=self._clock.monotonic() - started,
                )
            except ProblemError as error:
                _log.warning("old deliveries could not be deleted: %s", error.problem.message)
            await asyncio.sleep(self._every_seconds)
