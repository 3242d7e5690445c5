"""A deletion of many deliveries: the status says how far it is, and it can be stopped."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from tests.factories import NOW, VALID, delivery
from webhook_tui.domain.account import Account
from webhook_tui.domain.events import DeliveriesDeleted
from webhook_tui.domain.status import Deletion, SessionStatus
from webhook_tui.session.bus import EventBus, StatusReplaced
from webhook_tui.session.clock import Clock
from webhook_tui.session.history.deletion import DeliveryDeletion
from webhook_tui.session.status import StatusPublisher
from webhook_tui.storage.history import DeliveryStore
from webhook_tui.storage.retention import BATCH

ACCOUNT = Account("https://api.example", "")
COUNT = 2 * BATCH + 50


class SlowClock(Clock):
    """Each reading of the time takes a second."""

    def __init__(self) -> None:
        super().__init__()
        self._seconds = 0.0

    def monotonic(self) -> float:
        self._seconds += 1
        return self._seconds


@pytest.mark.parametrize(
    ("clock", "stops", "deleted", "shown"),
    [
        (SlowClock(), False, COUNT, [Deletion(BATCH, COUNT), Deletion(2 * BATCH, COUNT), Deletion(COUNT, COUNT), None]),
        (SlowClock(), True, BATCH, [Deletion(BATCH, COUNT), None]),
        (Clock(), False, COUNT, []),
    ],
    ids=["long", "stopped", "short"],
)
async def test_how_far_it_is_and_where_it_stops(
    tmp_path: Path, clock: Clock, stops: bool, deleted: int, shown: list[Deletion | None]
) -> None:
    """Both ways to delete many; one that takes a moment is not mentioned; the next one is not stopped."""
    bus, found = EventBus(), list[Deletion | None]()
    status = StatusPublisher(SessionStatus(), bus)
    with closing(DeliveryStore.open(tmp_path / "deliveries.db", started_at=NOW)) as store:
        for _ in range(COUNT):
            await store.record(delivery(), VALID, account=ACCOUNT, answered=200)
        deletion = DeliveryDeletion(store, status, clock)

        def note(event: StatusReplaced) -> None:
            found.append(event.status.deletion)
            if stops and len(found) == 1:
                deletion.stop()

        bus.subscribe(StatusReplaced, note)
        assert await deletion.delete(None) == DeliveriesDeleted(deleted, is_stopped=stops)
        assert found == shown
        assert await deletion.delete(range(1, COUNT + 1)) == DeliveriesDeleted(COUNT - deleted)
        status.close()
