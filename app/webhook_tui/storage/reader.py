"""A thread that reads, so that a large body delays neither the writer nor the caller's event loop."""

from __future__ import annotations

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from webhook_tui.domain.errors import ProblemError
from webhook_tui.storage.database.connection import connect_read_only
from webhook_tui.storage.database.errors import reading
from webhook_tui.storage.database.files import Identity, identity
from webhook_tui.storage.writer import Job

T = TypeVar("T")


class Reader:
    """Owns a read-only connection and the one thread that uses it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._identity: Identity | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="history-reader")

    async def run(self, job: Job[T]) -> T:
        """Return the result of `job`; raises ProblemError when the file cannot be read."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._read, job)

    def _read(self, job: Job[T]) -> T:
        try:
            with reading():
                return job(self._current_connection())
        except ProblemError:
            self._disconnect()  # SQLite keeps damaged pages, also of a file that is mended
            raise

    def _current_connection(self) -> sqlite3.Connection:
        named = identity(self._path)
        if self._connection is None or named != self._identity:
            self._disconnect()
            self._connection = connect_read_only(self._path)
            self._identity = named
        return self._connection

    def close(self, last: Job[None] | None = None) -> None:
        """Wait for what is being read, do the `last` job if the file was read, close the connection. Idempotent."""
        try:
            if last is not None:
                self._thread.submit(self._finish, last).result()
            self._thread.submit(self._disconnect).result()
        except RuntimeError:
            return
        self._thread.shutdown()

    def _finish(self, last: Job[None]) -> None:
        if self._connection is not None:
            last(self._connection)

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
