"""Tells living processes from dead ones: each holds a lock on a file of its own for as long as it lives."""

from __future__ import annotations

import glob
import secrets
from pathlib import Path

from webhook_tui.storage.file_lock import FileLock


class ProcessLock:
    """This process's lock, beside a database: `<database>.<name>.alive`."""

    def __init__(self, database: Path, name: str) -> None:
        self._database = database
        self.name = name
        """Names this process in the database; never given twice."""
        self._lock = FileLock(_file(database, name))

    @classmethod
    def take(cls, database: Path) -> ProcessLock:
        """Declare this process alive until `release` or its end, and clear away what dead ones left. Raises OSError."""
        own = cls(database, secrets.token_hex(8))
        for file in database.parent.glob(f"{glob.escape(database.name)}.*.alive"):
            own.is_alive(file.name.removeprefix(f"{database.name}.").removesuffix(".alive"))
        own._hold()
        return own

    @classmethod
    def is_any_alive(cls, database: Path) -> bool:
        """Return whether any process stands for that database now. Raises OSError."""
        probe = cls(database, "")
        files = database.parent.glob(f"{glob.escape(database.name)}.*.alive")
        return any(probe.is_alive(file.name.removeprefix(f"{database.name}.").removesuffix(".alive")) for file in files)

    def _hold(self) -> None:
        self._lock.acquire(wait=True)

    def is_alive(self, name: str) -> bool:
        """Whether the process of that name lives. Raises OSError."""
        if name == self.name:
            return True
        file = _file(self._database, name)
        if not file.exists():
            return False
        probe = FileLock(file)
        if not probe.acquire(wait=False):
            return True
        probe.release(remove=True)
        return False

    def release(self) -> None:
        """This process no longer stands for what it registered; more calls change nothing."""
        self._lock.release(remove=True)


def _file(database: Path, name: str) -> Path:
    return database.with_name(f"{database.name}.{name}.alive")
