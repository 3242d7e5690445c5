"""The settings of a run, from its options, the stored token and, where there is a terminal, a prompt."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any, NoReturn

import click
from click.core import ParameterSource
from msgspec.structs import replace

from webhook_tui.cli.options import job_fields_from
from webhook_tui.config import Settings, named_filters, read_secret_file
from webhook_tui.domain.errors import Problem, ProblemError
from webhook_tui.domain.forwarding.forward_rule import ForwardRule
from webhook_tui.domain.signature.secret import Secret, token_in
from webhook_tui.headless import messages
from webhook_tui.places import Places


def leave(problem: Problem) -> NoReturn:
    """Print the problem on standard error and exit with its code."""
    note(problem.sentence())
    sys.exit(problem.exit_code)


def note(sentence: str) -> None:
    """Print a sentence for people on standard error."""
    click.echo(f"webhook-tui: {sentence}", err=True)


def token_settings(ctx: click.Context, given: Mapping[str, Any], places: Places) -> Settings:
    """Return settings with the token and the API of `token_options`. Raises ProblemError when a file cannot be read."""
    values, _ = _merged(ctx, given)
    return Settings(token=_token(values), api_url=values["api_url"].rstrip("/"), places=places)


_SAME_NAMES = frozenset(
    [
        *("hook_url", "tunnel", "ssh_server", "tunnel_command", "tunnel_url_pattern", "host", "port", "replace"),
        *("answer", "forward_path", "forward_anywhere", "forward_retries", "forward_header"),
        *("db", "ephemeral", "keep_days", "keep_rows", "theme", "images"),
    ]
)
"""The options whose values are settings of the same name."""


def settings_from(
    ctx: click.Context, given: Mapping[str, Any], *, config: Mapping[str, Any], places: Places
) -> Settings:
    """Return the settings of a command; options before the name of a subcommand apply to it, too.

    Raises click.UsageError when options exclude each other, ProblemError when a file cannot be read.
    """
    values, sources = _merged(ctx, given)
    _refuse_contradictions(values)
    authtoken = os.environ.get("NGROK_AUTHTOKEN")
    keymap = config.get("keymap", {})
    same = {name: value for name, value in values.items() if name in _SAME_NAMES}
    return Settings(
        **same,
        token=None if values["use_sandbox"] else _token(values),
        sandbox=values["use_sandbox"],
        api_url=values["api_url"].rstrip("/"),
        ngrok_path=os.environ.get("PYNGROK_NGROK_PATH"),
        ngrok_authtoken=Secret(authtoken) if authtoken else None,
        port_was_given=sources["port"] not in (ParameterSource.DEFAULT, None),
        clean=not values["no_clean"],
        secrets=tuple(values["secret"]),
        file_secrets=tuple(read_secret_file(path) for path in values["secret_file"]),
        register=not values["no_register"],
        sse=not values["no_sse"],
        lost_after_seconds=values["lost_after"],
        forward_to=next((rule.url for rule in values["forward_to"] if not rule.filter_text), None),
        forward_rules=_rules_before_the_default(values["forward_to"]),
        job_fields=job_fields_from(values),
        ascii=bool(values.get("ascii")),
        notify=values.get("notify") or frozenset(),
        keymap={str(key): str(keys) for key, keys in keymap.items()} if isinstance(keymap, dict) else {},
        filters=named_filters(config),
        places=places,
    )


def _rules_before_the_default(rules: Sequence[ForwardRule]) -> tuple[ForwardRule, ...]:
    """Return the rules with a filter; those after one without a filter never match."""
    return tuple(takewhile(lambda rule: rule.filter_text, rules))


def _merged(ctx: click.Context, given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, ParameterSource | None]]:
    values, sources = dict(given), {name: ctx.get_parameter_source(name) for name in given}
    parent = ctx.parent
    before = {} if parent is None else parent.params
    for name, value in before.items():
        assert parent is not None
        was_typed = parent.get_parameter_source(name) is ParameterSource.COMMANDLINE
        if name in values and was_typed and sources[name] is not ParameterSource.COMMANDLINE:
            values[name], sources[name] = value, ParameterSource.COMMANDLINE
    return values, sources


def _refuse_contradictions(values: Mapping[str, Any]) -> None:
    if values["use_sandbox"] and (values["hook_url"] or values["no_register"]):
        raise click.UsageError("--sandbox registers with the embedded PiktID. Omit --hook-url and --no-register.")
    if values["tunnel"] == "command" and not values["tunnel_command"]:
        raise click.UsageError('--tunnel command needs --tunnel-command "PROG {port}".')
    if values["db"] and values["ephemeral"]:
        raise click.UsageError("--db keeps the history, --ephemeral deletes it. Use one of them.")


def _token(values: Mapping[str, Any]) -> Secret | None:
    if values["token_stdin"]:
        token = token_in(sys.stdin.readline())
        if not token:
            raise ProblemError(messages.NO_TOKEN_ON_STDIN)
        return token
    if values["token_file"]:
        token = token_in(read_secret_file(values["token_file"]).reveal())
        if not token:
            raise ProblemError(messages.no_token_in(values["token_file"]))
        return token
    given: Secret | None = values["token"]
    return given


def run_settings(ctx: click.Context, given: dict[str, Any]) -> Settings:
    """Return the settings of this run; without a token, with the stored one."""
    from webhook_tui.headless.signing.stored_accounts import with_stored_token

    places, config = ctx.obj
    return with_stored_token(settings_from(ctx, given, config=config, places=places))


def with_token(settings: Settings) -> Settings:
    """Return the settings with a token, where one is needed: a terminal is prompted. Exits without one."""
    if settings.token is None and not settings.sandbox and settings.register:
        return replace(settings, token=_prompted_token())
    return settings


def one_secret(given: dict[str, Any]) -> Secret | None:
    """Return the value of --secret or --secret-file."""
    secret: Secret | None = given["secret"]
    return read_secret_file(given["secret_file"]) if given["secret_file"] is not None else secret


def all_secrets(given: dict[str, Any]) -> tuple[Secret, ...]:
    """Return the values of the repeatable --secret and --secret-file."""
    files: tuple[Path, ...] = given["secret_file"]
    return (*given["secret"], *map(read_secret_file, files))


def has_screen() -> bool:
    """Return whether all standard streams are a terminal that can show the screen."""
    is_terminal = all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))
    return is_terminal and os.environ.get("TERM") not in (None, "", "dumb")


def reopen_terminal() -> None:
    """Read the keyboard from the terminal itself, after standard input was used for the token."""
    if not sys.stdin.isatty() and sys.platform != "win32":
        try:
            terminal = os.open("/dev/tty", os.O_RDWR)
        except OSError:
            return
        os.dup2(terminal, 0)
        os.close(terminal)


def _prompted_token() -> Secret:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        leave(messages.NO_TOKEN_OR_SANDBOX)
    click.echo("Without an account: webhook-tui --sandbox. Tokens: app.on-model.com/profile?tab=tokens", err=True)
    try:
        return token_in(str(click.prompt("API token", hide_input=True, err=True)))
    except click.Abort as abort:
        click.echo(err=True)
        if isinstance(abort.__context__, KeyboardInterrupt):
            sys.exit(128 + signal.SIGINT)
        leave(messages.NO_TOKEN_OR_SANDBOX)
