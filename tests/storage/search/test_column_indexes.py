"""The indexes of columns: filled when nothing waits, never by the transaction before an answer."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path
from time import monotonic
from unittest.mock import patch

import pytest
from msgspec.structs import replace

from tests.factories import INVALID, VALID, delivery
from tests.storage.finding import finding, insert_earlier
from tests.timeouts import TIMEOUT_SECONDS
from webhook_tui.domain.account import Account
from webhook_tui.domain.jobs.job import USUAL_FIELDS
from webhook_tui.storage.database.connection import open_database, transaction
from webhook_tui.storage.database.schema import HISTORY
from webhook_tui.storage.history import DeliveryStore
from webhook_tui.storage.insertion import insert_deliveries, recordable
from webhook_tui.storage.search import column_indexes
from webhook_tui.storage.search.column_indexes import index_columns
from webhook_tui.storage.search.value_counts import count_values


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A history that no program fills."""
    with closing(_opened(tmp_path / "deliveries.db")) as connection:
        yield connection


def _opened(path: Path) -> sqlite3.Connection:
    return open_database(path, HISTORY).connection


def _insert(connection: sqlite3.Connection, account: Account, count: int) -> None:
    records = [recordable(delivery(b'{"id": 7}'), VALID, account=account, answered=200)] * count
    insert_deliveries(connection, records, run=1)


def _in_indexes(connection: sqlite3.Connection) -> list[int]:
    """How many deliveries each of them has."""
    selects = (
        "SELECT count(*) FROM deliveries INDEXED BY by_event WHERE indexed AND event != ''",
        "SELECT count(*) FROM deliveries INDEXED BY by_verdict WHERE indexed AND verdict = 'valid'",
        "SELECT count(*) FROM deliveries INDEXED BY by_answered WHERE indexed AND answered = 200",
        "SELECT count(*) FROM deliveries INDEXED BY repeated WHERE indexed AND attempt > 1",
    )
    return [connection.execute(select).fetchone()[0] for select in selects]


async def _index(store: DeliveryStore) -> None:
    """Wait until every delivery is in the indexes."""
    deadline = monotonic() + TIMEOUT_SECONDS
    with closing(sqlite3.connect(store.path)) as connection:
        while connection.execute("SELECT count(*) FROM deliveries WHERE NOT indexed").fetchone()[0]:
            assert monotonic() < deadline
            await asyncio.sleep(0.01)


def test_they_are_filled_step_by_step(connection: sqlite3.Connection, account: Account) -> None:
    """Not by what is stored before an answer."""
    _insert(connection, account, 5)
    assert _in_indexes(connection) == [0, 0, 0, 0]

    with patch.object(column_indexes, "STEP_ROWS", 3):
        assert index_columns(connection)
        assert _in_indexes(connection) == [3, 3, 3, 2]
        assert not index_columns(connection)
        assert _in_indexes(connection) == [5, 5, 5, 4]
        assert not index_columns(connection)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)


def test_a_step_that_was_overtaken_sets_nothing_back(connection: sqlite3.Connection, account: Account) -> None:
    """Two sessions write one file, and each of them fills its indexes."""
    _insert(connection, account, 5)
    path = connection.execute("PRAGMA database_list").fetchone()[2]

    def overtaken(own: sqlite3.Connection) -> AbstractContextManager[None]:
        with patch.object(column_indexes, "transaction", transaction), closing(_opened(Path(path))) as other:
            assert index_columns(other)
            assert not index_columns(other)
        return transaction(own)

    with patch.object(column_indexes, "STEP_ROWS", 3), patch.object(column_indexes, "transaction", overtaken):
        assert index_columns(connection)

    assert connection.execute("SELECT indexed FROM indexing").fetchone() == (5,)
    assert _in_indexes(connection) == [5, 5, 5, 4]


def test_numbers_that_are_not_there_take_no_steps(connection: sqlite3.Connection, account: Account) -> None:
    """A new file may begin with a large number, and deliveries are deleted."""
    _insert(connection, account, 1)
    connection.execute("UPDATE deliveries SET seq = 1000000000")
    _insert(connection, account, 2)
    connection.execute("DELETE FROM deliveries WHERE seq = 1000000001")

    assert not index_columns(connection)

    assert _in_indexes(connection) == [2, 2, 2, 1]


async def test_a_search_finds_what_is_in_them_and_what_is_not(store: DeliveryStore, account: Account) -> None:
    """The same before and after, also where a delivery changes afterwards."""

    def found(text: str) -> list[int]:
        with finding(store, text) as search:
            return search.seqs()

    for number, verification in enumerate((VALID, INVALID, VALID)):
        await store.record(delivery(b'{"id": %d}' % number), verification, account=account, answered=200)
    assert found("verdict:valid") == [1, 3]
    await _index(store)
    await store.record(delivery(b'{"id": 9}'), VALID, account=account, answered=200)
    await store.set_verdicts([(2, VALID)])
    await store.set_answered(1, 503)

    assert (found("verdict:valid"), found("status:2xx"), found("status:503")) == ([1, 2, 3, 4], [2, 3, 4], [1])
    await _index(store)
    assert (found("verdict:valid"), found("status:2xx"), found("status:503")) == ([1, 2, 3, 4], [2, 3, 4], [1])


async def test_values_are_counted_alike_before_and_after(store: DeliveryStore, account: Account) -> None:
    """Some deliveries are in the indexes, and some are not."""
    for _ in range(2):
        await store.record(delivery(b'{"id": 7, "name": "ping"}'), VALID, account=account, answered=200)
    await _index(store)
    for _ in range(2):
        await store.record(delivery(b'{"id": 7, "name": "ping"}'), INVALID, account=account, answered=503)

    before = count_values(store.path, USUAL_FIELDS)
    await _index(store)

    assert before == count_values(store.path, USUAL_FIELDS)
    assert before["verdict"] == [("invalid", 2), ("valid", 2)]
    assert before["answered"] == [("200", 2), ("503", 2)]
    assert dict(before["is"])["retried"] == 3


def test_those_of_an_earlier_version_are_counted_once(
    connection: sqlite3.Connection, account: Account, tmp_path: Path
) -> None:
    """It goes on storing in the file that another program has migrated, and they are in the indexes at once."""
    _insert(connection, account, 2)
    insert_earlier(connection, account, b"1")
    connection.execute("UPDATE deliveries SET attempt = 2 WHERE seq = 3")

    found = count_values(tmp_path / "deliveries.db", USUAL_FIELDS)

    assert found["verdict"] == [("valid", 3)]
    assert dict(found["is"])["retried"] == 2


def test_those_of_an_earlier_version_are_complete(tmp_path: Path, account: Account) -> None:
    """The migration fills them: a search in a large history is never slow."""
    path = tmp_path / "deliveries.db"
    earlier = replace(HISTORY, migrations=HISTORY.migrations[:7])
    with closing(open_database(path, earlier).connection) as connection:
        insert_earlier(connection, account, b"1", b"2")

    with closing(open_database(path, HISTORY).connection) as connection:
        assert connection.execute("SELECT indexed FROM indexing").fetchone() == (2,)
        assert _in_indexes(connection)[1] == 2
        _insert(connection, account, 1)
        assert _in_indexes(connection)[1] == 2
