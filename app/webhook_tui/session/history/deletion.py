"""Deletes deliveries, of which there may be very many: publishes how far that is, and can be stopped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from webhook_tui.domain.events import DeliveriesDeleted
from webhook_tui.domain.status import Deletion
from webhook_tui.session.clock import Clock
from webhook_tui.session.status import StatusPublisher
from webhook_tui.storage.history import DeliveryStore
from webhook_tui.storage.retention import Advance

_QUIET_SECONDS = 0.3
"""Shorter deletions are not mentioned in the status."""


class DeliveryDeletion:
    """Belongs to the session's loop. Its methods raise ProblemError."""

    def __init__(self, store: DeliveryStore, status: StatusPublisher, clock: Clock) -> None:
        self._store = store
        self._status = status
        self._clock = clock
        self._stops = 0
        """How often a stop was asked for."""

    def stop(self) -> None:
        """Stop what is under way after the batch that is being deleted."""
        self._stops += 1

    async def delete(self, seqs: Sequence[int] | None) -> DeliveriesDeleted:
        """Delete these, marked or not; None: all but the marked ones. Return what came of it."""
        stops = self._stops
        with self._progress() as advance:
            if seqs is None:
                count = await self._store.clear_except_marked(advance)
            else:
                count = await self._store.delete(seqs, advance)
        return DeliveriesDeleted(count, is_stopped=self._stops != stops)

    async def prune(
        self, *, keep_days: int | None, keep_rows: int | None, now: datetime, running_seconds: float
    ) -> int:
        """Delete old ones and return how many; the arguments are those of the store."""
        with self._progress() as advance:
            return await self._store.prune(
                keep_days=keep_days,
                keep_rows=keep_rows,
                now=now,
                running_seconds=running_seconds,
                advance=advance,
            )

    @contextmanager
    def _progress(self) -> Iterator[Advance]:
        """Give what the store calls after each batch."""
        stops, started = self._stops, self._clock.monotonic()

        def advance(done: int, total: int) -> bool:
            if self._clock.monotonic() - started >= _QUIET_SECONDS:
                self._status.change(deletion=Deletion(done, total))
            return self._stops == stops

        try:
            yield advance
        finally:
            self._status.change(deletion=None)
