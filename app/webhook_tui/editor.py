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

from webhook_tui import errors
from webhook_tui.domain.delivery.event import parse_event
from webhook_tui.domain.errors import ProblemError
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
        raise ProblemError(errors.no_editor("EDITOR")) from None
    name = "event" if seq is None else f"delivery-{seq}"
    suffix = "json" if parse_event(body).is_json else "txt"
    try:
        with tempfile.TemporaryDirectory(prefix="webhook-tui-", ignore_cleanup_errors=True) as directory:
            file = Path(directory) / f"{name}.{suffix}"
            file.write_bytes(body)
            return _edited(file, body, command, environ)
    except OSError as error:
        raise ProblemError(errors.no_temporary_file(error.strerror)) from None


def _edited(file: Path, before: bytes, command: Sequence[str], environ: Mapping[str, str]) -> bytes:
    saved = file.stat()
    try:
        with _interrupts_ignored():
            done = subprocess.run([*command, str(file)], env=child_environment(environ), check=False)  # noqa: S603 -- the user's own editor
    except OSError:
        raise ProblemError(errors.no_editor(command[0])) from None
    if done.returncode < 0:
        raise ProblemError(errors.editor_signalled(signal.Signals(-done.returncode).name))
    if done.returncode:
        raise ProblemError(errors.editor_failed(done.returncode))
    try:
        after, now = file.read_bytes(), file.stat()
    except OSError:
        raise ProblemError(errors.EDITOR_LEFT_NO_FILE) from None
    if (saved.st_mtime_ns, saved.st_ino, before) == (now.st_mtime_ns, now.st_ino, after):
        raise ProblemError(errors.EDITOR_SAVED_NOTHING)
    if before and not after:
        raise ProblemError(errors.EDITOR_LEFT_NOTHING)
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
