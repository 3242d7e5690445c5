"""The writer: what a loop asks for at once shares one transaction, in the order in which it was asked for."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from time import perf_counter
from typing import Self

import pytest
from msgspec import field

from tests.factories import NOW, VALID, delivery
from tests.timeouts import TIMEOUT_SECONDS
from webhook_tui.domain.account import Account
from webhook_tui.domain.errors import Problem, ProblemError
from webhook_tui.storage.history_file import HistoryFile
from webhook_tui.storage.insertion import Recordable, recordable
from webhook_tui.storage.writer import LARGEST_GROUP, Arrival, DiskSpeed, Writer


@contextmanager
def closing_writer(writer: Writer) -> Iterator[None]:
    """Close it at the end."""
    yield
    writer.close(NOW)


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    """A writer of a new history."""
    writer = Writer(HistoryFile(tmp_path / "deliveries.db", NOW))
    with closing_writer(writer):
        yield writer


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


class Reported(Arrival, kw_only=True, eq=False):
    """Notes in `said` what the writer reports of one delivery."""

    given: Recordable | None
    """None: `record` fails."""
    said: list[str]
    fails: bool = False
    """Whether it fails when it is stored."""
    threads: list[str] = field(default_factory=list)
    """Names of the threads that recorded it."""

    def record(self) -> Recordable:
        """Return what is to be stored, or fail."""
        self.threads.append(threading.current_thread().name)
        if self.given is None:
            raise ValueError("of the caller")
        return self.given

    @classmethod
    def on_stored(cls, arrivals: Sequence[Self]) -> None:
        """Note the rows."""
        cls.note("stored", arrivals)

    @classmethod
    def note(cls, what: str, arrivals: Sequence[Self]) -> None:
        """Note what happened to these rows; fail where one of them is to fail."""
        arrivals[0].said.append(f"{what} {[arrival.row.seq for arrival in arrivals if arrival.row is not None]}")
        if any(arrival.fails for arrival in arrivals):
            raise ValueError("of the caller")

    def on_failed(self, problem: Problem) -> None:
        """Note the problem."""
        self.said.append(f"failed: {problem.message}")

    def answer(self) -> None:
        """Note it."""
        self.said.append("answer")
        if self.fails:
            raise ValueError("of the caller")


async def test_the_deliveries_of_a_group_are_reported_then_answered(
    writer: Writer, record: Recordable, tmp_path: Path
) -> None:
    """After the commit, together; also those whose reports or answers fail have their answers."""
    said: list[str] = []
    for given, fails in ((record, False), (record, True), (record, False)):
        writer.add(Reported(given=given, said=said, fails=fails), asyncio.get_running_loop())
    assert said == []
    await writer.record(record)
    with closing(sqlite3.connect(tmp_path / "deliveries.db")) as connection:
        stored = connection.execute("SELECT count(*) FROM deliveries").fetchone()

    assert said == ["stored [1, 2, 3]", "answer", "answer", "answer"]
    assert stored == (4,)


class Announced(Reported, kw_only=True, eq=False):
    """Notes also that it was inserted."""

    @classmethod
    def on_inserted(cls, arrivals: Sequence[Self]) -> None:
        """Note the rows, which no other connection sees yet."""
        cls.note("inserted", arrivals)


async def test_rows_are_announced_before_the_loop_commits_them(writer: Writer, record: Recordable) -> None:
    """Not by the thread: who could use the time of its commit is told too late by the loop."""
    said: list[str] = []
    for size in (1, 10_000_000):
        for _ in range(2):
            writer.add(Announced(given=record, said=said, size=size), asyncio.get_running_loop())
        await writer.record(record)

    assert said == ["inserted [1, 2]", "stored [1, 2]", "answer", "answer", "stored [4, 5]", "answer", "answer"]


async def test_what_an_announcement_raises_stores_the_delivery_later(writer: Writer, record: Recordable) -> None:
    """By the thread, with the number of that commit."""
    said: list[str] = []
    writer.add(Announced(given=record, said=said, fails=True), asyncio.get_running_loop())
    await writer.record(record)

    assert said == ["inserted [1]", "stored [1]", "answer"]


async def test_a_delivery_that_cannot_be_recorded_takes_nothing_with_it(writer: Writer, record: Recordable) -> None:
    """The others of its group are stored, and reported together with it."""
    said: list[str] = []
    for given in (record, None, record):
        writer.add(Reported(given=given, said=said), asyncio.get_running_loop())
    await writer.record(record)

    assert [each.partition(":")[0] for each in said] == ["stored [1, 2]", "failed", "answer", "answer"]


async def test_an_arrival_that_cannot_be_stored_hears_why(writer: Writer, record: Recordable, tmp_path: Path) -> None:
    """As a coroutine that waits does."""
    said: list[str] = []
    with closing(sqlite3.connect(tmp_path / "deliveries.db")) as connection:
        connection.execute("CREATE TRIGGER full BEFORE INSERT ON deliveries BEGIN SELECT raise(ABORT, 'no'); END")
        connection.commit()
    writer.add(Reported(given=record, said=said), asyncio.get_running_loop())
    with pytest.raises(ProblemError) as refused:
        await writer.record(record)

    assert said == [f"failed: {refused.value.problem.message}"]


async def test_usual_deliveries_are_committed_on_the_loop(writer: Writer, record: Recordable) -> None:
    """No other thread is waited for; what takes long is done by the writer's own."""
    loop = asyncio.get_running_loop()
    quick, large = Reported(given=record, said=[]), Reported(given=record, said=[], size=10_000_000)
    writer.add(quick, loop)
    await writer.record(record)
    writer.add(large, loop)
    await writer.record(record)

    assert quick.threads == [threading.current_thread().name]
    assert large.threads == ["history-writer"]


async def test_the_loop_does_not_wait_for_another_process(writer: Writer, record: Recordable, tmp_path: Path) -> None:
    """While another one writes, the thread waits; what comes meanwhile keeps its place behind it."""
    said: list[str] = []
    loop = asyncio.get_running_loop()
    with closing(sqlite3.connect(tmp_path / "deliveries.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        writer.add(Reported(given=record, said=said), loop)
        for _ in range(5):  # until the writer's turn has come
            await asyncio.sleep(0)
        writer.add(Reported(given=record, said=said), loop)
        other.execute("ROLLBACK")
    await writer.record(record)

    assert said == ["stored [1]", "answer", "stored [2]", "answer"]


async def test_a_job_between_deliveries_keeps_its_place(writer: Writer, record: Recordable) -> None:
    """Also where the delivery after it comes in a later turn of the loop."""

    def count(connection: sqlite3.Connection) -> int:
        (found,) = connection.execute("SELECT count(*) FROM deliveries").fetchone()
        return int(found)

    first = writer.record(record)
    counted = writer.run(count)
    await asyncio.sleep(0)
    later = writer.record(record)
    await asyncio.gather(first, counted, later)

    assert ((await first).seq, await counted, (await later).seq) == (1, 1, 2)


async def test_deliveries_follow_each_other_while_background_work_begins_and_ends(
    tmp_path: Path, record: Recordable
) -> None:
    """A delivery wakes the thread for the background work, and a job comes to it at the same time."""
    has_rested = threading.Event()

    def rest(_connection: sqlite3.Connection) -> bool:
        has_rested.set()
        return False

    writer = Writer(HistoryFile(tmp_path / "deliveries.db", NOW), rest)
    with closing_writer(writer):
        for number in range(1, 9, 2):
            await asyncio.to_thread(has_rested.wait)
            has_rested.clear()
            first = await writer.record(record)
            await writer.run(lambda _connection: None)
            second = await writer.record(record)

            assert (first.seq, second.seq) == (number, number + 1)


async def test_what_waits_at_the_end_is_stored(tmp_path: Path, record: Recordable) -> None:
    """Closing finishes what was asked for before."""
    writer = Writer(HistoryFile(tmp_path / "deliveries.db", NOW))
    stored = writer.record(record)
    writer.close(NOW)

    assert (await stored).seq == 1


def test_a_slow_disk_is_not_waited_for_on_the_loop() -> None:
    """One long wait changes little; when several were long, a second passes until the next one is measured."""
    disk = DiskSpeed()
    disk.note_wait(0.1, now=0.0)
    after_one = disk.is_quick(0.0)
    for _ in range(9):
        disk.note_wait(0.03, now=0.0)

    assert after_one
    assert not disk.is_quick(0.5)
    assert disk.is_quick(1.5)


async def test_background_work_goes_on_under_load(tmp_path: Path, record: Recordable) -> None:
    """Where deliveries leave no pause, too; what is left is done once they do."""
    steps: list[None] = []

    def step(_connection: sqlite3.Connection) -> bool:
        steps.append(None)
        return len(steps) < 100

    with closing_writer(writer := Writer(HistoryFile(tmp_path / "deliveries.db", NOW), step)):
        deadline = perf_counter() + TIMEOUT_SECONDS
        while len(steps) < 4:
            assert perf_counter() < deadline
            await writer.record(record)
        while len(steps) < 100:
            assert perf_counter() < deadline
            await asyncio.sleep(0.01)
