"""Writes the parts of an export to what a path names: a file, a pipe, a device, an open descriptor."""

from __future__ import annotations

import errno
import os
import re
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

from webhook_tui.domain.errors import ProblemError
from webhook_tui.errors import terminal_refused, unwritable

_DESCRIPTOR = re.compile(r"/(?:dev|proc/self)/fd/(\d{1,9})")
_STREAMS = {"/dev/stdout": 1, "/dev/stderr": 2}
_LARGEST_IN_MEMORY = 8 * 1024 * 1024


def write_file(path: Path, parts: Iterator[bytes], *, to_terminal: bool, waits: bool = True) -> None:
    """Write the parts to what `path` names, links followed; without a part nothing is made.

    A new file is there whole or not at all. An existing one is overwritten in place once all parts are made, so its
    mode, owner and links stay. Any other file gets the parts one by one. `to_terminal`: whether a terminal may get
    them; `waits`: whether to wait for a reader of a named pipe. Raises ProblemError, and BrokenPipeError when the
    reader of a pipe has left.
    """
    first = next(parts, None)
    if first is None:
        return
    parts = chain((first,), parts)
    with _writing(path):
        descriptor, mode = _descriptor(path), _mode(path)
        if descriptor is not None:
            _stream(path, os.dup(descriptor), parts, to_terminal=to_terminal)
        elif mode is None:
            _create(Path(os.path.realpath(path)), parts)
        elif stat.S_ISREG(mode):
            _overwrite(path, parts)
        else:
            _stream(path, _opened(path, waits=waits and stat.S_ISFIFO(mode)), parts, to_terminal=to_terminal)


def _descriptor(path: Path) -> int | None:
    """The descriptor of ours that the path names: opening the path instead would write from the file's beginning."""
    number = _DESCRIPTOR.fullmatch(str(path))
    return int(number[1]) if number else _STREAMS.get(str(path))


def _mode(path: Path) -> int | None:
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None


def _create(path: Path, parts: Iterable[bytes]) -> None:
    handle, name = tempfile.mkstemp(prefix=".export-", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(parts)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _overwrite(path: Path, parts: Iterable[bytes]) -> None:
    with tempfile.SpooledTemporaryFile(_LARGEST_IN_MEMORY) as made:
        made.writelines(parts)
        made.seek(0)
        with os.fdopen(os.open(path, os.O_WRONLY | getattr(os, "O_BINARY", 0)), "wb") as file:
            shutil.copyfileobj(made, file)
            file.truncate()


def _opened(path: Path, *, waits: bool) -> int:
    if waits or sys.platform == "win32":
        return os.open(path, os.O_WRONLY)
    descriptor = os.open(path, os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
    os.set_blocking(descriptor, True)
    return descriptor


def _stream(path: Path, descriptor: int, parts: Iterable[bytes], *, to_terminal: bool) -> None:
    with os.fdopen(descriptor, "wb") as file:
        if file.isatty() and not to_terminal:
            raise ProblemError(terminal_refused(str(path), "Name a file."))
        file.writelines(parts)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        reason = "no program reads it" if error.errno == errno.ENXIO else error.strerror
        raise ProblemError(unwritable(path, reason)) from error
