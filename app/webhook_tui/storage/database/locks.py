"""Locks that the operating system releases when their process ends, however it ends."""

from __future__ import annotations

import contextlib
import glob
import os
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


ALIVE = ".alive"
"""Ending of the files that living processes lock."""


class FileLock:
    """An exclusive lock on a file of its own, from `acquire` to `release` or to the end of the process.

    Two locks on one file exclude each other within one process as well. Child processes do not inherit it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def acquire(self, *, wait: bool) -> bool:
        """Take the lock. Without `wait`, return False when another lock holds it. Raises OSError."""
        while True:
            descriptor = os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600)
            try:
                locked = _lock(descriptor, wait=wait)
                if locked and self._is_named(descriptor):
                    self._descriptor, descriptor = descriptor, -1
                    return True
            finally:
                if descriptor != -1:
                    os.close(descriptor)
            if not locked:
                return False

    def write(self, content: bytes) -> None:
        """Replace the content of the locked file. Write errors are ignored: the lock holds all the same."""
        if self._descriptor is not None and os.name == "posix":  # Windows lets no process read a locked file
            with contextlib.suppress(OSError):
                os.pwrite(self._descriptor, content, 0)
                os.ftruncate(self._descriptor, len(content))

    def release(self, *, remove: bool = False) -> None:
        """Release the lock; with `remove`, delete its file, too. Idempotent."""
        if self._descriptor is None:
            return
        descriptor, self._descriptor = self._descriptor, None
        if remove and os.name == "posix":  # while it is locked, so that no other process locks a file without a name
            self._path.unlink(missing_ok=True)
        os.close(descriptor)
        if remove and os.name != "posix":  # Windows deletes no open file
            self._path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        self.acquire(wait=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.release()

    def _is_named(self, descriptor: int) -> bool:
        """Whether the path still names the locked file; the previous holder may have deleted it."""
        try:
            named = self._path.stat()
        except FileNotFoundError:
            return False
        return os.path.samestat(named, os.fstat(descriptor))


class ProcessLock:
    """Shows which processes live: each holds a lock on `<database>.<name>.alive` as long as it lives."""

    def __init__(self, database: Path) -> None:
        """Take the lock of this process, and delete the files of dead ones. Raises OSError."""
        self._database = database
        self.name = os.urandom(8).hex()
        """Names this process in the database. No two processes have the same name."""
        self._lock = FileLock(self._file(self.name))
        is_any_alive(database)
        self._lock.acquire(wait=True)

    def is_alive(self, name: str) -> bool:
        """Whether the process of that name lives. Raises OSError."""
        return name == self.name or is_held(self._file(name))

    def write(self, content: bytes) -> None:
        """Replace what the lock's file says about this process. Write errors are ignored."""
        self._lock.write(content)

    def release(self) -> None:
        """Release the lock: this process no longer owns what it registered. Idempotent."""
        self._lock.release(remove=True)

    def _file(self, name: str) -> Path:
        return self._database.with_name(f"{self._database.name}.{name}{ALIVE}")


def is_any_alive(database: Path) -> bool:
    """Whether any process holds a lock for that database. Deletes the files of dead ones. Raises OSError."""
    files = database.parent.glob(f"{glob.escape(database.name)}.*{ALIVE}")
    return sum(map(is_held, files)) > 0  # every file is checked


def is_held(file: Path) -> bool:
    """Return whether a living process holds the lock on the file; the file of a dead one is deleted. Raises OSError."""
    if not file.exists():
        return False
    probe = FileLock(file)
    if not probe.acquire(wait=False):
        return True
    probe.release(remove=True)
    return False


def _lock(descriptor: int, *, wait: bool) -> bool:
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
