"""Every problem that the command line and its commands report; none names a key."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.errors import ExitCode, Problem, Severity

_LIST = "Run webhook-tui list."
_MOST_NAMED = 5

# Input and output


def output_failed(reason: str) -> Problem:
    """Standard output cannot be written."""
    return Problem(f"Standard output cannot be written: {reason}.", "Check the disk, or the program behind the pipe.")


def output_failed_while_listening(reason: str) -> Problem:
    """Standard output cannot be written by a session that receives."""
    return Problem(f"Standard output cannot be written: {reason}.", "What was received is stored.")


def unwritable_secret_file(path: Path, reason: str | None) -> Problem:
    """--secret-out cannot be written."""
    return Problem(f"{path} cannot be written: {reason}.", "Name another file: --secret-out F.")


def session_bug(error: BaseException) -> Problem:
    """The session ended by an error that the program does not expect."""
    return Problem(f"The session ended by a bug in webhook-tui: {type(error).__name__}.", "Report it.")


# Tokens and secrets

NO_TOKEN = Problem("No token was given.", "Set PIKTID_TOKEN, or use --token-file.", ExitCode.USAGE)
NO_TOKEN_OR_SANDBOX = Problem(
    NO_TOKEN.message, "Set PIKTID_TOKEN, or use --token-file, --token-stdin or --sandbox.", ExitCode.USAGE
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


def not_joinable(format_name: str) -> Problem:
    """A format that holds one delivery a file, and several deliveries."""
    return Problem(
        f"A {format_name} file holds one delivery, and these are several.",
        "Choose one with --seq, or an existing directory with --output.",
        ExitCode.USAGE,
    )


def nothing_to_verify(path: Path) -> Problem:
    """--delivery contains no delivery."""
    return Problem(
        f"{path} contains no delivery.",
        "Use an HTTP request with its headers, or a line of `listen --format json`.",
        ExitCode.USAGE,
    )


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
    message = f'The filter is invalid at "{part}": {reason.rstrip(".")}.'
    return Problem(message, "Run webhook-tui list --help for the terms of a filter.", ExitCode.USAGE)


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


# Contracts

NONE_DESCRIBED = Problem("There is no delivery of an event that it describes.", "Run webhook-tui contract.")


def no_event(*, of_all: bool) -> Problem:
    """No delivery has an event's name; `of_all`: not only valid ones were read."""
    which = "delivery" if of_all else "valid delivery"
    return Problem(f"There is no {which} with an event.", _LIST)


def no_valid_delivery(event: str, names: Sequence[str]) -> Problem:
    """No contract can be made for an event; `names`: the events for which one can."""
    known = ", ".join(map(visible, names[:_MOST_NAMED])) or "none"
    more = ", ..." if len(names) > _MOST_NAMED else ""
    return Problem(f"There is no valid delivery of {visible(event)}.", f"Events with valid deliveries: {known}{more}.")


def not_a_schema(file: str, reason: str) -> Problem:
    """The file of `contract check` is no JSON Schema; `reason`: a clause."""
    return Problem(
        f"{file} is no JSON Schema: {reason}.", "webhook-tui contract --format json-schema makes one.", ExitCode.USAGE
    )


def schema_elsewhere(file: str, reference: str) -> Problem:
    """A schema refers to another document."""
    return Problem(
        f"{file} refers to {visible(reference)}, which is not in it.",
        "Put all of the schema into one file.",
        ExitCode.USAGE,
    )


def schema_endless(file: str) -> Problem:
    """A schema's references form a circle."""
    return Problem(f"{file} refers to itself without end.", "Correct its $ref.", ExitCode.USAGE)


# config.toml


def no_profile(name: str, path: Path, names: Sequence[str], nearest: str | None) -> Problem:
    """--profile names none; `names`: those that there are, `nearest`: the one that is most like it."""
    hint = f"There are: {', '.join(map(visible, names))}." if names else f"Add [profiles.{visible(name)}] there."
    if nearest is not None:
        hint = f'Did you mean "{visible(nearest)}"?'
    return Problem(f'There is no profile "{visible(name)}" in {path}.', hint, ExitCode.USAGE)


def unknown_key(key: str, nearest: str | None) -> Problem:
    """A key of config.toml is no option; `nearest`: the one that is most like it."""
    hint = "Run webhook-tui --help." if nearest is None else f'Did you mean "{nearest}"?'
    return Problem(f'config.toml: unknown key "{visible(key)}".', hint, severity=Severity.WARNING)


# The server for coding agents

_INSTALL = "pip install 'webhook-tui[mcp]'"
MCP_MISSING = Problem("`mcp` needs an extra.", f"Install it: {_INSTALL}.")
NO_TOKEN_OF_SERVER = Problem(NO_TOKEN.message, "Start this server with PIKTID_TOKEN set.")
NO_SESSION = Problem("No session runs on this machine.", "Start one with webhook-tui listen.")
NO_REGISTERED_SESSION = Problem(
    "No session of this account has its webhook registered.", "Start one with webhook-tui listen."
)
SECRET_NOT_KEPT = Problem(
    "The session's signing secret is not kept on this machine.", "Only `wrong-secret` and `none` can be simulated."
)
REPLAY_ELSEWHERE = Problem(
    "Deliveries are replayed to this machine only.", "As in http://127.0.0.1:3000/hook.", ExitCode.USAGE
)


def mcp_of_other_version(wanted: str, release: str) -> Problem:
    """The installed SDK has another interface; `wanted`: its major version."""
    return Problem(f"`mcp` needs version {wanted} of the SDK, and {release} is installed.", f"Install it: {_INSTALL}.")


def invalid_url(sentence: str) -> Problem:
    """A URL that an agent gave cannot be used; `sentence`: why."""
    return Problem(f"{sentence.rstrip('.')}.", "", ExitCode.USAGE)


def receiver_unreachable(reason: str) -> Problem:
    """The running session's receiver did not answer."""
    return Problem(f"The receiver did not answer: {reason}.", "Run webhook-tui status.")
