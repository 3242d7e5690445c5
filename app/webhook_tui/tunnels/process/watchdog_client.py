"""Runs a program under the watchdog although a library starts it, with our environment and standard error.

The library gets a script instead of the program: it unsets the secrets and becomes the watchdog, which reads the
program's environment variables from a named pipe and ends the program when that pipe closes. POSIX only; elsewhere the
library starts the program itself.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from webhook_tui.environment import SECRET_NAMES, is_secret
from webhook_tui.tunnels.process.child import WATCHDOG

_PREFIX = "agent-"
_PIPE = "pipe"
_SHELL_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_HAS_PIPES = hasattr(os, "mkfifo")


class WatchdogClient:
    """Runs one program under the watchdog. `directory` is private and removed by `close`."""

    def __init__(
        self, program: str, state_dir: Path, *, environment: Mapping[str, str], more_secrets: Iterable[str] = ()
    ) -> None:
        """`environment`: variables that only the program gets. Raises OSError when nothing can be written anywhere."""
        self.directory = _directory(state_dir)
        self._number: int | None = None
        self.path = program
        """What the library must start."""
        if _HAS_PIPES:
            try:
                self.path = self._prepared(program, environment, (*SECRET_NAMES, *more_secrets))
            except OSError:
                self.close()
                raise
        else:
            os.environ.update(environment)

    def end(self) -> None:
        """End the program: it gets SIGTERM, and SIGKILL within 1 s."""
        if self._number is not None:
            os.close(self._number)
            self._number = None

    def close(self) -> None:
        """End the program and remove the files."""
        self.end()
        shutil.rmtree(self.directory, ignore_errors=True)

    def _prepared(self, program: str, environment: Mapping[str, str], secret_names: Iterable[str]) -> str:
        pipe = self.directory / _PIPE
        os.mkfifo(pipe, 0o600)
        self._number = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
        settings = "".join(f"{name}={value}\n" for name, value in environment.items() if "\n" not in value)
        os.write(self._number, os.fsencode(f"{settings}\n"))
        patterns = tuple(secret_names)
        dropped = [name for name in os.environ if is_secret(name, patterns) and _SHELL_NAME.fullmatch(name)]
        script = self.directory / Path(program).name
        command = shlex.join([sys.executable, "-I", "-S", str(WATCHDOG), str(pipe), program])
        unset = f"unset {' '.join(dropped)}\n" if dropped else ""
        script.write_text(f'#!/bin/sh\n{unset}exec {command} "$@"\n')
        script.chmod(0o700)
        return str(script)


def _directory(state_dir: Path) -> Path:
    """Create a private directory in `state_dir`, or a temporary one where that is not writable."""
    try:
        state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _HAS_PIPES:
            _remove_stale(state_dir)
        return Path(tempfile.mkdtemp(prefix=_PREFIX, dir=state_dir))
    except OSError:
        return Path(tempfile.mkdtemp(prefix=_PREFIX))


def _remove_stale(state_dir: Path) -> None:
    """Remove directories of killed programs: those whose pipe has no reader."""
    for directory in state_dir.glob(f"{_PREFIX}*"):
        try:
            os.close(os.open(directory / _PIPE, os.O_WRONLY | os.O_NONBLOCK))
        except OSError as error:
            if error.errno == errno.ENXIO:
                with contextlib.suppress(OSError):
                    shutil.rmtree(directory)
