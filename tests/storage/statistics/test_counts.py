"""What is stored, counted a step at a time: every delivery once, by event, verdict and time, whatever happens."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.factories import INVALID, NOW, PENDING, VALID, delivery
from webhook_tui.domain.account import Account
from webhook_tui.domain.delivery.delivery import DeliveryRow
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.signature.verdict import Verdict, VerificationResult
from webhook_tui.domain.statistics.counts import HistoryCounts
from webhook_tui.storage.history import DeliveryStore
from webhook_tui.storage.statistics import aggregate, counts
from webhook_tui.storage.statistics.counts import StatisticsReader


async def record(
    store: DeliveryStore,
    account: Account,
    event: str,
    verification: VerificationResult = VALID,
    *,
    age_seconds: float = 0,
) -> int:
    """Store one delivery of that event; its number."""
    received = delivery(
        b"{}", received_at=NOW - timedelta(seconds=age_seconds), headers=((b"X-Webhook-Event", event.encode()),)
    )
    row: DeliveryRow = await store.record(received, verification, account=account, answered=200)
    return row.seq


async def counted(store: DeliveryStore) -> HistoryCounts:
    """The tally when it is done."""
    tally = await store.counts(NOW)
    while not tally.is_done:
        tally = await store.counts(NOW)
    return tally


def by_event(tally: HistoryCounts) -> dict[str, tuple[int, int]]:
    """This run and all, by name."""
    return {one.event: (sum(one.this_run.values()), sum(one.all_runs.values())) for one in tally.events}


async def test_an_empty_history_is_counted(store: DeliveryStore) -> None:
    """Nothing, and that is all."""
    tally = await store.counts(NOW)
    assert (tally.is_done, tally.total, tally.all_runs, tally.events) == (True, 0, {}, ())
    assert [sum(rate.counts) for rate in tally.rates] == [0, 0, 0]


async def test_this_run_and_earlier_ones_are_distinguished(store: DeliveryStore, account: Account) -> None:
    """By event and by verdict, the most frequent name first; what comes later is added."""
    await record(store, account, "ping")
    await record(store, account, "batch_edit", INVALID)
    await record(store, account, "batch_edit")
    with closing(DeliveryStore.open(store.path, started_at=NOW)) as later:
        await record(later, account, "ping")
        tally = await counted(later)
        assert by_event(tally) == {"batch_edit": (0, 2), "ping": (1, 2)}
        assert tally.this_run == {Verdict.VALID: 1}
        assert tally.all_runs == {Verdict.VALID: 3, Verdict.INVALID: 1}
        await record(later, account, "ping", PENDING)
        tally = await counted(later)
        assert by_event(tally) == {"ping": (2, 3), "batch_edit": (0, 2)}
        assert tally.this_run == {Verdict.VALID: 1, Verdict.PENDING: 1}
        assert tally.total == tally.examined == 5


async def test_a_new_verdict_and_a_deletion_are_counted_again(
    store: DeliveryStore, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though they change what was counted already."""
    monkeypatch.setattr(aggregate, "REBUILD_FACTOR", 0)
    numbers = [await record(store, account, "ping", PENDING) for _ in range(3)]
    assert (await counted(store)).all_runs == {Verdict.PENDING: 3}
    await store.set_verdicts([(numbers[0], VALID)])
    assert (await counted(store)).all_runs == {Verdict.VALID: 1, Verdict.PENDING: 2}
    await store.delete(numbers[1:2])
    assert (await counted(store)).all_runs == {Verdict.VALID: 1, Verdict.PENDING: 1}


async def test_the_counts_stay_while_they_are_counted_again(
    store: DeliveryStore, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They do not fall to nothing and grow again; another pass is not begun too often."""
    number = await record(store, account, "ping", PENDING)
    for _ in range(9):
        await record(store, account, "ping")
    assert (await counted(store)).all_runs == {Verdict.VALID: 9, Verdict.PENDING: 1}
    monkeypatch.setattr(aggregate, "REBUILD_FACTOR", 1e9)
    await store.set_verdicts([(number, VALID)])
    assert (await store.counts(NOW)).all_runs == {Verdict.VALID: 9, Verdict.PENDING: 1}
    monkeypatch.setattr(aggregate, "REBUILD_FACTOR", 0)
    monkeypatch.setattr(counts, "CHUNK", 4)
    monkeypatch.setattr(aggregate, "STEP_SECONDS", -1)
    tally = await store.counts(NOW)
    assert tally.is_done
    assert tally.all_runs == {Verdict.VALID: 10}


async def test_a_long_history_is_counted_in_steps(
    store: DeliveryStore, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each call works for a moment and says how far it is."""
    monkeypatch.setattr(counts, "CHUNK", 2)
    for _ in range(5):
        await record(store, account, "ping")
    monkeypatch.setattr(aggregate, "STEP_SECONDS", -1)
    seen: list[HistoryCounts] = []
    while not seen or not seen[-1].is_done:
        seen.append(await store.counts(NOW))
    assert len(seen) > 1
    assert [tally.examined for tally in seen] == sorted({tally.examined for tally in seen})
    assert sum(seen[0].all_runs.values()) == seen[0].examined < seen[0].total == 5


async def test_time_is_cut_into_equal_parts(store: DeliveryStore, account: Account) -> None:
    """The last part holds now; what is older than a span, or from a clock that ran ahead, is not in it."""
    for age in (0, 100, 1200, 90_000, 3_000_000, -100_000):
        await record(store, account, "ping", age_seconds=age)
    tally = await counted(store)
    minutes, day, month = tally.rates
    assert (sum(minutes.counts), minutes.counts[-1], minutes.part_seconds) == (2, 1, 15)
    assert (sum(day.counts), day.part_seconds) == (3, 1800)
    assert (sum(month.counts), month.part_seconds) == (4, 43_200)


async def test_unknown_names_are_bounded_and_counted_apart(
    store: DeliveryStore, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand names are one line, and the sums are right."""
    for number in range(70):
        await record(store, account, f"name{number}")
    await record(store, account, "\x1b[31m'); DROP TABLE deliveries; --")
    for _ in range(2):
        await record(store, account, "ping")
    tally = await counted(store)
    assert len(tally.events) == 50
    assert tally.events[0].event == "ping"
    assert (tally.other_names, tally.others_this_run, tally.others_all_runs) == (22, 22, 22)
    monkeypatch.setattr(counts, "_MOST_NAMES", 10)
    with closing(DeliveryStore.open(store.path, started_at=NOW)) as later:
        tally = await counted(later)
    assert sum(tally.all_runs.values()) == 73
    assert tally.others_all_runs == 73 - sum(sum(one.all_runs.values()) for one in tally.events)


async def test_a_file_that_is_gone_is_a_problem_and_a_new_one_is_counted(tmp_path: Path, account: Account) -> None:
    """Not a crash."""
    lost = StatisticsReader(tmp_path / "none.db", run=lambda: 1, verdict_changes=lambda: 0)
    with closing(lost), pytest.raises(ProblemError):
        await lost.counts(NOW)
    path = tmp_path / "deliveries.db"
    with closing(DeliveryStore.open(path, started_at=NOW)) as store:
        await record(store, account, "ping")
        assert (await counted(store)).total == 1
        path.unlink()
        await record(store, account, "batch_edit")
        await record(store, account, "batch_edit")
        assert by_event(await counted(store)) == {"batch_edit": (2, 2)}


async def test_where_it_lies_and_how_large_it_is(store: DeliveryStore, account: Account) -> None:
    """With what is not merged into it yet; a temporary one is marked."""
    await record(store, account, "ping")
    place = await store.place()
    assert (place.path, place.run, place.is_temporary) == (store.path, 1, False)
    assert place.size > store.path.stat().st_size
    with closing(DeliveryStore.open(None, started_at=NOW)) as temporary:
        assert (await temporary.place()).is_temporary
