"""Every problem with what the whole program uses: settings, files, the standard streams and the editor."""

from __future__ import annotations

from pathlib import Path

from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.errors import ExitCode, Problem, Severity

_CONTENT = "Write one token or secret in it."

# Files that options name


def unreadable(path: Path, reason: str | None) -> Problem:
    """A file that an option names, or config.toml, cannot be read."""
    return Problem(f"{path} cannot be read: {reason}.", "", ExitCode.USAGE)


def not_toml(path: Path, error: Exception) -> Problem:
    """config.toml cannot be parsed."""
    return Problem(f"{path} is not TOML: {error}.", "Correct or remove it.", ExitCode.USAGE)


def not_text(path: Path) -> Problem:
    """A file with a token or secret is neither UTF-8 nor UTF-16."""
    return Problem(f"{path} is not text.", _CONTENT, ExitCode.USAGE)


def empty(path: Path) -> Problem:
    """A file with a token or secret is empty."""
    return Problem(f"{path} is empty.", _CONTENT, ExitCode.USAGE)


def not_private(path: Path) -> Problem:
    """A file with a token or secret is readable by other users."""
    return Problem(f"{path} can be read by others.", f"Run chmod 600 {path}.", ExitCode.USAGE)


def unwritable(path: Path, reason: str | None) -> Problem:
    """A file cannot be written."""
    return Problem(f"{path} cannot be written: {reason}.", "Name another file.")


def no_temporary_directory(reason: str | None) -> Problem:
    """The directory of a history that is not kept cannot be created."""
    return Problem(f"A temporary directory cannot be created: {reason}.", "Set TMPDIR to a writable directory.")


# The named filters of config.toml

BAD_FILTER_NAME = Problem(
    "A name has letters, digits, - and _.", "Write at most 40 of them.", severity=Severity.WARNING
)
NO_CONFIG_FILE = Problem("There is no config.toml to change.", "", severity=Severity.WARNING)


def filters_not_changed(name: str) -> Problem:
    """The filters of config.toml are not written one a line in a table [filters]."""
    return Problem(
        "config.toml was not changed: it writes its filters in its own way.",
        f"Change the filter {name} there.",
        severity=Severity.WARNING,
    )


def config_not_changed(reason: str | None) -> Problem:
    """config.toml cannot be read or written."""
    return Problem(f"config.toml cannot be changed: {reason}.", "", severity=Severity.WARNING)


# Standard streams and terminals


def unreadable_input(reason: str) -> Problem:
    """Standard input cannot be read."""
    return Problem(f"Standard input cannot be read: {reason}.", "", ExitCode.USAGE)


def terminal_refused(name: str, hint: str) -> Problem:
    """Why `name`, a terminal, does not get bytes as they were received."""
    return Problem(f"{name} is a terminal, which must not get received bytes unchanged.", hint, ExitCode.USAGE)


# The editor


def no_editor(name: str) -> Problem:
    """The user's editor cannot be started."""
    return Problem(f"The editor {visible(name)} could not be started.", "Set EDITOR to one that is installed.")


def no_temporary_file(reason: str | None) -> Problem:
    """The editor's file cannot be written."""
    return Problem(f"A temporary file cannot be written: {reason}.", "Set TMPDIR to a writable directory.")


def editor_signalled(signal_name: str) -> Problem:
    """The editor was ended by a signal."""
    return _nothing_sent(f"The editor was ended by {signal_name}. Nothing was sent.")


def editor_failed(code: int) -> Problem:
    """The editor ended with an exit code other than 0."""
    return _nothing_sent(f"The editor failed with exit code {code}. Nothing was sent.")


def _nothing_sent(message: str) -> Problem:
    return Problem(message, "", severity=Severity.WARNING, screen_hint="R edits it again.")


EDITOR_LEFT_NO_FILE = _nothing_sent("The editor left no file. Nothing was sent.")
EDITOR_LEFT_NOTHING = _nothing_sent("The editor left the file empty. Nothing was sent.")
EDITOR_SAVED_NOTHING = Problem(
    "The editor saved nothing: nothing was sent.",
    "One with a window must wait: EDITOR='code --wait'.",
    severity=Severity.WARNING,
)
