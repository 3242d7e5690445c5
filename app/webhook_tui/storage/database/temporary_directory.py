"""A directory for a history that is not kept: removed by the last process that uses it, or by a later run."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
from pathlib import Path

from webhook_tui.domain.errors import ProblemError
from webhook_tui.errors import no_temporary_directory
from webhook_tui.storage.database.locks import ALIVE, FileLock, is_held

_PREFIX = "webhook-tui-"
_LOCK = "owner.lock"

_created: set[Path] = set()
"""The directories that this process created and has not removed."""


class TemporaryDirectory:
    """Mode 0700, locked while this process lives. Make it with `create`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = FileLock(path / _LOCK)

    @classmethod
    def create(cls) -> TemporaryDirectory:
        """Create one. Raises ProblemError."""
        try:
            created = cls(Path(tempfile.mkdtemp(prefix=_PREFIX)))
            created._lock.acquire(wait=True)
        except OSError as error:
            raise ProblemError(no_temporary_directory(error.strerror)) from error
        _created.add(created.path)
        return created

    def remove(self) -> None:
        """Remove it, and those whose owner is dead: the user waits for `create`, not for this.

        Where another process still has the history open, that process removes it, by `remove_ownerless`. It may be
        called again.
        """
        self._lock.release()  # before the question: of two processes that end together, one finds the other gone
        with contextlib.suppress(OSError):  # the other process is removing it
            if not any(map(is_held, self.path.glob(f"*{ALIVE}"))):
                shutil.rmtree(self.path, ignore_errors=True)
        _created.discard(self.path)
        _sweep(self.path.parent, kept=self.path)


def discard_all() -> None:
    """Remove the directories that this process created. Call it just before the exit: their histories are open."""
    while _created:
        shutil.rmtree(_created.pop(), ignore_errors=True)


def remove_ownerless(path: Path) -> None:
    """Remove the directory at `path`, in which this process had a history open, unless its creator still runs."""
    with contextlib.suppress(OSError):
        if not is_held(path / _LOCK):
            shutil.rmtree(path, ignore_errors=True)


def _sweep(parent: Path, *, kept: Path) -> None:
    for directory in parent.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            if directory != kept and _is_ours(directory) and (directory / _LOCK).exists():
                lock = FileLock(directory / _LOCK)
                if lock.acquire(wait=False):
                    shutil.rmtree(directory, ignore_errors=True)
                    lock.release()


def _is_ours(directory: Path) -> bool:
    """Whether it is a real directory of this user's: other users may write into the parent."""
    found = directory.lstat()
    return stat.S_ISDIR(found.st_mode) and (not hasattr(os, "getuid") or found.st_uid == os.getuid())
