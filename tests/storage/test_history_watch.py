"""What a watch reports of a history that others write."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path

from tests.cli.conftest import OTHER, OWN, received
from tests.factories import INVALID, NOW, VALID
from tests.storage.finding import remove_history
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.storage.history import DeliveryStore
from webhook_tui.storage.history_query import AccountFilter
from webhook_tui.storage.history_watch import HistoryWatch


def _polled(watch: HistoryWatch) -> list[tuple[int, str]]:
    return [(stored.row.seq, stored.row.verdict.value) for stored in watch.poll()]


async def test_an_empty_answer_means_that_nothing_is_new(tmp_path: Path) -> None:
    """Also behind many deliveries of accounts that are not read."""
    path = tmp_path / "h.db"
    ping = received(b"{}", b"ping")
    with closing(DeliveryStore.open(path, started_at=NOW)) as store:
        await asyncio.gather(*(store.record(ping, VALID, account=OTHER, answered=200) for _ in range(450)))
        await store.record(ping, VALID, account=OWN, answered=200)
        with closing(HistoryWatch(path, since_seq=0, accounts=AccountFilter(OWN.api_url))) as watch:
            assert _polled(watch) == [(451, "valid")]


async def test_another_history_in_the_place_of_the_one_before_is_new(tmp_path: Path) -> None:
    """Its numbers begin at 1 again."""
    path = tmp_path / "h.db"
    ping = received(b"{}", b"ping")
    with closing(HistoryWatch(path)) as watch:
        for count in (2, 1):
            with closing(DeliveryStore.open(path, started_at=NOW)) as store:
                for _ in range(count):
                    await store.record(ping, INVALID, account=OWN, answered=200)
            assert [seq for seq, _ in _polled(watch)] == list(range(1, count + 1))
            assert _polled(watch) == []
            remove_history(path)


async def test_new_and_changed_deliveries_are_reported_once(tmp_path: Path) -> None:
    """Also in a file that is made later, or made again; of a named account only its own."""
    path = tmp_path / "h.db"
    ping = received(b"{}", b"ping")
    with closing(HistoryWatch(path)) as watch:
        assert (watch.poll(), watch.is_written()) == ([], False)
        with closing(DeliveryStore.open(path, started_at=NOW)) as store:
            assert watch.is_written()
            await store.record(ping, INVALID, account=OWN, answered=200)
            await store.record(ping, VALID, account=OTHER, answered=200)
            assert _polled(watch) == [(1, "invalid"), (2, "valid")]
            assert _polled(watch) == []
            await store.set_verdicts([(1, VALID)])
            assert _polled(watch) == [(1, "valid")]
            path.unlink()
            await store.record(ping, VALID, account=OWN, answered=200)
            assert _polled(watch) == [(3, "valid")]
        assert not watch.is_written()

    with closing(HistoryWatch(path, since_seq=0, accounts=AccountFilter(OWN.api_url, Secret("x")))) as foreign:
        assert _polled(foreign) == []
