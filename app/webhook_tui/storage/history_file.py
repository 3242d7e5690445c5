"""The file behind the history, for its writer: made again when somebody removes it, replaced when it is damaged.

Without this, SQLite would go on writing into a file that has no name any more, and what was acknowledged would be gone.
"""

from __future__ import annotations

import contextlib
import sqlite3
from datetime import datetime
from pathlib import Path

from webhook_tui.storage.database import Opened, open_database, transaction
from webhook_tui.storage.errors import opening
from webhook_tui.storage.files import Identity, identity
from webhook_tui.storage.mappers import go_on_after, microseconds
from webhook_tui.storage.process_lock import ProcessLock
from webhook_tui.storage.schema import HISTORY


class HistoryFile:
    """One run's hold on the file; after `open`, the writer's thread alone uses it."""

    def __init__(self, path: Path, started_at: datetime) -> None:
        """Open or make the file and note that a run began at `started_at`. Raises ProblemError."""
        self.path = path
        self._started_at = started_at
        self.last_seq = 0
        """The largest number that this run gave; the writer keeps it, and a new file goes on after it."""
        self._begin(open_database(path, HISTORY))
        with opening(HISTORY.called, HISTORY.way_out):
            self._lock = ProcessLock.take(path)
            """Tells other processes that a session writes the history."""

    def _begin(self, opened: Opened) -> None:
        connection = opened.connection
        try:
            with opening(HISTORY.called, HISTORY.way_out), transaction(connection):
                run = connection.execute(
                    "INSERT INTO runs (started_at) VALUES (?)", (microseconds(self._started_at),)
                ).lastrowid
                go_on_after(connection, self.last_seq)
        except BaseException:
            connection.close()
            raise
        assert run is not None
        self.connection = connection
        self.run = run
        self.set_aside = opened.set_aside
        self._identity = identity(self.path)

    def present(self) -> sqlite3.Connection:
        """The connection to the file that the path names, a new one if that was removed.

        Raises ProblemError; then the next call tries again.
        """
        if self._identity is None or identity(self.path) != self._identity:
            self._reopen(damaged=None)
        return self.connection

    def replace_damaged(self) -> None:
        """Set the file aside, unless another program did so already, and go on in a new one. Raises as `present`."""
        damaged, self._identity = self._identity, None
        self.connection.close()
        self._reopen(damaged=damaged)

    def _reopen(self, *, damaged: Identity | None) -> None:
        set_aside, before = self.set_aside, self.connection
        self._begin(open_database(self.path, HISTORY, damaged=damaged))
        self.set_aside = self.set_aside or set_aside
        before.close()

    def end(self, at: datetime) -> None:
        """Note that the run ended, where that can be written, and let go of the file."""
        with contextlib.suppress(sqlite3.Error):
            self.connection.execute("UPDATE runs SET ended_at = ? WHERE id = ?", (microseconds(at), self.run))
        self.connection.close()
        self._lock.release()
