"""Starts the session's process, also before the command line is parsed: then two cores import at the same time."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path
from typing import IO

from webhook_tui.environment import child_environment

COMMAND: tuple[str, ...] = (sys.executable, "-P", "-m", "webhook_tui.session")
"""-P: a file of the current directory is never taken for a module."""
_LARGEST_ERRORS = 1_000_000

_early: dict[Path, subprocess.Popen[bytes]] = {}
"""The process that was started early, until it is taken, and where its standard error goes."""


def spawn(errors_path: Path) -> subprocess.Popen[bytes]:
    """Start the process, which waits for its settings; its standard error goes to `errors_path`. Raises OSError."""
    with contextlib.ExitStack() as stack:
        errors: IO[bytes] | int = subprocess.DEVNULL
        with contextlib.suppress(OSError):
            errors = stack.enter_context(_errors_file(errors_path))
        return subprocess.Popen(  # noqa: S603 -- this interpreter, this package
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            bufsize=0,
            start_new_session=True,  # ctrl+c, ctrl+z and a closed terminal are the screen's
            env=child_environment(os.environ),
        )


def spawn_early(errors_path: Path) -> None:
    """Start a process for the first call of `take_early`; an error is raised when the session is started."""
    with contextlib.suppress(OSError):
        _early[errors_path] = spawn(errors_path)


def take_early(errors_path: Path) -> subprocess.Popen[bytes] | None:
    """Return the process that was started early with this path, once; one with another path is ended."""
    child = _early.pop(errors_path, None)
    discard_early()
    return child


def discard_early() -> None:
    """End the session process that was spawned early, where no screen uses it."""
    while _early:
        _, child = _early.popitem()
        child.kill()
        with child:
            pass


def _errors_file(path: Path) -> IO[bytes]:
    """Open the file, 0600, emptied when it is large."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = open(path, "ab", opener=lambda name, flags: os.open(name, flags, 0o600))  # noqa: SIM115 -- the caller's
    if file.tell() > _LARGEST_ERRORS:
        file.truncate(0)
    return file
