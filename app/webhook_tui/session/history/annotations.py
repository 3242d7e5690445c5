"""Changes that the user makes to stored deliveries (marks, comments, deletions), and the list of runs."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from webhook_tui.domain.delivery.delivery import DeliveryRow
from webhook_tui.domain.errors import ProblemError, delivery_gone
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
        self._publish_of(seq, await self._store.set_marked(seq, marked))

    async def comment(self, seq: int, text: str) -> None:
        """Set the comment of a delivery; "" removes it."""
        self._publish_of(seq, await self._store.set_comment(seq, text))

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
        what = "the source of deliveries"
        update = partial(self._store.set_on_stream, self._secret_ring.account, event.event_ids)
        self._tasks.start(self._note(update, what), f"Noting {what}")

    def on_events_differed(self, event: EventsDiffered) -> None:
        """Note in these rows that the event stream brought other values."""
        what = "differences from the event stream"
        self._tasks.start(self._note(partial(self._store.set_differs, event.seqs), what), f"Noting {what}")

    async def _note(self, update: Callable[[], Awaitable[Sequence[DeliveryRow]]], what: str) -> None:
        try:
            for row in await update():
                self._publish(row)
        except ProblemError as error:  # the comparison itself shows it all the same
            _log.warning("%s could not be noted: %s", what, error.problem.message)

    def _publish_of(self, seq: int, row: DeliveryRow | None) -> None:
        if row is None:
            raise ProblemError(delivery_gone(seq))
        self._publish(row)

    def _publish(self, row: DeliveryRow | None) -> None:
        if row is not None:
            self._bus.publish(RowChanged(row))
