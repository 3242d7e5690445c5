"""The settings of a run, from its options, the stored token and, where there is a terminal, a prompt."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any, NoReturn

import click
from msgspec.structs import replace

from webhook_tui.cli.options import settings_from
from webhook_tui.config import Settings, read_secret_file
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.signature.secret import Secret, token_in
from webhook_tui.headless import messages


def leave(problem: Problem) -> NoReturn:
    """Print the problem on standard error and exit with its code."""
    note(problem.sentence())
    sys.exit(problem.exit_code)


def note(sentence: str) -> None:
    """Print a sentence for people on standard error."""
    click.echo(f"webhook-tui: {sentence}", err=True)


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
