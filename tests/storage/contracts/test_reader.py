"""The contract that a session keeps up to date."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

from tests.factories import NOW, PENDING, VALID, delivery
from tests.storage.contracts.histories import OTHER, OWN, body, execute, record, record_two_accounts
from webhook_tui.domain.account import Account
from webhook_tui.domain.contract.event_contract import ContractSnapshot
from webhook_tui.domain.jobs.job import JobFields
from webhook_tui.storage.contracts.cache import WORTHWHILE, cache_path
from webhook_tui.storage.contracts.reader import ContractReader
from webhook_tui.storage.history import DeliveryStore
from webhook_tui.storage.history_query import HistoryQuery


@asynccontextmanager
async def _store(path: Path) -> AsyncIterator[DeliveryStore]:
    with closing(DeliveryStore.open(path, started_at=NOW)) as store:
        yield store


async def _read(contracts: ContractReader, event: str | None = None, *, all_verdicts: bool = False) -> ContractSnapshot:
    while True:
        found = await contracts.snapshot(OWN.key, event, 0.1, all_verdicts=all_verdicts)
        if found.is_done:
            return found


async def test_a_snapshot_holds_one_event_whole(tmp_path: Path) -> None:
    """That with most deliveries unless one is named; it does not change any more."""
    path = tmp_path / "h.db"
    await asyncio.to_thread(record, path, [body({"n": 1})] * 3 + [body({}, "ping")])
    await asyncio.to_thread(record, path, [body({"n": 1})], account=OTHER)
    async with _store(path) as store:
        first = await _read(store.contracts)
        await store.record(delivery(body({"n": 2})), VALID, account=OWN, answered=200)
        named, unknown = await _read(store.contracts, "ping"), await _read(store.contracts, "unknown")

    assert (first.events, first.read, first.total) == ((("image_result", 3), ("ping", 1)), 5, 5)
    assert first.chosen is not None
    assert (first.chosen.name, first.chosen.deliveries) == ("image_result", 3)
    assert named.events == (("image_result", 4), ("ping", 1))
    assert [one.chosen.name for one in (named, unknown) if one.chosen] == ["ping", "image_result"]


async def test_it_follows_changed_verdicts_and_deletions(tmp_path: Path) -> None:
    """What was read is read again, in the background."""
    path = tmp_path / "h.db"
    await asyncio.to_thread(record, path, [body({"n": 1})] * 2)
    async with _store(path) as store:
        row = await store.record(delivery(body({"pending": 1})), PENDING, account=OWN, answered=200)
        counts = [(await _read(store.contracts)).events, (await _read(store.contracts, all_verdicts=True)).events]
        await store.set_verdicts([(row.seq, VALID)])
        while (found := await _read(store.contracts)).events != (("image_result", 3),):
            pass
        await store.delete([1, 2])
        while (left := await _read(store.contracts)).events != (("image_result", 1),):
            pass

    assert counts == [(("image_result", 2),), (("image_result", 3),)]
    assert found.chosen is not None
    assert found.chosen.field_at(("data", "pending")) is not None
    assert left.chosen is not None
    assert left.chosen.field_at(("data", "n")) is None


async def test_departures_are_reported_at_once(tmp_path: Path) -> None:
    """By number, or of a delivery that is not stored yet."""
    path = tmp_path / "h.db"
    await asyncio.to_thread(record, path, [body({"n": 1})] * 25 + [body({"n": "x"})])
    async with _store(path) as store:
        await _read(store.contracts)
        found = await store.contracts.departures_in(OWN.key, 26)
        reported = [one.sentence for one in found]
        with HistoryQuery(path) as history:
            same = [one.sentence for one in store.contracts.departures(history.stored(26))]
        none = await store.contracts.departures_in(OWN.key, 99)

    assert reported == same == ["a whole number in 25 deliveries, text here"]
    assert none == ()


async def test_a_delivery_of_another_account_is_not_compared(tmp_path: Path) -> None:
    """Neither with that account's deliveries nor with those of the account that is asked about."""
    path = tmp_path / "h.db"
    await asyncio.to_thread(record_two_accounts, path)
    async with _store(path) as store:
        read = await _read(store.contracts)
        own, other = [await store.contracts.departures_in(OWN.key, seq) for seq in (51, 52)]
        with HistoryQuery(path) as history:
            by_own = store.contracts.departures(history.stored(51))

    assert read.events == (("image_result", 26),)
    assert [one.sentence for one in own] == ["a whole number in 25 deliveries, text here"]
    assert other == ()
    assert list(own) == list(by_own)


async def test_a_history_that_was_one_accounts_gets_another(tmp_path: Path) -> None:
    """Its deliveries are in no contract of the first account."""
    path = tmp_path / "h.db"
    await asyncio.to_thread(record, path, [body({"n": 1})] * 25)
    async with _store(path) as store:
        before = await _read(store.contracts)
        for _ in range(25):
            await store.record(delivery(body({"n": "x"})), VALID, account=OTHER, answered=200)
        last = await store.record(delivery(body({"n": "x"})), VALID, account=OWN, answered=200)
        after = await _read(store.contracts)
        found = await store.contracts.departures_in(OWN.key, last.seq)

    assert (before.events, after.events) == ((("image_result", 25),), (("image_result", 26),))
    assert [one.sentence for one in found] == ["a whole number in 25 deliveries, text here"]


async def test_the_contracts_that_are_used_are_kept(tmp_path: Path) -> None:
    """The token may change often: what was not used for longest is read again."""
    path = tmp_path / "h.db"
    accounts = [OWN, *(Account(OWN.api_url, f"token {number}") for number in range(4))]
    for account in accounts:
        await asyncio.to_thread(record, path, [body({"n": 1})], account=account)
    async with _store(path) as store:
        for other in accounts[1:]:
            await _read(store.contracts)
            await store.contracts.read(other.key, 1.0)
        execute(path, "UPDATE bodies SET body = '{}'")  # so that to read it again would show
        found = await store.contracts.snapshot(OWN.key, None, 1.0)

    assert (found.events, found.is_done) == ((("image_result", 1),), True)


async def test_job_fields_are_found(tmp_path: Path) -> None:
    """For the view of jobs."""
    path = tmp_path / "h.db"
    await asyncio.to_thread(record, path, [body({"jobId": "a"})] * 3)
    async with _store(path) as store:
        await _read(store.contracts)
        found = await store.contracts.job_fields(JobFields())
        store.use_job_fields(found)
        while not (jobs := await store.jobs()).jobs:
            pass

    assert "jobId" in found.ids
    assert [job.job_id for job in jobs.jobs] == ["a"]


async def test_the_next_session_reads_on(tmp_path: Path) -> None:
    """A large history is read once."""
    path = tmp_path / "h.db"
    await asyncio.to_thread(record, path, [body({"n": 1})] * WORTHWHILE)
    async with _store(path) as store:
        await _read(store.contracts)
    is_kept = cache_path(path).exists()
    execute(path, "UPDATE bodies SET body = '{}'")  # so that to read them again would show
    async with _store(path) as store:
        second = await store.contracts.snapshot(OWN.key, None, 0.0)

    assert is_kept
    assert (second.events, second.is_done) == ((("image_result", WORTHWHILE),), True)


async def test_what_is_deleted_is_kept_no_longer(tmp_path: Path) -> None:
    """Its values leave the file beside the history, too."""
    path = tmp_path / "h.db"
    await asyncio.to_thread(record, path, [body({"n": "private"})] * WORTHWHILE)
    async with _store(path) as store:
        await _read(store.contracts)
        was_kept = b"private" in cache_path(path).read_bytes()
        await store.clear_except_marked()
        while (await _read(store.contracts)).events:
            pass

    assert was_kept
    assert not cache_path(path).exists()
