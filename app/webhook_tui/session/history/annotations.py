"""Changes that the user makes to stored deliveries (marks, comments, deletions), and the list of runs."""

from __future__ import annotations

import logging

from webhook_tui.domain.delivery.delivery import DeliveryRow
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.events import Forwarded, Replayed, RowChanged
from webhook_tui.domain.forwarding.forward_result import ForwardOrigin, ForwardResult
from webhook_tui.domain.statistics.counts import Run
from webhook_tui.session.bus import EventBus, EventsDiffered, EventsMatched
from webhook_tui.session.history.deletion import DeliveryDeletion
from webhook_tui.session.tasks import BackgroundTasks
from webhook_tui.session.verification.secret_ring import SecretRingRepository
from webhook_tui.storage.history import DeliveryStore

_log = logging.getLogger(__name__)


class Annotations:
    """Writes to the history and publishes what changed; its methods raise ProblemError."""

    def __init__(
        self,
        store: DeliveryStore,
        deletion: DeliveryDeletion,
        secret_ring: SecretRingRepository,
        bus: EventBus,
        tasks: BackgroundTasks,
    ) -> None:
        self._store = store
        self._deletion = deletion
        self._secret_ring = secret_ring
        self._bus = bus
        self._tasks = tasks

    async def mark(self, seq: int, marked: bool) -> None:
        """Mark or unmark a delivery."""
        self._publish(await self._store.set_marked(seq, marked))

    async def comment(self, seq: int, text: str) -> None:
        """Set the comment of a delivery; "" removes it."""
        self._publish(await self._store.set_comment(seq, text))

    async def delete(self, seqs: tuple[int, ...] | None) -> None:
        """Delete deliveries; None: all but the marked ones."""
        self._bus.publish(await self._deletion.delete(seqs))

    async def runs(self) -> tuple[Run, ...]:
        """Return all runs, oldest first."""
        return tuple(await self._store.runs())

    def on_sent(self, event: Forwarded | Replayed) -> None:
        """Store the result of a forward or a replay."""
        self._tasks.start(self._keep_result(event.sent), "Keeping the outcome of a delivery")

    async def _keep_result(self, result: ForwardResult) -> None:
        try:
            row = await self._store.record_result(result)
        except ProblemError as error:  # it was shown all the same
            _log.warning("the outcome of a delivery could not be kept: %s", error.problem.message)
        else:
            if result.origin is ForwardOrigin.REPLAYED:
                self._publish(row)

    def on_events_matched(self, event: EventsMatched) -> None:
        """Note in the rows of these events that the event stream brought them, too."""
        self._tasks.start(self._note_sources(event.event_ids), "Noting the source of deliveries")

    def on_events_differed(self, event: EventsDiffered) -> None:
        """Note in these rows that the event stream brought other values."""
        self._tasks.start(self._note_differences(event.seqs), "Noting differences from the event stream")

    async def _note_differences(self, seqs: tuple[int, ...]) -> None:
        try:
            for row in await self._store.set_differs(seqs):
                self._publish(row)
        except ProblemError as error:  # the comparison itself shows it all the same
            _log.warning("differences from the event stream could not be noted: %s", error.problem.message)

    async def _note_sources(self, event_ids: tuple[str, ...]) -> None:
        try:
            for row in await self._store.set_on_stream(self._secret_ring.account, event_ids):
                self._publish(row)
        except ProblemError as error:  # only the column "source" misses it
            _log.warning("the source of deliveries could not be noted: %s", error.problem.message)

    def _publish(self, row: DeliveryRow | None) -> None:
        if row is not None:
            self._bus.publish(RowChanged(row))
