"""The history does not grow for ever: what is older or more than the settings keep is deleted, marked ones never."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from time import monotonic

from webhook_tui.domain.errors import ProblemError
from webhook_tui.storage.history import DeliveryStore

EVERY_SECONDS = 3600.0

_log = logging.getLogger(__name__)


class Retention:
    """Deletes at the start and then every hour; `run` until cancelled."""

    def __init__(
        self,
        store: DeliveryStore,
        *,
        keep_days: int,
        keep_rows: int,
        now: Callable[[], datetime],
        every_seconds: float = EVERY_SECONDS,
    ) -> None:
        """`keep_days`, `keep_rows`: 0 is no such limit."""
        self._store = store
        self._keep_days = keep_days or None
        self._keep_rows = keep_rows or None
        self._now = now
        self._every_seconds = every_seconds

    async def run(self) -> None:
        """A history that cannot be written keeps what it has: deliveries say so, and the next hour tries again."""
        began = monotonic()
        while True:
            try:
                await self._store.prune(
                    keep_days=self._keep_days,
                    keep_rows=self._keep_rows,
                    now=self._now(),
                    running_seconds=monotonic() - began,
                )
            except ProblemError as error:
                _log.warning("old deliveries could not be deleted: %s", error.problem.what)
            await asyncio.sleep(self._every_seconds)
