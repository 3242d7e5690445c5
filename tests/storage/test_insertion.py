"""Groups of deliveries are stored by few statements, numbered and counted as if each arrived alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from tests.factories import VALID, delivery
from webhook_tui.domain.account import Account
from webhook_tui.domain.delivery.delivery import DeliveryRow
from webhook_tui.storage.database.connection import open_database, transaction
from webhook_tui.storage.database.schema import HISTORY
from webhook_tui.storage.insertion import insert_deliveries, recordable
from webhook_tui.storage.mappers import find_row, find_stored


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A history with one run."""
    with closing(open_database(tmp_path / "deliveries.db", HISTORY).connection) as connection:
        connection.execute("INSERT INTO runs (started_at) VALUES (0)")
        yield connection


def _insert(connection: sqlite3.Connection, account: Account, bodies: Sequence[bytes]) -> list[DeliveryRow]:
    records = [recordable(delivery(body), VALID, account=account, answered=200) for body in bodies]
    return insert_deliveries(connection, records, run=1)


@pytest.mark.parametrize(("count", "pieces"), [(1, 1), (3, 1), (32, 1), (33, 1), (64, 1), (65, 2), (200, 4)])
def test_a_group_is_stored_by_few_statements(
    connection: sqlite3.Connection, account: Account, count: int, pieces: int
) -> None:
    """One SELECT of earlier attempts, and two INSERTs for each 64."""
    statements: list[str] = []
    connection.set_trace_callback(statements.append)

    rows = _insert(connection, account, [b'{"id": %d}' % number for number in range(count)])

    assert len([statement for statement in statements if "INSERT" in statement]) == 2 * pieces
    assert len([statement for statement in statements if "json_each" in statement]) == 1
    assert [row.seq for row in rows] == list(range(1, count + 1))
    connection.set_trace_callback(None)
    assert [find_row(connection, row.seq) for row in rows] == rows
    assert connection.execute("SELECT count(*) FROM deliveries").fetchone() == (count,)


def test_attempts_count_on_within_a_group(connection: sqlite3.Connection, account: Account) -> None:
    """After earlier groups, for each id and account; a delivery without an id is always the first."""
    other = Account("https://v2.api.piktid.com", "other")
    _insert(connection, account, [b'{"id": 7}', b'{"id": 7}'])
    records = [
        recordable(delivery(body), VALID, account=whose, answered=200)
        for body, whose in ((b'{"id": 7}', account), (b'{"id": 7}', other), (b"{}", account), (b'{"id": 7}', account))
    ]

    assert [row.attempt for row in insert_deliveries(connection, records, run=1)] == [3, 1, 1, 4]


def test_what_the_event_stream_brought_is_inherited(connection: sqlite3.Connection, account: Account) -> None:
    """By every later attempt, also by two in one group."""
    _insert(connection, account, [b'{"id": 7}', b'{"id": 8}'])
    connection.execute("UPDATE deliveries SET on_stream = 1 WHERE event_id = '7'")

    rows = _insert(connection, account, [b'{"id": 7}', b'{"id": 8}', b'{"id": 7}'])

    assert [row.on_stream for row in rows] == [True, False, True]


def test_large_bodies_are_inserted_apart(connection: sqlite3.Connection, account: Account) -> None:
    """A statement keeps a copy of its values: at most 1 MiB of bodies, or one."""
    bodies = [bytes([number]) * 700_000 for number in range(5)]
    statements: list[str] = []
    connection.set_trace_callback(lambda statement: statements.append(statement[:40]))

    rows = _insert(connection, account, bodies)

    assert len([statement for statement in statements if "INTO bodies" in statement]) == 5
    stored = [find_stored(connection, row.seq) for row in rows]
    assert [one.delivery for one in stored if one is not None] == [delivery(body) for body in bodies]


def test_numbers_go_on_after_deleted_ones(connection: sqlite3.Connection, account: Account) -> None:
    """A number is never given twice, also not by a group."""
    _insert(connection, account, [b"{}"] * 3)
    connection.execute("DELETE FROM deliveries")

    assert [row.seq for row in _insert(connection, account, [b"{}"] * 3)] == [4, 5, 6]
    assert find_row(connection, 6) is not None


def test_no_file_is_opened_for_a_group(connection: sqlite3.Connection, account: Account) -> None:
    """SQLite would copy pages that a statement changes to a file, to undo that statement alone."""
    for _ in range(4):
        _insert(connection, account, [b'{"id": %d}' % number for number in range(2_000)])
    connection.execute("BEGIN IMMEDIATE")
    before = len(list(Path("/dev/fd").iterdir()))

    _insert(connection, account, [b'{"id": %d}' % number for number in range(0, 2_000, 40)])

    assert len(list(Path("/dev/fd").iterdir())) == before
    connection.execute("COMMIT")


def test_what_fails_undoes_the_transaction(connection: sqlite3.Connection, account: Account) -> None:
    """Also the deliveries of the statements before."""
    bodies = [bytes([number]) * 700_000 for number in range(2)]
    connection.execute("INSERT INTO bodies VALUES (2, x'', x'')")  # the number of the second delivery

    with pytest.raises(sqlite3.IntegrityError), transaction(connection):
        _insert(connection, account, bodies)

    assert not connection.in_transaction
    assert connection.execute("SELECT count(*) FROM deliveries").fetchone() == (0,)
