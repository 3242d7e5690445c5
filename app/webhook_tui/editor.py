"""A body in the user's own editor: written to a private file, read back, and the file is gone."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from webhook_tui.domain.delivery.event import parse_event
from webhook_tui.domain.errors import Problem, ProblemError, Severity
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
    with tempfile.TemporaryDirectory(prefix="webhook-tui-") as directory:
        name = "event" if seq is None else f"delivery-{seq}"
        file = Path(directory) / f"{name}.{'json' if parse_event(body).is_json else 'txt'}"
        file.write_bytes(body)
        try:
            done = subprocess.run([*command, str(file)], env=child_environment(environ), check=False)  # noqa: S603 -- the user's own editor
        except OSError:
            raise ProblemError(_no_editor(command[0])) from None
        if done.returncode:
            raise ProblemError(
                Problem(
                    f"The editor ended with {done.returncode}: nothing was sent.",
                    "R edits it again.",
                    severity=Severity.WARNING,
                )
            )
        return file.read_bytes()


def _no_editor(name: str) -> Problem:
    return Problem(f"The editor {name} could not be started.", "Set EDITOR to one that is there.")
