"""The one thread that writes: whatever waits shares one transaction, and nobody is told before it is committed."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias, TypeVar

from webhook_tui.domain.errors import Problem, ProblemError
from webhook_tui.storage.database import transaction
from webhook_tui.storage.errors import is_corrupt, is_of_the_disk, not_stored
from webhook_tui.storage.history_file import HistoryFile

T = TypeVar("T")
Job: TypeAlias = Callable[[sqlite3.Connection], T]
"""Writes inside the transaction that the writer began; it may be run again after a rollback."""

LARGEST_GROUP = 512
QUIET_SECONDS = 0.05
_RECORDS_PER_STEP = 300

Idle: TypeAlias = Callable[[sqlite3.Connection], bool]
"""Does a little work in transactions of its own when nothing waits; whether there is more."""

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Waiting:
    job: Job[Any]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]


@dataclass(frozen=True, slots=True)
class _Outcome:
    waiting: _Waiting
    result: Any = None
    error: ProblemError | None = None


class Writer:
    """Owns the file's write connection and the thread that uses it."""

    def __init__(self, file: HistoryFile, idle: Idle = lambda _connection: False) -> None:
        self._file = file
        self._idle = idle
        self._has_more = True
        self._since_step = 0
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._gate = threading.Lock()
        self._closed = False
        self._ended_at: datetime | None = None
        self._failing: Problem | None = None
        self.commits = 0
        """How many transactions were committed."""
        self._thread = threading.Thread(target=self._work, name="history-writer", daemon=True)
        self._thread.start()

    async def run(self, job: Job[T]) -> T:
        """What `job` gives back, once it is committed; raises ProblemError when it could not be.

        After a cancellation the job may have been committed all the same.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        with self._gate:
            if self._closed:
                raise RuntimeError("the writer is closed")
            self._queue.put(_Waiting(job, loop, future))
        return await future

    def close(self, at: datetime) -> None:
        """Finish what is queued, note that the run ended at `at`, let go of the file; more calls change nothing."""
        with self._gate:
            if not self._closed:
                self._closed = True
                self._ended_at = at
                self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        is_open = True
        while is_open:
            group, is_open = self._gather()
            if group:
                _tell(self._outcomes(group))
                self._has_more = True
                self._since_step += len(group)
        assert self._ended_at is not None
        self._file.end(self._ended_at)

    def _gather(self) -> tuple[list[_Waiting], bool]:
        group: list[_Waiting] = []
        waiting = self._next()
        while waiting is not None:
            group.append(waiting)
            if len(group) == LARGEST_GROUP:
                return group, True
            try:
                waiting = self._queue.get_nowait()
            except queue.Empty:
                return group, True
        return group, False

    def _next(self) -> _Waiting | None:
        """What waits first; meanwhile, once it was quiet for a moment or much came, work that nobody waits for."""
        while self._has_more:
            is_due = self._since_step >= _RECORDS_PER_STEP
            try:
                return self._queue.get(timeout=0 if is_due else QUIET_SECONDS)
            except queue.Empty:
                self._step(is_in_a_row=not is_due)
        return self._queue.get()

    def _step(self, *, is_in_a_row: bool) -> None:
        self._since_step = 0
        try:
            self._has_more = self._idle(self._file.connection)
            while is_in_a_row and self._has_more and self._queue.empty():
                self._has_more = self._idle(self._file.connection)
        except Exception:
            _logger.exception("Work that nobody waits for was put off")
            self._has_more = False

    def _outcomes(self, group: Sequence[_Waiting]) -> list[_Outcome]:
        try:
            results = self._commit([waiting.job for waiting in group])
        except Exception as error:
            if len(group) > 1 and not is_of_the_disk(error):
                return [outcome for waiting in group for outcome in self._outcomes([waiting])]
            problem = not_stored(error)
            if problem != self._failing:
                _logger.exception("A transaction was rolled back: %s", problem.what)
            self._failing = problem
            return [_refused(waiting, problem, error) for waiting in group]
        self._failing = None
        return [_Outcome(waiting, result) for waiting, result in zip(group, results, strict=True)]

    def _commit(self, jobs: Sequence[Job[Any]]) -> list[Any]:
        try:
            return self._commit_once(jobs)
        except sqlite3.DatabaseError as error:
            if not is_corrupt(error):
                raise
            _logger.exception("The history is damaged and set aside")
        self._file.replace_damaged()
        return self._commit_once(jobs)

    def _commit_once(self, jobs: Sequence[Job[Any]]) -> list[Any]:
        connection = self._file.present()
        with transaction(connection):
            results = [job(connection) for job in jobs]
        self.commits += 1
        return results


def _refused(waiting: _Waiting, problem: Problem, cause: Exception) -> _Outcome:
    error = ProblemError(problem)
    error.__cause__ = cause
    return _Outcome(waiting, error=error)


def _tell(outcomes: Sequence[_Outcome]) -> None:
    """Resolve each future on its own loop, with one call per loop; a loop that is closed waits for nothing."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Outcome]] = {}
    for outcome in outcomes:
        by_loop.setdefault(outcome.waiting.loop, []).append(outcome)
    for loop, told in by_loop.items():
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_resolve, told)


def _resolve(outcomes: Sequence[_Outcome]) -> None:
    for outcome in outcomes:
        future = outcome.waiting.future
        if future.done():
            continue
        if outcome.error is not None:
            future.set_exception(outcome.error)
        else:
            future.set_result(outcome.result)
