"""`webhook-tui status`: which account, which webhook, which session, which history."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from webhook_tui.cli.help import command
from webhook_tui.cli.options import FILE, TOKEN, URL, option, output_format
from webhook_tui.config import API_URL, named_filters, read_secret_file
from webhook_tui.domain.signature.secret import token_in
from webhook_tui.places import Places

if TYPE_CHECKING:
    from webhook_tui.headless.setup.status import StatusRequest


def account_options(command: Any) -> Any:
    """Add the options of a command about one account and one history."""
    for decorate in (
        option("--db", type=FILE, help="The history file."),
        option("--api-url", type=URL, default=API_URL, show_default=True, help="API base URL."),
        option("--token-file", type=FILE, help="Read the API token from a file that only you can read."),
        option("--token", type=TOKEN, envvar="PIKTID_TOKEN", help="API token (better: PIKTID_TOKEN or --token-file)."),
    ):
        command = decorate(command)
    return command


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
    from webhook_tui.headless.setup.status import read_status, status_record
    from webhook_tui.headless.setup.status_page import status_page

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
