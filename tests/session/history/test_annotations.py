"""Changes to stored deliveries: written, and then published as they are in the history."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from tests.factories import NOW, VALID, delivery
from tests.timeouts import until
from webhook_tui.domain.account import Account
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.events import DeliveriesDeleted, Forwarded, Replayed, RowChanged
from webhook_tui.domain.forwarding.forward_result import ForwardOrigin, ForwardResult
from webhook_tui.domain.status import SessionStatus
from webhook_tui.session.bus import EventBus, EventsDiffered, EventsMatched
from webhook_tui.session.clock import Clock
from webhook_tui.session.history.annotations import Annotations
from webhook_tui.session.history.deletion import DeliveryDeletion
from webhook_tui.session.status import StatusPublisher
from webhook_tui.session.tasks import BackgroundTasks
from webhook_tui.session.verification.secret_ring import SecretRingRepository
from webhook_tui.storage.accounts import AccountStore
from webhook_tui.storage.history import DeliveryStore

ACCOUNT = Account("https://api.example", "")


class Annotated:
    """Annotations of a history of three deliveries, and what they published."""

    def __init__(self, store: DeliveryStore, accounts: AccountStore) -> None:
        bus = EventBus()
        self.published: list[object] = []
        for kind in (RowChanged, DeliveriesDeleted):
            bus.subscribe(kind, self.published.append)
        self.status = StatusPublisher(SessionStatus(), bus)
        ring = SecretRingRepository(accounts, ACCOUNT, (), self.status, Clock())
        self.tasks = BackgroundTasks(bus)
        self.deletion = DeliveryDeletion(store, self.status, Clock())
        self.annotations = Annotations(store, self.deletion, ring, bus, self.tasks)


@pytest.fixture
def paths(tmp_path: Path) -> tuple[Path, Path]:
    """Where history and accounts are."""
    return tmp_path / "deliveries.db", tmp_path / "accounts.db"


@asynccontextmanager
async def annotated(paths: tuple[Path, Path]) -> AsyncIterator[tuple[Annotated, DeliveryStore]]:
    """Deliveries 1 to 3, of events 1, 2 and 2."""
    history, accounts = paths
    with closing(DeliveryStore.open(history, started_at=NOW)) as store, closing(AccountStore.open(accounts)) as kept:
        for event_id in (1, 2, 2):
            await store.record(delivery(b'{"id": %d}' % event_id), VALID, account=ACCOUNT, answered=200)
        made = Annotated(store, kept)
        yield made, store
        made.status.close()


async def test_what_the_user_notes_is_published_with_its_row(paths: tuple[Path, Path]) -> None:
    async with annotated(paths) as (made, store):
        await made.annotations.mark(2, True)
        await made.annotations.comment(2, "later")

        changed = [event.row for event in made.published if isinstance(event, RowChanged)]
        assert [(row.seq, row.marked, row.comment) for row in changed] == [(2, True, ""), (2, True, "later")]
        assert (await store.stored(2)) is not None


async def test_all_but_the_marked_are_deleted(paths: tuple[Path, Path]) -> None:
    async with annotated(paths) as (made, _):
        await made.annotations.mark(2, True)
        await made.annotations.delete(None)

        assert made.published[-1] == DeliveriesDeleted(2)
        assert [run.deliveries for run in await made.annotations.runs()] == [1]


@pytest.mark.parametrize(
    ("note", "seqs"),
    [
        (lambda made: made.on_events_matched(EventsMatched(("2",))), [2, 3]),
        (lambda made: made.on_events_differed(EventsDiffered((3, 9))), [3]),
        (lambda made: made.on_sent(Replayed(ForwardResult(1, ForwardOrigin.REPLAYED, "http://x", NOW, 200))), [1]),
        (lambda made: made.on_sent(Forwarded(ForwardResult(1, ForwardOrigin.FORWARDED, "http://x", NOW, 200))), []),
    ],
    ids=["on the stream", "differs", "replayed", "forwarded"],
)
async def test_what_happened_to_a_delivery_is_noted_in_its_row(
    paths: tuple[Path, Path], note: object, seqs: list[int]
) -> None:
    async with annotated(paths) as (made, store):
        assert callable(note)
        note(made.annotations)
        await store.stored(1)
        await until(lambda: len(made.published) >= len(seqs))

        assert [event.row.seq for event in made.published if isinstance(event, RowChanged)] == seqs


async def test_a_delivery_that_was_deleted_meanwhile_is_a_problem(paths: tuple[Path, Path]) -> None:
    async with annotated(paths) as (made, _):
        for change in (made.annotations.mark(99, True), made.annotations.comment(99, "a")):
            with pytest.raises(ProblemError, match="#99 is not in the history any more"):
                await change
