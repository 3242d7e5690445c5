"""The file of the history for its writer: created again when it was deleted, replaced when it is damaged.

Without this, SQLite would go on writing to a deleted file, and acknowledged deliveries would be lost.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from datetime import datetime
from pathlib import Path

from webhook_tui.domain.running_session import RunningSession
from webhook_tui.storage.database.connection import open_database, transaction
from webhook_tui.storage.database.errors import opening
from webhook_tui.storage.database.files import Identity, identity
from webhook_tui.storage.database.locks import ProcessLock
from webhook_tui.storage.database.schema import HISTORY
from webhook_tui.storage.mappers import microseconds, reserve_numbers
from webhook_tui.storage.running_sessions import announce


class HistoryFile:
    """The file as one run uses it. Once it is open, only the writer's thread uses it, but for `announce`."""

    def __init__(self, path: Path, started_at: datetime) -> None:
        """Open or create the file and record that a run began at `started_at`. Raises ProblemError."""
        self.path = path
        self._started_at = started_at
        self.last_seq = 0
        """The largest number given in this run, set by the writer. A new file continues after it."""
        opened = open_database(path, HISTORY)
        self.connection = opened.connection
        self.set_aside = opened.set_aside
        self.run = self._begin(opened.connection)
        self._identity: Identity | None = identity(path)
        with opening(HISTORY.called, HISTORY.way_out):
            self._lock = ProcessLock(path)
            """Shows other processes that a session writes the history."""
        self._announcing = threading.Lock()
        """Held while `_lock` or what it announces changes."""
        self._announced: RunningSession | None = None

    def announce(self, session: RunningSession) -> None:
        """Announce to other processes which session it is, from any thread."""
        with self._announcing:
            self._announced = session
            announce(self._lock, session)

    def _announce_again(self) -> None:
        """Lock and announce in a new file: that of the lock may have been deleted with the history."""
        with self._announcing, contextlib.suppress(OSError):
            before, self._lock = self._lock, ProcessLock(self.path)
            before.release()
            if self._announced is not None:
                announce(self._lock, self._announced)

    def _begin(self, connection: sqlite3.Connection) -> int:
        """Note that this run goes on in the file of `connection`; returns its number there. Raises ProblemError."""
        try:
            with opening(HISTORY.called, HISTORY.way_out), transaction(connection):
                run = connection.execute(
                    "INSERT INTO runs (started_at) VALUES (?)", (microseconds(self._started_at),)
                ).lastrowid
                reserve_numbers(connection, self.last_seq)
        except BaseException:
            connection.close()
            raise
        assert run is not None
        return run

    def is_current(self) -> bool:
        """Whether the file at the path is the one that is open."""
        return self._identity is not None and identity(self.path) == self._identity

    def current_connection(self) -> sqlite3.Connection:
        """Return the connection to the file at the path; a deleted file is created again.

        Raises ProblemError; the next call tries again.
        """
        if not self.is_current():
            self._reopen(damaged=None)
        return self.connection

    def replace_damaged(self) -> None:
        """Move the file aside, unless another process did so, and continue in a new one. Raises ProblemError."""
        damaged, self._identity = self._identity, None
        self.connection.close()
        self._reopen(damaged=damaged)

    def _reopen(self, *, damaged: Identity | None) -> None:
        opened = open_database(self.path, HISTORY, damaged=damaged)
        self.run = self._begin(opened.connection)
        before, self.connection = self.connection, opened.connection
        self.set_aside = opened.set_aside or self.set_aside
        self._identity = identity(self.path)
        before.close()
        self._announce_again()

    def end(self, at: datetime) -> None:
        """Record that the run ended, if that can be written, and close the file."""
        with contextlib.suppress(sqlite3.Error):
            self.connection.execute("UPDATE runs SET ended_at = ? WHERE id = ?", (microseconds(at), self.run))
            # Closing does that only where no other connection is open: while a screen or a wait reads, a copy of the
            # file alone would lack what is in the log (https://sqlite.org/wal.html#ckpt). PASSIVE waits for no reader.
            self.connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        self.connection.close()
        self._lock.release()
