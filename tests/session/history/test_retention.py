"""The history is cut at the start and every hour, as the settings say."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.factories import NOW, VALID, delivery
from tests.session.running import session_of, settings
from tests.timeouts import TIMEOUT_SECONDS
from webhook_tui.domain.account import Account
from webhook_tui.domain.events import SessionReady
from webhook_tui.domain.status import SessionStatus
from webhook_tui.session.bus import EventBus
from webhook_tui.session.clock import Clock
from webhook_tui.session.history.deletion import DeliveryDeletion
from webhook_tui.session.history.retention import Retention
from webhook_tui.session.status import StatusPublisher
from webhook_tui.storage.history import DeliveryStore

ACCOUNT = Account("https://v2.api.piktid.com", "0123456789ab")


class FixedClock(Clock):
    """It is always the same moment."""

    def utc_now(self) -> datetime:
        return NOW


async def _record(store: DeliveryStore, ages: Sequence[int]) -> None:
    """One delivery each, so many days old."""
    for days in ages:
        sent = delivery(received_at=NOW - timedelta(days=days))
        await store.record(sent, VALID, account=ACCOUNT, answered=200)


def _retention(store: DeliveryStore, *, keep_days: int, keep_rows: int) -> Retention:
    clock = FixedClock()
    deletion = DeliveryDeletion(store, StatusPublisher(SessionStatus(), EventBus()), clock)
    return Retention(deletion, clock, keep_days=keep_days, keep_rows=keep_rows, every_seconds=0.01)


def _kept(store: DeliveryStore) -> list[int]:
    with closing(store.open_rows()) as rows:
        return [row.seq for row in rows.window(0, rows.refresh())]


async def _until_kept(store: DeliveryStore, seqs: list[int]) -> None:
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while _kept(store) != seqs:  # noqa: ASYNC110 -- a file has no event for its changes
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("keep_days", "keep_rows", "kept", "then"),
    [
        (90, 1_000_000, [2, 3, 4], [2, 3, 4, 5]),
        (90, 1, [2, 4], [2, 5]),
        (0, 2, [2, 3, 4], [2, 4, 5]),
        (0, 0, [1, 2, 3, 4], [1, 2, 3, 4, 5]),
    ],
)
async def test_what_is_kept(tmp_path: Path, keep_days: int, keep_rows: int, kept: list[int], then: list[int]) -> None:
    """Marked deliveries stay; 0 is no limit; what arrived later goes the next time."""
    with closing(DeliveryStore.open(tmp_path / "deliveries.db", started_at=NOW)) as store:
        await _record(store, [100, 100, 1, 0])
        await store.set_marked(2, True)
        retention = _retention(store, keep_days=keep_days, keep_rows=keep_rows)
        task = asyncio.create_task(retention.run())
        try:
            await _until_kept(store, kept)
            await _record(store, [0])
            await _until_kept(store, then)
        finally:
            task.cancel()
            await asyncio.wait({task})


async def test_a_history_that_cannot_be_cut_is_left_as_it_is(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The log says it, and the next time is tried again."""
    with closing(DeliveryStore.open(tmp_path / "deliveries.db", started_at=NOW)) as store:
        await _record(store, [100, 0])
        with closing(sqlite3.connect(store.path)) as other, other:
            other.execute("CREATE TRIGGER refuses BEFORE DELETE ON deliveries BEGIN SELECT RAISE(ABORT, 'no'); END")
        task = asyncio.create_task(_retention(store, keep_days=1, keep_rows=0).run())
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                while "old deliveries could not be deleted" not in caplog.text:  # noqa: ASYNC110 -- a log sets no event
                    await asyncio.sleep(0.01)
            assert _kept(store) == [1, 2]
        finally:
            task.cancel()
            await asyncio.wait({task})


async def test_a_session_cuts_its_history(tmp_path: Path) -> None:
    """At its start."""
    path = tmp_path / "deliveries.db"
    with closing(DeliveryStore.open(path, started_at=NOW)) as store:
        await _record(store, [0, 0, 0])
    chosen = settings(tmp_path, register=False, sse=False, db=path, keep_rows=1, keep_days=0)
    async with session_of(chosen) as running:
        await running.event(SessionReady)
        with closing(running.session.open_rows()) as rows:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                while [row.seq for row in rows.window(0, rows.refresh())] != [3]:  # noqa: ASYNC110 -- a file has no event for its changes
                    await asyncio.sleep(0.01)
