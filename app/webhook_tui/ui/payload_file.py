"""A payload out of a file that the user names: whole or not at all, never more than a receiver takes."""

from __future__ import annotations

from pathlib import Path

from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.errors import Problem, ProblemError, Severity

LARGEST_PAYLOAD = 10 * 1024 * 1024
"""Bytes; more is answered 413."""


def read_payload(name: str) -> bytes:
    """The bytes of a file, `~` being the home directory. Raises ProblemError when it cannot be had or is too large."""
    try:
        with Path(name).expanduser().open("rb") as file:
            content = file.read(LARGEST_PAYLOAD + 1)
    except (OSError, RuntimeError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "there is no such file"
        raise ProblemError(_unread(name, f"cannot be read: {reason}")) from error
    if len(content) > LARGEST_PAYLOAD:
        raise ProblemError(_unread(name, "is larger than 10 MiB"))
    return content


def _unread(name: str, why: str) -> Problem:
    return Problem(f"{visible(name)} {why}.", "Nothing was sent.", severity=Severity.WARNING)
