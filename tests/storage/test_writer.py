"""The writer: what one turn of the loop brings shares one transaction, in the order in which it was asked for."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.factories import NOW, VALID, delivery
from webhook_tui.domain.account import Account
from webhook_tui.domain.delivery.delivery import DeliveryRow
from webhook_tui.domain.errors import Problem, ProblemError
from webhook_tui.storage.history_file import HistoryFile
from webhook_tui.storage.insertion import Recordable, recordable
from webhook_tui.storage.writer import LARGEST_GROUP, Writer


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    """A writer of a new history."""
    writer = Writer(HistoryFile(tmp_path / "deliveries.db", NOW))
    yield writer
    writer.close(NOW)


@pytest.fixture
def record(account: Account) -> Recordable:
    """A delivery to store."""
    return recordable(delivery(), VALID, account=account, answered=200)


async def test_one_turn_of_the_loop_is_one_transaction(writer: Writer, record: Recordable) -> None:
    """However many deliveries it brings, up to a limit."""
    rows = await asyncio.gather(*(writer.record(record) for _ in range(LARGEST_GROUP)))

    assert writer.commits == 1
    assert [(row.seq, row.attempt) for row in rows] == [(number, number) for number in range(1, LARGEST_GROUP + 1)]


async def test_jobs_see_what_was_asked_for_before_them(writer: Writer, record: Recordable) -> None:
    """Deliveries before a job in the same transaction are stored, those after it are not."""

    def count(connection: sqlite3.Connection) -> int:
        (found,) = connection.execute("SELECT count(*) FROM deliveries").fetchone()
        return int(found)

    _, first, _, _, second = await asyncio.gather(
        *(writer.record(record), writer.run(count), writer.record(record), writer.record(record), writer.run(count))
    )

    assert (first, second, writer.commits) == (1, 3, 1)


async def test_a_job_that_fails_takes_nothing_with_it(writer: Writer, record: Recordable, tmp_path: Path) -> None:
    """It is refused; the deliveries of its transaction are stored."""

    def fail(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO missing VALUES (1)")

    one, refused, other = await asyncio.gather(
        *(writer.record(record), writer.run(fail), writer.record(record)), return_exceptions=True
    )

    assert isinstance(refused, ProblemError)
    assert not isinstance(one, BaseException)
    assert not isinstance(other, BaseException)
    with closing(sqlite3.connect(tmp_path / "deliveries.db")) as connection:
        assert connection.execute("SELECT seq FROM deliveries").fetchall() == [(1,), (2,)]


class Reported:
    """Notes what the writer reports of one delivery, then fails where it is number 2."""

    def __init__(self) -> None:
        self.rows: list[DeliveryRow] = []
        self.problems: list[Problem] = []

    def on_stored(self, row: DeliveryRow) -> None:
        """Note the row."""
        self.rows.append(row)
        if row.seq == 2:
            raise ValueError("of the caller")

    def on_failed(self, problem: Problem) -> None:
        """Note the problem."""
        self.problems.append(problem)


async def test_each_arrival_hears_once_what_became_of_its_delivery(
    writer: Writer, record: Recordable, tmp_path: Path
) -> None:
    """After the commit, on its loop, in order; one that fails at it takes nothing from the others."""
    arrivals = [Reported() for _ in range(4)]
    for arrival in arrivals[:3]:
        writer.record_for(arrival, record)
    assert arrivals[0].rows == []
    await writer.record(record)
    with closing(sqlite3.connect(tmp_path / "deliveries.db")) as connection:
        connection.execute("CREATE TRIGGER full BEFORE INSERT ON deliveries BEGIN SELECT raise(ABORT, 'no'); END")
        connection.commit()
    writer.record_for(arrivals[3], record)
    with pytest.raises(ProblemError) as refused:
        await writer.record(record)

    assert [[row.seq for row in arrival.rows] for arrival in arrivals] == [[1], [2], [3], []]
    assert [arrival.problems for arrival in arrivals] == [[], [], [], [refused.value.problem]]
