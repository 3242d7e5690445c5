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
from typing import Any, Protocol, TypeAlias, TypeVar

from msgspec import Struct

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


class Arrival(Protocol):
    """A delivery that waits for its commit. One of its methods is called once, on the loop of the caller.

    A future for each delivery costs more: its callback takes another turn of the loop.
    """

    def on_stored(self, row: DeliveryRow) -> None:
        """The delivery is on disk."""

    def on_failed(self, problem: Problem) -> None:
        """The delivery could not be stored."""


class _Request(Struct, eq=False):
    work: Job[Any] | Recordable
    loop: asyncio.AbstractEventLoop
    waiting: asyncio.Future[Any] | Arrival
    result: Any = None
    error: ProblemError | None = None

    def resolve(self) -> None:
        """Pass on the result. A future may be cancelled."""
        waiting, error = self.waiting, self.error
        if not isinstance(waiting, asyncio.Future):
            if error is None:
                waiting.on_stored(self.result)
            else:
                waiting.on_failed(error.problem)
        elif not waiting.done():
            if error is None:
                waiting.set_result(self.result)
            else:
                waiting.set_exception(error)


class Writer:
    """Owns the file's write connection and the thread that uses it."""

    def __init__(self, file: HistoryFile, idle_step: IdleStep = lambda _connection: False) -> None:
        self._file = file
        self._idle_step = idle_step
        self._has_idle_work = True
        self._since_idle_step = 0
        self._queue: queue.SimpleQueue[list[_Request] | None] = queue.SimpleQueue()
        self._pending: dict[asyncio.AbstractEventLoop, list[_Request]] = {}
        self._lock = threading.Lock()
        self._closed = False
        self._ended_at: datetime | None = None
        self._last_problem: Problem | None = None
        self.commits = 0
        """Number of transactions committed."""
        self._thread = threading.Thread(target=self._work, name="history-writer", daemon=True)
        self._thread.start()

    def record_for(self, arrival: Arrival, record: Recordable) -> None:
        """Store a delivery, and report to `arrival` once it is committed, or is not stored."""
        self._submit(record, asyncio.get_running_loop(), arrival)

    def record(self, record: Recordable) -> asyncio.Future[DeliveryRow]:
        """Store a delivery; the result is its row once it is committed, or a ProblemError when it is not stored."""
        return self._submit_future(record)

    def run(self, job: Job[T]) -> asyncio.Future[T]:
        """Run a job; the result is its own once it is committed, or a ProblemError when it is not.

        A cancelled job may have been committed. Requests are carried out in the order of the calls.
        """
        return self._submit_future(job)

    def _submit_future(self, work: Job[Any] | Recordable) -> asyncio.Future[Any]:
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        self._submit(work, loop, future)
        return future

    def _submit(
        self, work: Job[Any] | Recordable, loop: asyncio.AbstractEventLoop, waiting: asyncio.Future[Any] | Arrival
    ) -> None:
        with self._lock:
            if self._closed:
                raise RuntimeError("the writer is closed")
            pending = self._pending.setdefault(loop, [])
            pending.append(_Request(work, loop, waiting))
        if len(pending) == 1:
            loop.call_soon(self._flush, loop)

    def _flush(self, loop: asyncio.AbstractEventLoop) -> None:
        """Queue what one turn of the loop brought at once: one wake-up of the thread, and larger groups."""
        with self._lock:
            pending = self._pending.pop(loop, None)
            if pending:
                self._queue.put(pending)

    def close(self, at: datetime) -> None:
        """Finish what is queued, record `at` as the end of the run and close the file. Idempotent."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._ended_at = at
                for pending in self._pending.values():
                    self._queue.put(pending)
                self._pending.clear()
                self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        is_open = True
        while is_open:
            group, is_open = self._next_group()
            if group:
                self._complete(group)
                _resolve_all(group)
                self._has_idle_work = True
                self._since_idle_step += len(group)
        assert self._ended_at is not None
        self._file.end(self._ended_at)

    def _next_group(self) -> tuple[list[_Request], bool]:
        """Return what waits, and whether more may come; a group that has LARGEST_GROUP requests grows no further."""
        group: list[_Request] = []
        requests = self._wait()
        while requests is not None:
            group += requests
            if len(group) >= LARGEST_GROUP:
                return group, True
            try:
                requests = self._queue.get_nowait()
            except queue.Empty:
                return group, True
        return group, False

    def _wait(self) -> list[_Request] | None:
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
                request.error = ProblemError(problem)
                request.error.__cause__ = error
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
        connection = self._file.current_connection()
        with transaction(connection):
            for is_record, requests in groupby(group, lambda request: isinstance(request.work, Recordable)):
                if is_record:
                    self._insert(connection, list(requests))
                else:
                    for request in requests:
                        request.result = request.work(connection)  # type: ignore[operator]  # not a Recordable: a job
        self.commits += 1

    def _insert(self, connection: sqlite3.Connection, requests: Sequence[_Request]) -> None:
        records = [request.work for request in requests if isinstance(request.work, Recordable)]
        rows = insert_deliveries(connection, records, run=self._file.run)
        for request, row in zip(requests, rows, strict=True):
            request.result = row
        self._file.last_seq = rows[-1].seq


def _resolve_all(group: Sequence[_Request]) -> None:
    """Pass on the results with one call for each loop: one wake-up for a group. A closed loop is skipped."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Request]] = {}
    for request in group:
        by_loop.setdefault(request.loop, []).append(request)
    for loop, requests in by_loop.items():
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_resolve, requests)


def _resolve(requests: Sequence[_Request]) -> None:
    for request in requests:
        try:
            request.resolve()
        except Exception:
            _logger.exception("What waited for a transaction failed at its result")
