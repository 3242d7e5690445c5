"""Files that only their owner may read; damaged ones are moved aside, not deleted."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

Identity: TypeAlias = tuple[int, int]
"""Device and number of a file."""
FileState: TypeAlias = tuple[Identity, int, int]
"""Which file it is, when it was changed (nanoseconds), and its bytes."""

_COMPANIONS = ("", "-wal", "-shm", "-journal")


def make_private_directory(directory: Path) -> None:
    """Create `directory` and its missing parents with mode 0700; existing ones are not changed."""
    missing = [directory]
    while not missing[-1].exists() and missing[-1].parent != missing[-1]:
        missing.append(missing[-1].parent)
    for path in reversed(missing):
        path.mkdir(mode=0o700, exist_ok=True)


def make_private_file(path: Path) -> bool:
    """Create an empty file with mode 0600 unless it exists; return whether it was created."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return False
    return True


def free_name(path: Path) -> Path:
    """Return `path`, or the first of `path.2`, `path.3`, ... that does not exist."""
    number = 1
    candidate = path
    while any(_companion(candidate, suffix).exists() for suffix in _COMPANIONS):
        number += 1
        candidate = path.with_name(f"{path.name}.{number}")
    return candidate


def move_aside(path: Path) -> Path:
    """Rename a database and its companions to `<name>.broken` (numbered if that exists); return the new path."""
    target = free_name(path.with_name(f"{path.name}.broken"))
    for suffix in reversed(_COMPANIONS):
        source = _companion(path, suffix)
        if source.exists():
            source.rename(_companion(target, suffix))
    return target


def _companion(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def move_orphans_aside(path: Path) -> None:
    """Rename the companions of a deleted database as `move_aside` does.

    A new file of that name must not share them: a process that has the old one open still maps its -shm.
    """
    if not path.exists() and any(_companion(path, suffix).exists() for suffix in _COMPANIONS):
        move_aside(path)


def size_on_disk(path: Path) -> int:
    """Bytes of a database and its companions."""
    total = 0
    for suffix in _COMPANIONS:
        with suppress(OSError):
            total += _companion(path, suffix).stat().st_size
    return total


def identity(path: Path) -> Identity | None:
    """Return which file `path` names now; None when there is none or it cannot be read."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def file_state(path: Path) -> FileState | None:
    """Return what changes with the file that `path` names; None when there is none or it cannot be read."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino), found.st_mtime_ns, found.st_size
