"""A body in the user's own editor: written to a private file, read back, and the file is gone."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from webhook_tui.domain.event import parse_event
from webhook_tui.domain.problem import Problem, ProblemError, Severity
from webhook_tui.domain.text import visible
from webhook_tui.environment import child_environment


def editor_of(environ: Mapping[str, str]) -> list[str]:
    """The command of the user's editor: VISUAL, EDITOR, else one that is there."""
    for name in ("VISUAL", "EDITOR"):
        if command := environ.get(name, "").strip():
            return shlex.split(command, posix=sys.platform != "win32")
    if sys.platform == "win32":
        return ["notepad"]
    return ["nano"] if shutil.which("nano") else ["vi"]


def edit(body: bytes, seq: int | None, environ: Mapping[str, str] | None = None) -> bytes:
    """What the user made of a body; the terminal must be the editor's meanwhile. Raises ProblemError.

    `seq`: the delivery whose body it is; None: an event of our own.
    The file's name is ours; the editor does not inherit the token or a secret.
    """
    environ = os.environ if environ is None else environ
    try:
        command = editor_of(environ)
    except ValueError:
        raise ProblemError(_no_editor("EDITOR")) from None
    name = "event" if seq is None else f"delivery-{seq}"
    suffix = "json" if parse_event(body).is_json else "txt"
    try:
        with tempfile.TemporaryDirectory(prefix="webhook-tui-", ignore_cleanup_errors=True) as directory:
            file = Path(directory) / f"{name}.{suffix}"
            file.write_bytes(body)
            return _edited(file, body, command, environ)
    except OSError as error:
        raise ProblemError(
            Problem(f"A temporary file cannot be written: {error.strerror}.", "Set TMPDIR to a directory that can be.")
        ) from None


def _edited(file: Path, before: bytes, command: Sequence[str], environ: Mapping[str, str]) -> bytes:
    saved = file.stat()
    try:
        with _interrupts_ignored():
            done = subprocess.run([*command, str(file)], env=child_environment(environ), check=False)  # noqa: S603 -- the user's own editor
    except OSError:
        raise ProblemError(_no_editor(command[0])) from None
    if done.returncode < 0:
        raise _nothing_sent(f"The editor was ended by {signal.Signals(-done.returncode).name}.")
    if done.returncode:
        raise _nothing_sent(f"The editor failed with exit code {done.returncode}.")
    try:
        after, now = file.read_bytes(), file.stat()
    except OSError:
        raise _nothing_sent("The editor left no file.") from None
    if (saved.st_mtime_ns, saved.st_ino, before) == (now.st_mtime_ns, now.st_ino, after):
        raise _nothing_sent("The editor saved nothing.", "One with a window must wait: EDITOR='code --wait'.")
    if before and not after:
        raise _nothing_sent("The editor left the file empty.")
    return after


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """As system(3): what ctrl+c and ctrl+\\ send to every program of the terminal is meant for the editor alone."""
    if threading.current_thread() is not threading.main_thread() or sys.platform == "win32":
        yield
        return
    # Not SIG_IGN, which the editor would inherit.
    before = {number: signal.signal(number, _ignore) for number in (signal.SIGINT, signal.SIGQUIT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ignore(_number: int, _frame: FrameType | None) -> None:
    """Do nothing."""


def _nothing_sent(what: str, following: str = "R edits it again.") -> ProblemError:
    return ProblemError(Problem(f"{what} Nothing was sent.", following, severity=Severity.WARNING))


def _no_editor(name: str) -> Problem:
    return Problem(f"The editor {visible(name)} could not be started.", "Set EDITOR to one that is installed.")
