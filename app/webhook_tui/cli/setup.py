"""Commands about this machine and the account: `status`, `doctor`, `paths`, `keys`, `completion`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import click.shell_completion

from webhook_tui.cli.config import config_warnings, option_values, places_and_config
from webhook_tui.cli.help import command, hide_options
from webhook_tui.cli.options import FILE, account_options, output_format, plain_option, screen_options, shared_options
from webhook_tui.cli.settings import note, settings_from
from webhook_tui.config import named_filters, read_secret_file
from webhook_tui.domain.signature.secret import token_in
from webhook_tui.places import Places

if TYPE_CHECKING:
    from webhook_tui.headless.setup.status import StatusRequest
    from webhook_tui.places import Places


@command(
    short_help="Check what this machine lacks.",
    examples=(
        "webhook-tui doctor",
        "webhook-tui doctor --tunnel none --port 8000",
        "webhook-tui doctor --bundle report.txt",
    ),
)
@shared_options
@screen_options
@plain_option("--bundle", "bundle_path", type=FILE, help="Write a redacted report for a bug report to this file.")
@output_format("text", "json")
@click.pass_context
def doctor(ctx: click.Context, /, output: str, bundle_path: Path | None, **given: Any) -> None:
    """Check what is needed with these options: ssh client, port, token, PiktID's API and clock, keyring, history.

    Each is OK, or says what is missing and what to do. Nothing is registered. Exit code 0: nothing is missing, 1: not.
    """
    import asyncio

    from webhook_tui.encoding import is_utf8
    from webhook_tui.export.files import write_file
    from webhook_tui.export.json_lines import as_line
    from webhook_tui.headless.setup.bundle import bundle
    from webhook_tui.headless.setup.doctor import (
        CheckState,
        checks_page,
        checks_record,
        is_ok,
        log_files,
        run_checks,
        secrets_check,
    )
    from webhook_tui.headless.setup.status import StatusRequest
    from webhook_tui.headless.signing.stored_accounts import all_stored_secrets, with_stored_token

    places, config, whole = places_and_config(ctx)
    settings = settings_from(ctx, given, config=config, places=places)
    secrets = secrets_check(settings)  # before the stored token is read, which moves a damaged file, too
    if secrets.state is not CheckState.MISSING:
        settings = with_stored_token(settings)
    root = ctx.find_root().command
    assert isinstance(root, click.Group)
    request = StatusRequest(
        api_url=settings.api_url,
        token=settings.token,
        source=None,
        history=settings.deliveries_path or places.deliveries,
        accounts=places.accounts,
        profile=places.profile,
    )
    checks = asyncio.run(run_checks(settings, request, secrets, list(config_warnings(whole, root))))
    if output == "json":
        sys.stdout.write(as_line(checks_record(checks)))
    else:
        sys.stdout.write(f"{checks_page(checks, in_ascii=not is_utf8())}\n")
    if bundle_path is not None:
        options = [(one.name, one.text, one.origin) for one in option_values(ctx) if one.source != "default"]
        known = (*all_stored_secrets(places.accounts), *settings.all_secrets)
        text = bundle(checks, options, log_files(settings), known)
        write_file(bundle_path, iter([text.encode("utf-8")]), to_terminal=True)
        note(f"Report written to {bundle_path}. Read it, then attach it to a bug report.")
    ctx.exit(0 if is_ok(checks) else 1)


_CHECKED = (
    *("token", "token_file", "token_stdin", "use_sandbox", "api_url", "no_register"),
    *("hook_url", "tunnel", "ssh_server", "tunnel_command", "host", "port", "db", "ephemeral"),
)
"""Options that make a difference to the checks."""
hide_options(doctor, but=(*_CHECKED, "output", "bundle_path"))


@command(
    short_help="Show account, webhook, session and history.",
    examples=(
        "webhook-tui status",
        "webhook-tui status --format json",
    ),
)
@account_options
@output_format("text", "json")
@click.pass_context
def status(ctx: click.Context, /, output: str, **given: Any) -> None:
    """Show the account, its webhook at PiktID and its owner, the running session, and the history.

    Nothing is changed.
    """
    import asyncio
    from datetime import datetime

    from webhook_tui.export.json_lines import as_line
    from webhook_tui.headless.setup.status import read_status, status_page, status_record

    report = asyncio.run(read_status(status_request(ctx, given)))
    if output == "json":
        sys.stdout.write(as_line(status_record(report)))
    else:
        sys.stdout.write(f"{status_page(report, datetime.now().astimezone())}\n")


def status_request(ctx: click.Context, given: dict[str, Any]) -> StatusRequest:
    """Return what the options ask about; without a token, the stored one. Raises ProblemError."""
    from click.core import ParameterSource

    from webhook_tui.headless.setup.status import StatusRequest
    from webhook_tui.headless.signing.stored_accounts import stored_token

    places: Places = ctx.obj[0]
    token, source = given["token"], "--token"
    if given["token_file"] is not None:
        token, source = token_in(read_secret_file(given["token_file"]).reveal()), "--token-file"
    elif token is None:
        token, source = stored_token(places.accounts, given["api_url"]), "kept for the next run"
    elif ctx.get_parameter_source("token") is ParameterSource.ENVIRONMENT:
        source = "PIKTID_TOKEN" if os.environ.get("PIKTID_TOKEN") else "WEBHOOK_TUI_TOKEN"
    elif ctx.get_parameter_source("token") is ParameterSource.DEFAULT_MAP:
        source = "config.toml"
    return StatusRequest(
        api_url=given["api_url"].rstrip("/"),
        token=token or None,
        source=source if token else None,
        history=given["db"] or places.deliveries,
        accounts=places.accounts,
        profile=places.profile,
        filters=named_filters(ctx.obj[1]),
    )


@command(examples=("webhook-tui paths",))
@click.pass_obj
def paths(obj: tuple[Places, dict[str, Any]]) -> None:
    """Print file locations."""
    places, _ = obj
    for name, path in (
        ("config", places.config_file),
        ("history", places.deliveries),
        ("secrets", places.accounts),
        ("screen", places.preferences),
        ("log", places.log),
        ("session log", places.session_log),
        ("session errors", places.session_errors),
        ("tunnel log", places.tunnel_log),
        ("known hosts", places.known_hosts),
    ):
        click.echo(f"{name:<14} {path}{'' if path.exists() else '  (not there yet)'}")


@command(
    short_help="List the keys of the screen and their ids.",
    examples=(
        "webhook-tui keys",
        "webhook-tui keys --markdown > KEYS.md",
    ),
)
@plain_option("--markdown", is_flag=True, help="As a Markdown table.")
def keys(*, markdown: bool) -> None:
    """List every key of the screen with the id that [keymap] in config.toml takes."""
    from webhook_tui.ui.keymap import as_markdown, as_text

    click.echo(as_markdown() if markdown else as_text())


@command(
    short_help="Print a shell completion script.",
    examples=(
        'eval "$(webhook-tui completion bash)"',
        "webhook-tui completion fish > ~/.config/fish/completions/webhook-tui.fish",
    ),
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, /, shell: str) -> None:
    """Print the script that completes options and commands: eval "$(webhook-tui completion bash)"."""
    kind = click.shell_completion.get_completion_class(shell)
    assert kind is not None
    click.echo(kind(ctx.find_root().command, {}, "webhook-tui", "_WEBHOOK_TUI_COMPLETE").source())
