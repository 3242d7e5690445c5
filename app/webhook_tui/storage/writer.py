"""The one thread that writes to the history: it commits all waiting requests in one transaction (group commit).

A caller gets its answer after the commit is synced to disk.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Self, TypeAlias, TypeVar

from msgspec import Struct, field

from webhook_tui.domain.delivery.delivery import DeliveryRow
from webhook_tui.domain.errors import Problem, ProblemError
from webhook_tui.storage.database.connection import transaction
from webhook_tui.storage.database.errors import is_corrupt, is_persistent, not_stored
from webhook_tui.storage.history_file import HistoryFile
from webhook_tui.storage.insertion import Recordable, insert_deliveries

T = TypeVar("T")
Job: TypeAlias = Callable[[sqlite3.Connection], T]
"""Writes inside the transaction that the writer began. It may run again after a rollback."""

LARGEST_GROUP = 512
IDLE_SECONDS = 0.05
_REQUESTS_PER_IDLE_STEP = 2_000
"""The words of a delivery cost more than all else that the writer does for it."""

IdleStep: TypeAlias = Callable[[sqlite3.Connection], bool]
"""Does a little background work in its own transactions; return whether there is more."""

_logger = logging.getLogger(__name__)


class Arrival(Struct, eq=False):
    """A delivery from its request to its answer. A subclass says what is stored and whom that concerns.

    A future for each delivery costs more: its callback takes another turn of the loop.
    """

    recordable: Recordable | None = None
    """The delivery with its columns, once `record` has returned it."""
    row: DeliveryRow | None = None
    """Its row, once it is on disk."""
    problem: Problem | None = None
    """Why it could not be stored."""

    def record(self) -> Recordable:
        """Return the delivery with its columns. Called once, on the writer's thread.

        There, for a whole group at once, it takes half the time that it takes between two requests on the loop.
        """
        raise NotImplementedError

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


class _Turn(Struct, eq=False):
    """What one turn of a loop asks for."""

    loop: asyncio.AbstractEventLoop
    requests: list[_Request] = field(default_factory=list)


class Writer:
    """Owns the file's write connection and the thread that uses it."""

    def __init__(self, file: HistoryFile, idle_step: IdleStep = lambda _connection: False) -> None:
        self._file = file
        self._idle_step = idle_step
        self._has_idle_work = True
        self._since_idle_step = 0
        self._queue: queue.SimpleQueue[_Turn | None] = queue.SimpleQueue()
        self._turns: dict[asyncio.AbstractEventLoop, _Turn] = {}
        self._lock = threading.Lock()
        self._closed = False
        self._ended_at: datetime | None = None
        self._last_problem: Problem | None = None
        self.commits = 0
        """Number of transactions committed."""
        self._thread = threading.Thread(target=self._work, name="history-writer", daemon=True)
        self._thread.start()

    def add(self, arrival: Arrival, loop: asyncio.AbstractEventLoop) -> None:
        """Store a delivery, and report to `arrival`. `loop`: the running one, which asyncio finds by a system call."""
        self._submit(arrival, loop)

    def record(self, record: Recordable) -> asyncio.Future[DeliveryRow]:
        """Store a delivery; the result is its row once it is committed, or a ProblemError when it is not stored."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[DeliveryRow] = loop.create_future()
        self._submit(_Awaited(recordable=record, future=future), loop)
        return future

    def run(self, job: Job[T]) -> asyncio.Future[T]:
        """Run a job; the result is its own once it is committed, or a ProblemError when it is not.

        A cancelled job may have been committed. Requests are carried out in the order of the calls.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._submit(_Work(job, future), loop)
        return future

    def _submit(self, request: _Request, loop: asyncio.AbstractEventLoop) -> None:
        with self._lock:
            if self._closed:
                raise RuntimeError("the writer is closed")
            turn = self._turns.get(loop)
            if turn is None:
                self._turns[loop] = turn = _Turn(loop)
                loop.call_soon(self._flush, loop)
            turn.requests.append(request)

    def _flush(self, loop: asyncio.AbstractEventLoop) -> None:
        """Queue what one turn of the loop brought at once: one wake-up of the thread, and larger groups."""
        with self._lock:
            turn = self._turns.pop(loop, None)
            if turn is not None:
                self._queue.put(turn)

    def close(self, at: datetime) -> None:
        """Finish what is queued, record `at` as the end of the run and close the file. Idempotent."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._ended_at = at
                for turn in self._turns.values():
                    self._queue.put(turn)
                self._turns.clear()
                self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        is_open = True
        while is_open:
            turns, is_open = self._next_turns()
            group = [request for turn in turns for request in turn.requests]
            if group:
                self._complete(group)
                for turn in turns:
                    with contextlib.suppress(RuntimeError):  # its loop is closed
                        turn.loop.call_soon_threadsafe(_report, turn.requests)
                self._has_idle_work = True
                self._since_idle_step += len(group)
        assert self._ended_at is not None
        self._file.end(self._ended_at)

    def _next_turns(self) -> tuple[list[_Turn], bool]:
        """Return what waits, and whether more may come; a group that has LARGEST_GROUP requests grows no further."""
        turns: list[_Turn] = []
        count = 0
        turn = self._wait()
        while turn is not None:
            turns.append(turn)
            count += len(turn.requests)
            if count >= LARGEST_GROUP:
                return turns, True
            try:
                turn = self._queue.get_nowait()
            except queue.Empty:
                return turns, True
        return turns, False

    def _wait(self) -> _Turn | None:
        """Wait for requests; do background work after a pause, and a step of it now and then under load."""
        while self._has_idle_work:
            is_due = self._since_idle_step >= _REQUESTS_PER_IDLE_STEP
            try:
                return self._queue.get(timeout=0 if is_due else IDLE_SECONDS)
            except queue.Empty:
                self._run_idle_steps(until_request=not is_due)
        return self._queue.get()

    def _run_idle_steps(self, *, until_request: bool) -> None:
        self._since_idle_step = 0
        try:
            self._has_idle_work = self._idle_step(self._file.connection)
            while until_request and self._has_idle_work and self._queue.empty():
                self._has_idle_work = self._idle_step(self._file.connection)
        except Exception:
            _logger.exception("Background work on the history failed; it is tried again after the next delivery")
            self._has_idle_work = False

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
            self._commit_once(group)
        except sqlite3.DatabaseError as error:
            if not is_corrupt(error):
                raise
            _logger.exception("The history is damaged and set aside")
            self._file.replace_damaged()
            self._commit_once(group)

    def _commit_once(self, group: Sequence[_Request]) -> None:
        for request in group:
            if isinstance(request, Arrival) and request.recordable is None:
                request.recordable = request.record()
        connection = self._file.current_connection()
        with transaction(connection):
            for kind, requests in groupby(group, type):
                if issubclass(kind, Arrival):
                    self._insert(connection, list(requests))  # type: ignore[arg-type]  # all are of that type
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
