"""`webhook-tui import`: deliveries from a file into the history."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from webhook_tui.cli.help import command
from webhook_tui.cli.options import FILE, SECRET, TOKEN, URL, option
from webhook_tui.config import API_URL, read_secret_file
from webhook_tui.headless import messages


@command(
    "import",
    short_help="Import deliveries from NDJSON or HAR into the history.",
    examples=(
        "webhook-tui import deliveries.jsonl",
        "webhook-tui import --secret-file secret.txt deliveries.har",
    ),
)
@option("--db", type=FILE, help="The history file.")
@option("--token", type=TOKEN, envvar="PIKTID_TOKEN", help="API token of the account that received them.")
@option("--api-url", type=URL, default=API_URL, show_default=True, help="API base URL of that account.")
@option("--secret", type=SECRET, multiple=True, help="Verify with this signing secret, too; repeatable.")
@option("--secret-file", type=FILE, multiple=True, help="The same from a file; repeatable.")
@click.argument("file", type=click.Path(allow_dash=True, path_type=Path))
@click.pass_context
def import_deliveries(ctx: click.Context, /, file: Path, **given: Any) -> None:
    """Import the deliveries in FILE: NDJSON of `listen` or `export`, or a HAR; - is standard input.

    They get a comment, and are verified with the stored secrets. Deliveries that the history has already are skipped.
    """
    from datetime import UTC, datetime

    from webhook_tui.domain.account import Account
    from webhook_tui.domain.errors import ProblemError
    from webhook_tui.domain.signature.secret_ring import Origin
    from webhook_tui.headless.archive.history_import import import_file
    from webhook_tui.headless.signing.stored_accounts import stored_ring, stored_token

    places, _ = ctx.obj
    is_stdin = str(file) == "-"
    try:
        content = sys.stdin.buffer.read() if is_stdin else file.read_bytes()
    except OSError as error:
        raise ProblemError(messages.unreadable_file(file, error.strerror)) from error
    account = Account.of(given["api_url"], given["token"] or stored_token(places.accounts, given["api_url"]))
    ring = stored_ring(places.accounts, account)
    for secret in (*given["secret"], *map(read_secret_file, given["secret_file"])):
        ring = ring.added(secret, datetime.now(UTC), Origin.OPTION)
    name = "standard input" if is_stdin else file.name
    ctx.exit(import_file(name, content, given["db"] or places.deliveries, account, ring))
