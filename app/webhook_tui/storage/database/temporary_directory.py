"""A directory for a history that is not kept: removed by its owner, or by a later run when its owner was killed."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
from pathlib import Path

from webhook_tui.domain.errors import ProblemError
from webhook_tui.errors import no_temporary_directory
from webhook_tui.storage.database.locks import FileLock

_PREFIX = "webhook-tui-"
_LOCK = "owner.lock"


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
        return created

    def remove(self) -> None:
        """Remove it with all that it holds, and those whose owner is dead: the user waits for `create`, not for this.

        It may be called again.
        """
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock.release()
        _sweep(self.path.parent)


def _sweep(parent: Path) -> None:
    for directory in parent.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            if _is_ours(directory) and (directory / _LOCK).exists():
                lock = FileLock(directory / _LOCK)
                if lock.acquire(wait=False):
                    shutil.rmtree(directory, ignore_errors=True)
                    lock.release()


def _is_ours(directory: Path) -> bool:
    """Whether it is a real directory of this user's: other users may write into the parent."""
    found = directory.lstat()
    return stat.S_ISDIR(found.st_mode) and (not hasattr(os, "getuid") or found.st_uid == os.getuid())
