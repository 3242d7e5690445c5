"""The one connection that writes to the history: all waiting requests are one transaction (group commit).

A caller gets its answer after the commit is synced to disk.

Deliveries are committed on the loop that received them while the disk is quick. To pass each group to a thread and back
took a quarter of the deliveries a second with a new connection each, and a twelfth with connections that stay open: the
two threads hand the interpreter lock back and forth, and the second core stays idle. A thread for the commit alone took
as much. A process of its own for the sockets receives no more either: the groups become smaller. To go on with one half
of the deliveries while the other half is synced (by Linux's asynchronous I/O) took a third: the thread that encodes the
lines of `listen` while the loop waits for the disk takes the interpreter lock from it then. All that may take long is
done by the thread: jobs, large bodies, a file that is locked, damaged or deleted, a slow disk.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import queue
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import groupby
from time import monotonic, perf_counter, thread_time
from typing import Any, Self, TypeAlias, TypeVar

from msgspec import Struct, field

from webhook_tui.domain.delivery.delivery import DeliveryRow
from webhook_tui.domain.errors import Problem, ProblemError
from webhook_tui.storage.database.connection import BUSY_SECONDS, transaction
from webhook_tui.storage.database.errors import is_corrupt, is_persistent, not_stored
from webhook_tui.storage.history_file import HistoryFile
from webhook_tui.storage.insertion import Recordable, insert_deliveries

T = TypeVar("T")
Job: TypeAlias = Callable[[sqlite3.Connection], T]
"""Writes inside the transaction that the writer began. It may run again after a rollback."""

LARGEST_GROUP = 512
IDLE_SECONDS = 0.05
_ENOUGH = 64
"""A batch with so many requests waits for no more."""
_LARGEST_ON_LOOP = 262_144
"""The most bytes of bodies that a loop verifies, parses and writes: that takes a few milliseconds."""
_LONGEST_WAIT_SECONDS = 0.02
"""What the loop may usually wait in a transaction for the disk to sync, or for its turn on a busy machine."""
_SLOW_SECONDS = 1.0
"""How long the thread commits once the average wait exceeds that."""
_STEP_INTERVAL_SECONDS = 0.2
"""How often there is a step of background work while deliveries leave no pause: it takes a few milliseconds."""

IdleStep: TypeAlias = Callable[[sqlite3.Connection], bool]
"""Does a little background work in its own transactions; return whether there is more."""

_logger = logging.getLogger(__name__)


class Arrival(Struct, eq=False):
    """A delivery from its request to its answer. A subclass says what is stored and whom that concerns.

    A future for each delivery costs more: its callback takes another turn of the loop.
    """

    size: int = 0
    """Bytes of its body."""
    recordable: Recordable | None = None
    """The delivery with its columns, once `record` has returned it."""
    row: DeliveryRow | None = None
    """Its row, once it is on disk."""
    problem: Problem | None = None
    """Why it could not be stored."""

    def record(self) -> Recordable:
        """Return the delivery with its columns. Called for a whole group at once, on any thread.

        So it takes half the time that it takes between two requests. It is called again if it raises an error.
        """
        raise NotImplementedError

    @classmethod
    def on_inserted(cls, arrivals: Sequence[Self]) -> None:
        """These have their rows, by a transaction that the loop of the caller is about to commit. Called on it.

        It must be quick and may not use the writer. Where the commit fails, they get other rows or none; where the
        thread commits, it is not called.
        """

    @classmethod
    def on_stored(cls, arrivals: Sequence[Self]) -> None:
        """These are on disk, with their rows, by one transaction. Called on the loop of the caller, as the next two."""
        raise NotImplementedError

    def on_failed(self, problem: Problem) -> None:
        """The delivery could not be stored."""
        raise NotImplementedError

    def answer(self) -> None:
        """Answer the sender. Called after `on_stored`."""
        raise NotImplementedError


class _Awaited(Arrival, kw_only=True, eq=False):
    """A delivery that a coroutine waits for."""

    future: asyncio.Future[DeliveryRow]

    def record(self) -> Recordable:
        """Return what was given. Never called: it is there from the beginning."""
        assert self.recordable is not None
        return self.recordable

    @classmethod
    def on_stored(cls, arrivals: Sequence[Self]) -> None:
        """Resolve the futures that are not cancelled."""
        for arrival in arrivals:
            if not arrival.future.done() and arrival.row is not None:
                arrival.future.set_result(arrival.row)

    def on_failed(self, problem: Problem) -> None:
        """Fail it."""
        if not self.future.done():
            self.future.set_exception(ProblemError(problem))

    def answer(self) -> None:
        """Do nothing: the future is resolved."""


class _Work(Struct, eq=False):
    job: Job[Any]
    future: asyncio.Future[Any]
    result: Any = None
    problem: Problem | None = None

    def report(self) -> None:
        """Resolve the future, unless it is cancelled."""
        if self.future.done():
            return
        if self.problem is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(ProblemError(self.problem))


_Request: TypeAlias = Arrival | _Work


class DiskSpeed:
    """Decides whether a loop may wait for the disk."""

    def __init__(self) -> None:
        self._usual_wait = 0.0
        self._slow_until = -math.inf

    def is_quick(self, now: float) -> bool:
        """Whether the usual wait is short, or has not been measured for a while. `now`: monotonic seconds."""
        return now >= self._slow_until

    def note_wait(self, seconds: float, now: float) -> None:
        """Add the wait of one transaction to the moving average, which a single long wait hardly changes."""
        self._usual_wait += (seconds - self._usual_wait) / 8
        if self._usual_wait > _LONGEST_WAIT_SECONDS:
            self._slow_until = now + _SLOW_SECONDS


class _Batch(Struct, eq=False):
    """The requests of one loop that share its next transaction."""

    loop: asyncio.AbstractEventLoop
    requests: list[_Request] = field(default_factory=list)
    size: int = 0
    """Bytes of the bodies."""
    has_jobs: bool = False

    @property
    def is_quick(self) -> bool:
        """Whether the loop can carry it out."""
        return not self.has_jobs and self.size <= _LARGEST_ON_LOOP


class Writer:
    """Owns the file's write connection, and the thread that uses it where a loop would have to wait."""

    def __init__(self, file: HistoryFile, idle_step: IdleStep = lambda _connection: False) -> None:
        self._file = file
        self._idle_step = idle_step
        self._has_idle_work = True
        self._next_step_at = monotonic() + _STEP_INTERVAL_SECONDS
        """Monotonic seconds."""
        self._queue: queue.SimpleQueue[_Batch | None] = queue.SimpleQueue()
        """For the thread; None: there will be no more."""
        self._lock = threading.Lock()
        """Protects `_batches`, `_unreported` and `_closed`."""
        self._batches: dict[asyncio.AbstractEventLoop, _Batch] = {}
        self._unreported: Counter[asyncio.AbstractEventLoop] = Counter()
        """Batches that the thread has not completed, or whose loop has not yet reported what became of them."""
        self._closed = False
        self._ended_at: datetime | None = None
        self._connection_lock = threading.Lock()
        """Held while the connection is used."""
        self._busy_timeout: tuple[sqlite3.Connection, float] | None = None
        """Seconds that this connection waits for a transaction of another process."""
        self._disk = DiskSpeed()
        self._last_problem: Problem | None = None
        self.commits = 0
        """Number of transactions committed."""
        self._thread = threading.Thread(target=self._work, name="history-writer", daemon=True)
        self._thread.start()

    def add(self, arrival: Arrival, loop: asyncio.AbstractEventLoop) -> None:
        """Store a delivery, and report to `arrival`. `loop`: the running one, which asyncio finds by a system call."""
        with self._lock:
            batch = self._batches.get(loop) or self._new_batch(loop)
            batch.requests.append(arrival)
            batch.size += arrival.size

    def record(self, record: Recordable) -> asyncio.Future[DeliveryRow]:
        """Store a delivery; the result is its row once it is committed, or a ProblemError when it is not stored."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[DeliveryRow] = loop.create_future()
        self.add(_Awaited(size=len(record.delivery.body), recordable=record, future=future), loop)
        return future

    def run(self, job: Job[T]) -> asyncio.Future[T]:
        """Run a job; the result is its own once it is committed, or a ProblemError when it is not.

        A cancelled job may have been committed. Requests are carried out in the order of the calls.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        with self._lock:
            batch = self._batches.get(loop) or self._new_batch(loop)
            batch.requests.append(_Work(job, future))
            batch.has_jobs = True
        return future

    def close(self, at: datetime) -> None:
        """Finish what is queued, record `at` as the end of the run and close the file. Idempotent."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._ended_at = at
                for batch in self._batches.values():
                    self._hand_over(batch)
                self._batches.clear()
                self._queue.put(None)
        self._thread.join()

    # On the loops

    def _new_batch(self, loop: asyncio.AbstractEventLoop) -> _Batch:
        if self._closed:
            raise RuntimeError("the writer is closed")
        self._batches[loop] = batch = _Batch(loop)
        loop.call_soon(self._flush, loop, 0)
        return batch

    def _flush(self, loop: asyncio.AbstractEventLoop, seen: int) -> None:
        """Carry out the batch of a loop, or wait for more as long as each turn of the loop brings some.

        `seen`: how many requests it had a turn ago. What the sockets hold comes in several turns, and a transaction
        costs as much as several deliveries.
        """
        with self._lock:
            batch = self._batches.get(loop)
            if batch is None:
                return
            count = len(batch.requests)
            if seen < count < _ENOUGH:
                loop.call_soon(self._flush, loop, count)
                return
            is_on_loop = batch.is_quick and self._disk.is_quick(monotonic())
            if is_on_loop and self._unreported[loop]:
                return  # it would overtake them; `_on_completed` goes on with it
            del self._batches[loop]
            if not is_on_loop or not self._commit_on_loop(batch.requests):
                self._hand_over(batch)
                return
        _report(batch.requests)

    def _hand_over(self, batch: _Batch) -> None:
        self._unreported[batch.loop] += 1
        self._queue.put(batch)

    def _commit_on_loop(self, deliveries: Sequence[_Request]) -> bool:
        """Commit; return False where the connection is in use, or the file is locked or was replaced."""
        if not self._connection_lock.acquire(blocking=False):
            return False
        began, ran = perf_counter(), thread_time()
        try:
            if not self._file.is_current():
                return False
            self._set_busy_timeout(0)
            self._commit_once(self._file.connection, deliveries, on_loop=True)
        except Exception:  # noqa: BLE001 -- the thread tries it again, and handles what it is
            return False
        finally:
            self._connection_lock.release()
        self._disk.note_wait(perf_counter() - began - (thread_time() - ran), monotonic())
        self._last_problem = None
        if not self._has_idle_work:
            self._has_idle_work = True
            self._queue.put(_Batch(asyncio.get_running_loop()))  # wakes the thread
        return True

    def _on_completed(self, batch: _Batch) -> None:
        """Report what the thread did, then go on with what has come meanwhile."""
        with self._lock:
            self._unreported[batch.loop] -= 1
        _report(batch.requests)
        self._flush(batch.loop, 0)

    # On either

    def _set_busy_timeout(self, seconds: float) -> None:
        connection = self._file.connection
        if self._busy_timeout != (connection, seconds):
            connection.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")
            self._busy_timeout = connection, seconds

    # On the thread

    def _work(self) -> None:
        is_open = True
        while is_open:
            batches, is_open = self._next_batches()
            group = [request for batch in batches for request in batch.requests]
            if group:
                with self._connection_lock:
                    self._complete(group)
                for batch in batches:
                    with contextlib.suppress(RuntimeError):  # its loop is closed
                        batch.loop.call_soon_threadsafe(self._on_completed, batch)
                self._has_idle_work = True
        assert self._ended_at is not None
        self._file.end(self._ended_at)

    def _next_batches(self) -> tuple[list[_Batch], bool]:
        """Return what waits, and whether more may come; a group that has LARGEST_GROUP requests grows no further."""
        batches: list[_Batch] = []
        count = 0
        batch = self._wait()
        while batch is not None:
            if batch.requests:  # else it only woke the thread
                batches.append(batch)
            count += len(batch.requests)
            if count >= LARGEST_GROUP:
                return batches, True
            try:
                batch = self._queue.get_nowait()
            except queue.Empty:
                return batches, True
        return batches, False

    def _wait(self) -> _Batch | None:
        """Wait for requests; do background work after a pause, and a step of it now and then under load."""
        while self._has_idle_work:
            is_due = monotonic() >= self._next_step_at
            commits = self.commits
            try:
                return self._queue.get(timeout=0 if is_due else IDLE_SECONDS)
            except queue.Empty:
                if is_due or commits == self.commits:
                    self._run_idle_steps(until_request=not is_due)
        batch = self._queue.get()
        # Not at once: more may follow the first delivery after a pause.
        self._next_step_at = monotonic() + _STEP_INTERVAL_SECONDS
        return batch

    def _run_idle_steps(self, *, until_request: bool) -> None:
        commits = self.commits
        try:
            self._run_idle_step()
            while until_request and self._has_idle_work and self._queue.empty() and commits == self.commits:
                self._run_idle_step()
        except Exception:
            _logger.exception("Background work on the history failed; it is tried again after the next delivery")
            self._has_idle_work = False
        self._next_step_at = monotonic() + _STEP_INTERVAL_SECONDS

    def _run_idle_step(self) -> None:
        with self._connection_lock:
            self._set_busy_timeout(BUSY_SECONDS)
            self._has_idle_work = self._idle_step(self._file.connection)

    def _complete(self, group: Sequence[_Request]) -> None:
        """Commit the group and set each result; requests of a group that fails are tried one by one."""
        try:
            self._commit(group)
        except Exception as error:
            if len(group) > 1 and not is_persistent(error):
                for request in group:
                    self._complete([request])
                return
            problem = not_stored(error)
            if problem != self._last_problem:
                _logger.exception("A transaction was rolled back: %s", problem.message)
            self._last_problem = problem
            for request in group:
                request.problem = problem
        else:
            self._last_problem = None

    def _commit(self, group: Sequence[_Request]) -> None:
        try:
            connection = self._file.current_connection()
            self._set_busy_timeout(BUSY_SECONDS)
            self._commit_once(connection, group)
        except sqlite3.DatabaseError as error:
            if not is_corrupt(error):
                raise
            _logger.exception("The history is damaged and set aside")
            self._file.replace_damaged()
            self._commit_once(self._file.connection, group)

    def _commit_once(self, connection: sqlite3.Connection, group: Sequence[_Request], *, on_loop: bool = False) -> None:
        for request in group:
            if isinstance(request, Arrival) and request.recordable is None:
                request.recordable = request.record()
        with transaction(connection):
            for kind, requests in groupby(group, type):
                if issubclass(kind, Arrival):
                    arrivals: list[Arrival] = list(requests)  # type: ignore[arg-type]  # all are of that type
                    self._insert(connection, arrivals)
                    if on_loop:
                        kind.on_inserted(arrivals)
                else:
                    for request in requests:
                        request.result = request.job(connection)  # type: ignore[union-attr]  # all are of the other type
        self.commits += 1

    def _insert(self, connection: sqlite3.Connection, deliveries: Sequence[Arrival]) -> None:
        records = [each.recordable for each in deliveries if each.recordable is not None]
        rows = insert_deliveries(connection, records, run=self._file.run)
        for each, row in zip(deliveries, rows, strict=True):
            each.row = row
        self._file.last_seq = rows[-1].seq


def _report(requests: Sequence[_Request]) -> None:
    """Report what became of each request, then have the deliveries answered."""
    for kind, group in groupby(requests, type):
        if issubclass(kind, Arrival):
            _report_arrivals(kind, list(group))  # type: ignore[arg-type]  # all are of that type
        else:
            for request in group:
                request.report()  # type: ignore[union-attr]  # all are of the other type
    for request in requests:
        if isinstance(request, Arrival) and request.problem is None:
            try:
                request.answer()
            except Exception:
                _logger.exception("A stored delivery was not answered")


def _report_arrivals(kind: type[Arrival], arrivals: Sequence[Arrival]) -> None:
    try:
        if stored := [arrival for arrival in arrivals if arrival.problem is None]:
            kind.on_stored(stored)
        for arrival in arrivals:
            if arrival.problem is not None:
                arrival.on_failed(arrival.problem)
    except Exception:
        _logger.exception("A stored delivery was not published")
