"""A history in figures."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.cli.conftest import JOB, OWN, received, record
from tests.factories import NOW, VALID, delivery
from tests.storage.finding import insert_earlier
from webhook_tui.domain.account import Account
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.storage.database import connection as database_connection
from webhook_tui.storage.database.connection import open_database
from webhook_tui.storage.database.schema import HISTORY
from webhook_tui.storage.history_query import HistoryQuery
from webhook_tui.storage.history_summary import summarize_history
from webhook_tui.storage.insertion import insert_deliveries, recordable
from webhook_tui.storage.search.column_indexes import counts_of, index_columns


def test_counts_times_and_size(tmp_path: Path) -> None:
    """By verdict, the good ones first; nothing where there is no file, and an error where it is another program's."""
    path = tmp_path / "h.db"
    assert summarize_history(path) is None
    record(path)
    empty = summarize_history(path)
    assert empty is not None
    assert (empty.deliveries, empty.last_seq, empty.newest) == (0, 0, None)
    record(path, (OWN, received(b"{}", b"ping", b"")), (OWN, received(JOB % 1, b"image_result")))

    summary = summarize_history(path)

    assert summary is not None
    assert list(summary.counts.items()) == [(Verdict.VALID, 1), (Verdict.MISSING, 1)]
    assert (summary.deliveries, summary.last_seq, summary.oldest, summary.newest) == (2, 2, NOW, NOW)
    assert summary.size >= path.stat().st_size
    (tmp_path / "x.db").write_bytes(b"no database" * 100)
    with pytest.raises(ProblemError):
        summarize_history(tmp_path / "x.db")


@pytest.mark.parametrize("damage", ["not SQLite's", "cut short", "locked"])
def test_what_cannot_be_read_has_one_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str) -> None:
    """A command that only reports figures names it as one that lists deliveries does."""
    monkeypatch.setattr(database_connection, "BUSY_SECONDS", 0.0)
    path = tmp_path / "h.db"
    record(path, *[(OWN, received(JOB % number, b"image_result")) for number in range(20)])
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        if damage == "locked":
            connection.execute("BEGIN EXCLUSIVE")
        elif damage == "cut short":
            path.write_bytes(path.read_bytes()[:3000])
        else:
            path.write_bytes(bytes(range(1, 256)) * 32)

        with pytest.raises(ProblemError) as in_figures:
            summarize_history(path)
        with pytest.raises(ProblemError) as in_full:
            HistoryQuery(path)

    assert in_figures.value.problem == in_full.value.problem
    expected = {"not SQLite's": f"{path} holds no history.", "locked": "The history cannot be read now."}
    assert in_full.value.problem.message == expected.get(damage, "The history is damaged: not all of it can be read.")


def test_deliveries_are_counted_before_and_after_they_are_indexed(tmp_path: Path, account: Account) -> None:
    """The index gives the number of those that are in it: to read each delivery takes four times as long."""
    path = tmp_path / "h.db"
    with closing(open_database(path, HISTORY).connection) as connection:
        record = recordable(delivery(), VALID, account=account, answered=200)
        insert_deliveries(connection, [record] * 2, run=1)
        before = summarize_history(path)
        index_columns(connection)
        insert_deliveries(connection, [record], run=1)
        after = summarize_history(path)
        plan = [each[3] for each in connection.execute(f"EXPLAIN QUERY PLAN {counts_of('verdict')}")]

    assert before is not None
    assert after is not None
    assert (before.counts, after.counts) == ({Verdict.VALID: 2}, {Verdict.VALID: 3})
    assert "SCAN deliveries USING INDEX by_verdict" in plan


def test_a_history_of_an_earlier_version_is_not_migrated(tmp_path: Path, account: Account) -> None:
    """Its figures can be read as it is."""
    path = tmp_path / "h.db"
    earlier = replace(HISTORY, migrations=HISTORY.migrations[:7])
    with closing(open_database(path, earlier).connection) as connection:
        insert_earlier(connection, account, b"1", b"2")

    summary = summarize_history(path)

    assert summary is not None
    assert summary.counts == {Verdict.VALID: 2}
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (7,)
