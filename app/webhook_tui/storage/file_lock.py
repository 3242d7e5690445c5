"""A lock that the operating system lets go of when its process dies, however it dies."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


class FileLock:
    """An exclusive lock on a file of its own, from `acquire` to `release` or to the end of the process.

    Two locks on one file exclude each other in one process as well as in two. Child programs do not inherit it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def acquire(self, *, wait: bool) -> bool:
        """Take the lock; without `wait`, give back False when another holds it. Raises OSError."""
        while True:
            descriptor = os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600)
            try:
                locked = _locked(descriptor, wait=wait)
                if locked and self._is_still_there(descriptor):
                    self._descriptor, descriptor = descriptor, -1
                    return True
            finally:
                if descriptor != -1:
                    os.close(descriptor)
            if not locked:
                return False

    def release(self, *, remove: bool = False) -> None:
        """Let go; `remove`: the file, too. More calls change nothing."""
        if self._descriptor is None:
            return
        descriptor, self._descriptor = self._descriptor, None
        if remove and os.name == "posix":
            self._path.unlink(missing_ok=True)
        os.close(descriptor)
        if remove and os.name != "posix":
            self._path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        self.acquire(wait=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.release()

    def _is_still_there(self, descriptor: int) -> bool:
        """Whether the name still leads to the file that was locked: its last holder may have removed it."""
        try:
            named = self._path.stat()
        except FileNotFoundError:
            return False
        return os.path.samestat(named, os.fstat(descriptor))


def _locked(descriptor: int, *, wait: bool) -> bool:
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
