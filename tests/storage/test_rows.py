"""The screen's view: positions, windows, refreshes, holes, and the deliveries of one event."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.factories import INVALID, NOW, PENDING, PING, VALID, delivery
from tests.storage.finding import Damage
from webhook_tui.domain.account import Account
from webhook_tui.domain.delivery.rows import DeliveryRows
from webhook_tui.domain.delivery.summary import Summary
from webhook_tui.domain.errors import ProblemError
from webhook_tui.storage.database.connection import connect_read_only, open_database
from webhook_tui.storage.database.schema import HISTORY
from webhook_tui.storage.history import DeliveryStore
from webhook_tui.storage.rows import open_history


@pytest.fixture
def rows(store: DeliveryStore) -> Iterator[DeliveryRows]:
    """The view of the screen, opened while there is nothing."""
    with closing(store.open_rows()) as opened:
        yield opened


async def _record(store: DeliveryStore, account: Account, count: int, body: bytes = PING) -> None:
    for _ in range(count):
        await store.record(delivery(body), PENDING, account=account, answered=200)


def _seqs(rows: DeliveryRows, start: int, count: int) -> list[int]:
    return [row.seq for row in rows.window(start, count)]


async def test_what_was_committed_is_seen_after_a_refresh(
    store: DeliveryStore, rows: DeliveryRows, account: Account
) -> None:
    """Until then neither the length nor a window changes, so that one frame is drawn from one state."""
    await _record(store, account, 3)

    assert (len(rows), _seqs(rows, 0, 9), rows.position(1)) == (0, [], None)
    assert rows.refresh() == len(rows) == 3
    assert _seqs(rows, 0, 9) == [1, 2, 3]
    assert rows.position(3) == 2


async def test_windows_are_cut_at_both_ends(store: DeliveryStore, rows: DeliveryRows, account: Account) -> None:
    """Positions out of range give fewer rows, never an error."""
    await _record(store, account, 5)
    rows.refresh()

    assert _seqs(rows, 1, 2) == [2, 3]
    assert _seqs(rows, 3, 9) == [4, 5]
    assert _seqs(rows, -2, 4) == [1, 2]
    assert _seqs(rows, 5, 3) == _seqs(rows, 9, 3) == _seqs(rows, 2, 0) == _seqs(rows, 2, -1) == []


async def test_a_new_verdict_is_seen_by_the_next_window(
    store: DeliveryStore, rows: DeliveryRows, account: Account
) -> None:
    """No refresh is needed for what changed in a row."""
    await _record(store, account, 2)
    rows.refresh()

    await store.set_verdicts([(1, VALID)])

    assert [row.verification for row in rows.window(0, 2)] == [VALID, PENDING]


async def test_one_delivery_is_read_whole(store: DeliveryStore, rows: DeliveryRows, account: Account) -> None:
    """The detail's view is the same as the session's."""
    await _record(store, account, 1)

    assert rows.stored(1) == await store.stored(1)
    assert rows.stored(2) is None


async def test_attempts_are_those_of_one_event_and_account(
    store: DeliveryStore, rows: DeliveryRows, account: Account
) -> None:
    """Oldest first; a delivery without an id stands alone; one that is not there has none."""
    other = Account(account.api_url, "other")
    for body, whose in ((b'{"id": 1}', account), (b'{"id": 2}', account), (b'{"id": 1}', other)):
        await _record(store, whose, 1, body)
    await _record(store, account, 2, b'{"id": 1}')
    await _record(store, account, 2, b"{}")

    assert [row.seq for row in rows.attempts(4)] == [1, 4, 5]
    assert [row.seq for row in rows.attempts(6)] == [6]
    assert rows.attempts(99) == []


async def test_of_very_many_attempts_those_around_the_delivery_are_given(
    store: DeliveryStore, rows: DeliveryRows, account: Account
) -> None:
    """Never more than 200, and the delivery itself is always among them."""
    await _record(store, account, 450, b'{"id": 1}')

    for seq, first in ((1, 1), (100, 1), (225, 125), (449, 251), (450, 251)):
        found = [row.seq for row in rows.attempts(seq)]
        assert found == list(range(first, first + 200))
        assert seq in found


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deleted=st.lists(st.integers(1, 12), max_size=6), keep=st.integers(0, 12))
async def test_positions_fit_whatever_was_deleted(account: Account, deleted: list[int], keep: int) -> None:
    """With any holes, made by pruning or by hand, the view is what a query says, and positions and windows agree."""
    with closing(DeliveryStore.open(None, started_at=NOW)) as store, closing(store.open_rows()) as rows:
        await _record(store, account, 10)
        rows.refresh()
        with closing(sqlite3.connect(store.path)) as other, other:
            other.executemany("DELETE FROM deliveries WHERE seq = ?", [(seq,) for seq in deleted])
        rows.refresh()
        await store.prune(keep_days=None, keep_rows=keep, now=NOW)
        await _record(store, account, 2)
        rows.refresh()

        with closing(sqlite3.connect(store.path)) as other:
            truth = [seq for (seq,) in other.execute("SELECT seq FROM deliveries ORDER BY seq")]
            orphans = other.execute("SELECT count(*) FROM bodies WHERE seq NOT IN (SELECT seq FROM deliveries)")
            assert orphans.fetchone() == (0,)
        assert _seqs(rows, 0, 99) == truth
        assert [rows.position(seq) for seq in truth] == list(range(len(truth)))
        assert {rows.position(seq) for seq in range(14) if seq not in truth} == {None}
        assert [_seqs(rows, at, 1) for at in range(len(truth))] == [[seq] for seq in truth]
        assert all(one < other_one for one, other_one in pairwise(truth))


async def test_two_runs_are_one_list(store: DeliveryStore, rows: DeliveryRows, account: Account) -> None:
    """Another program that writes into the same file is seen, too."""
    await _record(store, account, 1)
    with closing(DeliveryStore.open(store.path, started_at=NOW)) as other:
        await _record(other, account, 1)
        await _record(store, account, 1)
        rows.refresh()

    assert [(row.seq, row.run) for row in rows.window(0, 9)] == [(1, 1), (2, 2), (3, 1)]


async def test_a_long_history_costs_no_more_than_a_short_one(
    store: DeliveryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A view without holes keeps no list: opening it and asking for a page takes a bounded number of steps."""
    with closing(sqlite3.connect(store.path)) as other, other:
        other.execute(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) "
            "INSERT INTO deliveries (run, account, received_at, client, method, target, event, verdict, reason, short,"
            " attempt, size, about) SELECT 1, '', i, '', 'POST', '/', 'ping', 'valid', '', '', 1, 0, '' FROM n"
        )
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    def counted(path: Path) -> sqlite3.Connection:
        connection = connect_read_only(path)
        connection.set_progress_handler(count, 100)
        return connection

    monkeypatch.setattr("webhook_tui.storage.rows.connect_read_only", counted)
    with closing(store.open_rows()) as rows:
        assert rows.refresh() == 100_000
        assert _seqs(rows, 99_990, 50) == list(range(99_991, 100_001))
    assert steps < 50


async def test_a_file_that_cannot_be_read_is_a_problem(
    store: DeliveryStore, rows: DeliveryRows, account: Account
) -> None:
    """SQLite's errors do not reach the screen."""
    await store.record(delivery(), INVALID, account=account, answered=200)
    with closing(sqlite3.connect(store.path)) as other, other:
        other.execute("UPDATE bodies SET headers = x'01'")

    with pytest.raises(ProblemError):
        rows.stored(1)
    with pytest.raises(ProblemError):
        await store.stored(1)


async def test_the_summary_of_a_delivery_is_in_its_row(
    store: DeliveryStore, rows: DeliveryRows, account: Account
) -> None:
    """Job, status, progress, file and quality come back as they were found; text that SQLite refuses is replaced."""
    found = b'{"data": {"job_id": "job_1", "status": "\\ud800", "original_filename": "a.png", "quality_score": 0.5}}'
    for body in (found, b"no JSON"):
        await store.record(delivery(body), VALID, account=account, answered=200)
    rows.refresh()
    assert [row.summary for row in rows.window(0, 2)] == [
        Summary("job_1", "\N{REPLACEMENT CHARACTER}", "", "a.png", "0.5"),
        Summary(is_json=False),
    ]


def test_rows_of_an_earlier_version_keep_their_summary(tmp_path: Path) -> None:
    """Version 5 had one text: job, status and progress are read out of it."""
    path = tmp_path / "deliveries.db"
    with closing(open_database(path, replace(HISTORY, migrations=HISTORY.migrations[:5])).connection) as old:
        old.execute("INSERT INTO runs (started_at) VALUES (0)")
        old.execute(
            "INSERT INTO deliveries (run, account, received_at, client, method, target, event, verdict, reason, short,"
            " attempt, answered, size, about) VALUES (1, 'a', 0, '', 'POST', '/', 'batch_edit', 'valid', '', '', 1,"
            " 200, 2, 'job_ec536688 processing 3/8')"
        )
    with closing(open_history(path)) as rows:
        assert [row.summary for row in rows.window(0, 2)] == [Summary("job_ec536688", "processing", "3/8")]


async def test_a_file_that_is_mended_is_read_again(store: DeliveryStore, rows: DeliveryRows, account: Account) -> None:
    """By the next refresh, not by a window: one frame is drawn from one state."""
    await _record(store, account, 50)
    damage = Damage(store.path)
    with pytest.raises(ProblemError, match="The history is damaged"):
        rows.refresh()
    damage.mend()

    assert rows.refresh() == 50
    assert _seqs(rows, 0, 3) == [1, 2, 3]
