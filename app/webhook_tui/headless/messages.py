"""Every problem that a command without a screen reports; none names a key."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from webhook_tui.domain.errors import ExitCode, Problem

_LIST = "Run webhook-tui list to see them."

# Input and output


def output_failed(reason: str) -> Problem:
    """Standard output cannot be written."""
    return Problem(f"Standard output cannot be written: {reason}.", "Check the disk, or the program behind the pipe.")


def output_failed_while_listening(reason: str) -> Problem:
    """Standard output cannot be written by a session that receives."""
    return Problem(f"Standard output cannot be written: {reason}.", "What was received is stored.")


def unreadable_file(path: object, reason: str | None) -> Problem:
    """A file cannot be read."""
    return Problem(f"{path} cannot be read: {reason}.", "Name a readable file.")


def unwritable_secret_file(path: Path, reason: str | None) -> Problem:
    """--secret-out cannot be written."""
    return Problem(f"{path} cannot be written: {reason}.", "Name another file: --secret-out F.")


def session_bug(error: BaseException) -> Problem:
    """The session ended by an error that the program does not expect."""
    return Problem(f"The session ended by a bug in webhook-tui: {type(error).__name__}.", "Report it.")


# Tokens and secrets

NO_TOKEN = Problem("No token was given.", "Set PIKTID_TOKEN.", ExitCode.USAGE)
NO_TOKEN_OR_FILE = Problem("No token was given.", "Set PIKTID_TOKEN, or use --token-file.", ExitCode.USAGE)
NO_TOKEN_OR_SANDBOX = Problem(
    "No token was given: set PIKTID_TOKEN, or use --token-stdin or --token-file.",
    "To try it without an account, use --sandbox.",
    ExitCode.USAGE,
)
NO_TOKEN_ON_STDIN = Problem("Standard input has no token.", "Write it in the first line.", ExitCode.USAGE)
NO_CURRENT_SECRET = Problem("No signing secret of this account is current.", "Run webhook-tui to register and get one.")


def no_token_in(path: Path) -> Problem:
    """--token-file contains no token."""
    return Problem(f"{path} contains no token.", "Write it in the first line.", ExitCode.USAGE)


def no_secret_to_sign(api_url: str) -> Problem:
    """An account has no secret that --re-sign could use."""
    return Problem(f"No secret of the account at {api_url} is known to sign with.", "Use --secret S.")


def unknown_secret(secret_id: str) -> Problem:
    """No secret has this id."""
    return Problem(f"No secret of this account has the id {secret_id!r}.", "Run webhook-tui secret --list to see them.")


def ambiguous_secret(ids: Sequence[str]) -> Problem:
    """Several secrets begin with the given digits."""
    return Problem(f"{len(ids)} secrets have this id.", f"Give more digits: {', '.join(ids)}.")


# Deliveries

NO_MATCHES = Problem("No delivery matches the filter.", _LIST)
NOTHING_TO_EXPORT = Problem("There is no such delivery in the history.", _LIST)


def no_delivery(seq: int) -> Problem:
    """The history does not contain a delivery."""
    return Problem(f"There is no delivery {seq} in the history.", _LIST)


def not_joinable(format_name: str) -> Problem:
    """A format that holds one delivery a file, and several deliveries."""
    return Problem(
        f"A {format_name} file holds one delivery, and these are several.",
        "Choose one with --seq, or an existing directory with --output.",
        ExitCode.USAGE,
    )


def nothing_to_verify(path: Path) -> Problem:
    """--delivery contains no delivery."""
    return Problem(f"{path} contains no delivery.", "Use a line of `listen --format json`.", ExitCode.USAGE)


def nothing_to_import(name: str, reason: str) -> Problem:
    """A file without deliveries; `reason`: a clause, or ""."""
    return Problem(f"{name} contains no delivery{reason}.", "Use NDJSON of listen or export, or HAR.")


def links_are_blanked(seq: int) -> Problem:
    """A replay to another machine would change the signed bytes."""
    return Problem(
        f"#{seq} has signed links, which are blanked for another machine: its signature would not match.",
        "Use --re-sign or --keep-links.",
        ExitCode.USAGE,
    )


def invalid_filter(part: str, reason: str) -> Problem:
    """A filter cannot be parsed; `part`: where."""
    return Problem(f'The filter is invalid at "{part}": {reason.rstrip(".")}.', "", ExitCode.USAGE)


# Programs and handlers

NOT_A_URL = Problem("That is not an http or https URL.", "As in http://127.0.0.1:3000/webhook.", ExitCode.USAGE)
OTHER_MACHINE = Problem("That handler is on another machine.", "Use --anywhere if it is yours.", ExitCode.USAGE)
NO_PROGRAM = Problem("--exec names no program.", 'For example: --exec "python handle.py".', ExitCode.USAGE)


def invalid_program(error: Exception) -> Problem:
    """--exec cannot be split into words."""
    return Problem(f"--exec cannot be parsed: {error}.", 'For example: --exec "python handle.py".', ExitCode.USAGE)


def handler_unreachable(reason: str, hint: str) -> Problem:
    """The handler that is to be checked does not answer."""
    return Problem(f"The handler did not answer: {reason}.", hint)


def no_answer(reason: str, hint: str) -> Problem:
    """An event was sent and not answered."""
    return Problem(f"No answer: {reason}.", hint)
