"""A search as the screen sees it: matches stream in, changes are followed, nothing is waited for."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from tests.factories import INVALID, NOW, PENDING, VALID, delivery
from tests.storage.finding import Damage, Finding, finding, index_words, record_statuses, remove_history, shown
from tests.timeouts import TIMEOUT_SECONDS
from webhook_tui.domain.account import Account
from webhook_tui.domain.delivery.rows import Progress, Sort, SortColumn
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.filtering.filter import parse
from webhook_tui.domain.jobs.job import USUAL_FIELDS
from webhook_tui.storage.history import DeliveryStore
from webhook_tui.storage.search.scan import Search
from webhook_tui.storage.search.search import SearchThread, find_in_history


async def test_matches_are_rows_like_any_others(store: DeliveryStore, account: Account) -> None:
    """Positions, windows, whole deliveries and attempts; what does not pass is not there."""
    await record_statuses(store, account, "failed", "completed", "failed", "failed")
    with finding(store, "failed") as search:
        assert search.seqs() == [1, 3, 4]
        rows = search.rows

        assert rows.progress == Progress(4, 4, is_done=True)
        assert [rows.position(seq) for seq in range(6)] == [None, 0, None, 1, 2, None]
        assert [row.seq for row in rows.window(1, 1)] == [3]
        assert rows.window(3, 5) == rows.window(0, 0) == rows.window(1, -1) == []
        assert [row.seq for row in rows.window(-1, 2)] == [1]
        assert rows.stored(2) == await store.stored(2)
        assert [row.seq for row in rows.attempts(3)] == [1, 2, 3, 4]


async def test_no_match_is_reported_too(store: DeliveryStore, account: Account) -> None:
    """In an empty history as well, so that the screen can say that none matches."""
    with finding(store, "failed") as search:
        assert search.seqs() == []
    await record_statuses(store, account, "completed")
    with finding(store, "failed") as search:
        assert search.seqs() == []
        assert search.rows.progress == Progress(1, 1, is_done=True)


async def test_nothing_changes_between_refreshes(store: DeliveryStore, account: Account) -> None:
    """One frame is drawn from one state, while the search goes on."""
    await record_statuses(store, account, "failed")
    with finding(store, "failed") as search:
        assert search.seqs() == [1]
        await record_statuses(store, account, "failed")
        search.rows.reconsider([])
        search.wait()
        assert (len(search.rows), search.rows.progress, search.rows.position(2)) == (1, Progress(1, 1, True), None)
        search.until([1, 2])


@pytest.mark.parametrize("sort", [Sort(), Sort(is_descending=True), Sort(SortColumn.SIZE)])
async def test_what_is_recorded_meanwhile_is_taken_in(store: DeliveryStore, account: Account, sort: Sort) -> None:
    """After a refresh the search finds and reports it; what does not pass stays out."""
    await record_statuses(store, account, "failed", "completed")
    with finding(store, "body.data.status=fail*", sort=sort) as search:
        assert search.seqs() == [1]
        await record_statuses(store, account, "completed", "failed", "failed again")
        expected = [1, 4, 5]
        search.until(expected[::-1] if sort.is_descending else expected)
        assert search.rows.progress == Progress(5, 5, is_done=True)


@pytest.mark.parametrize("sort", [Sort(), Sort(SortColumn.VERDICT)])
async def test_what_is_deleted_goes(store: DeliveryStore, account: Account, sort: Sort) -> None:
    """Also when it was found long ago."""
    await record_statuses(store, account, *["failed"] * 6)
    with finding(store, "failed", sort=sort) as search:
        search.until([1, 2, 3, 4, 5, 6])
        await store.delete([2, 5])
        search.until([1, 3, 4, 6])
        await store.prune(keep_days=None, keep_rows=1, now=NOW)
        search.until([6])
        await record_statuses(store, account, "failed")
        search.until([6, 7])


@pytest.mark.parametrize("sort", [Sort(), Sort(is_descending=True), Sort(SortColumn.SIZE)])
async def test_what_changed_is_looked_at_again(store: DeliveryStore, account: Account, sort: Sort) -> None:
    """A verdict, a mark: the row comes to its place or goes."""
    way = -1 if sort.is_descending else 1
    await record_statuses(store, account, *["failed"] * 4, verification=PENDING)
    with finding(store, "verdict:pending or marked", sort=sort) as search:
        search.until([1, 2, 3, 4][::way])
        await record_statuses(store, account, "completed", "completed")
        await record_statuses(store, account, "completed", verification=PENDING)
        search.until([1, 2, 3, 4, 7][::way])

        await store.set_verdicts([(2, VALID), (3, INVALID)])
        search.rows.reconsider([2, 3, 99])
        search.until([1, 4, 7][::way])
        await store.set_marked(2, marked=True)
        await store.set_marked(6, marked=True)
        search.rows.reconsider([6, 2, 7, 1])
        search.until([1, 2, 4, 6, 7][::way] if sort.column is SortColumn.NUMBER else [1, 2, 4, 6, 7])
        await store.set_marked(6, marked=False)
        search.rows.reconsider([6])
        search.until([1, 2, 4, 7][::way])


async def test_a_frame_is_not_disturbed_by_changes(store: DeliveryStore, account: Account) -> None:
    """What the screen holds since its last refresh stays, whatever the search puts in and takes out."""
    await record_statuses(store, account, *["failed"] * 5)
    with finding(store, "failed") as search, finding(store, "failed") as other:
        search.until([1, 2, 3, 4, 5])
        await store.set_verdicts([(3, INVALID)])
        await store.delete([2])
        search.rows.reconsider([3])
        search.rows.reconsider([])  # it looks again, as at a refresh, but nothing is shown yet
        other.until([1, 3, 4, 5])
        search.wait()

        assert len(search.rows) == 5
        assert [search.rows.position(seq) for seq in (1, 2, 5)] == [0, 1, 4]
        assert shown(search.rows) == [1, 3, 4, 5]
        search.until([1, 3, 4, 5])


async def test_a_search_is_cancelled_in_the_middle_of_a_statement(store: DeliveryStore, account: Account) -> None:
    """Closing never waits for it; the thread ends by itself within a moment."""
    with closing(sqlite3.connect(store.path)) as other, other:
        other.execute(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) "
            "INSERT INTO deliveries (run, account, received_at, client, method, target, event, verdict, reason, short,"
            " attempt, size, about) SELECT 1, '', i, '', 'POST', '/', 'ping', 'valid', '', '', 1, 0, '' FROM n"
        )
    threads = threading.active_count()
    for text in ("size:>1", "event:ping", "comment:x"):
        search = Finding(store, text, Sort(SortColumn.EVENT), NOW)
        search.close()

    assert threading.active_count() == threads


async def test_a_search_follows_to_a_new_file(tmp_path: Path, account: Account) -> None:
    """The history was removed: what is stored from then on is found."""
    path = tmp_path / "deliveries.db"
    with closing(DeliveryStore.open(path, started_at=NOW)) as store:
        await record_statuses(store, account, "failed", "failed")
        with finding(store, "failed") as search, finding(store, "failed", sort=Sort(SortColumn.SIZE)) as other:
            search.until([1, 2])
            other.until([1, 2])
            remove_history(path)
            await record_statuses(store, account, "failed", "completed", "failed")
            search.until([3, 5])
            other.until([3, 5])


async def test_a_search_that_cannot_go_on_says_so(store: DeliveryStore, account: Account) -> None:
    """As a problem in words, at the next refresh."""
    await record_statuses(store, account, "failed")
    with closing(sqlite3.connect(store.path)) as other, other:
        other.execute("DROP TABLE bodies")
    with finding(store, "failed") as search:
        search.wait()
        with pytest.raises(ProblemError, match="The history cannot be read now"):
            search.rows.refresh()


async def test_many_recorded_at_once_are_taken_in_while_older_ones_are_searched(
    store: DeliveryStore, account: Account
) -> None:
    """Bursts and a long history at the same time: nothing is lost and nothing twice."""
    await asyncio.gather(*(record_statuses(store, account, "failed", "completed") for _ in range(1500)))
    with finding(store, "failed") as search:
        burst = asyncio.gather(*(record_statuses(store, account, "failed", "completed") for _ in range(500)))
        while not burst.done():
            search.rows.refresh()
            await asyncio.sleep(0)
        with closing(sqlite3.connect(store.path)) as other:
            found = other.execute("SELECT seq FROM deliveries JOIN bodies USING (seq) WHERE instr(body, 'failed')")
            expected = [seq for (seq,) in found]
        search.until(sorted(expected))
    await index_words(store)
    with finding(store, "failed") as search:
        assert search.seqs() == sorted(expected)


async def test_what_the_event_stream_brought_too_is_found(store: DeliveryStore, account: Account) -> None:
    """Every delivery of such an event, also one that comes later; others arrived as a webhook only."""
    for number in (1, 2, 2):
        await store.record(delivery(json.dumps({"id": number}).encode()), VALID, account=account, answered=200)
    with finding(store, "source:sse") as search:
        assert search.seqs() == []
        assert [row.seq for row in await store.set_on_stream(account, ["2", "9"])] == [2, 3]
        assert not await store.set_on_stream(account, ["2"])
        assert not await store.set_on_stream(Account(account.api_url, "other"), ["1"])
        row = await store.record(delivery(b'{"id": 2}'), VALID, account=account, answered=200)
        assert row.on_stream
        search.rows.reconsider([2, 3])
        search.until([2, 3, 4])
    with finding(store, "!source:sse source:webhook") as search:
        assert search.seqs() == [1]


async def test_what_is_noted_of_a_delivery_is_found(store: DeliveryStore, account: Account) -> None:
    """What it differs in from the event stream, and its origin."""
    for number in (1, 2, 3):
        await store.record(delivery(json.dumps({"id": number}).encode()), VALID, account=account, answered=200)

    assert [row.seq for row in await store.set_differs([2, 9]) if row.differs] == [2]
    assert not await store.set_differs([2])
    imported = await store.set_imported(3, "imported from a.har")

    assert imported is not None
    assert (imported.imported, imported.comment) == (True, "imported from a.har")
    for text, expected in (("is:differs", [2]), ("is:imported", [3]), ("is:commented", [3]), ("!is:differs", [1, 3])):
        with finding(store, text) as search:
            assert search.seqs() == expected


async def test_deliveries_that_depart_are_found(store: DeliveryStore, account: Account) -> None:
    """Also one that comes while the search is open."""
    bodies = [b'{"name": "ping", "data": {"n": %s}}' % value for value in (*[b"1"] * 25, b'"x"', b"2")]
    for body in bodies:
        await store.record(delivery(body), VALID, account=account, answered=200)

    found = await asyncio.to_thread(find_in_history, store.path, parse("departs:data.n"), NOW)
    elsewhere = await asyncio.to_thread(find_in_history, store.path, parse("departs:data.m or departs:id"), NOW)

    assert (list(found), list(elsewhere)) == ([26], [])
    with finding(store, "departs:*") as search:
        assert search.seqs() == [26]
        await store.record(delivery(bodies[25]), INVALID, account=account, answered=200)
        search.until([26, 28])


async def test_a_search_begins_again_once_the_file_is_mended(store: DeliveryStore, account: Account) -> None:
    """Without a refresh: it looks at the file now and then."""
    await record_statuses(store, account, *["failed"] * 50)
    damage = Damage(store.path)
    news = threading.Event()
    search = SearchThread(store.path, Search(parse("failed"), Sort(), NOW, USUAL_FIELDS), news.set)
    try:
        assert news.wait(TIMEOUT_SECONDS)
        problem = search.published.problem
        assert problem is not None
        assert problem.message == "The history is damaged: not all of it can be read."
        news.clear()
        damage.mend()
        assert news.wait(TIMEOUT_SECONDS)
    finally:
        search.cancel()
        search.thread.join(TIMEOUT_SECONDS)
    assert (search.published.problem, len(search.published.view)) == (None, 50)
