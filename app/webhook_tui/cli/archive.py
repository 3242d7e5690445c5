"""`webhook-tui export` and `import`: deliveries in the formats of other tools, out of the history and into it."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from webhook_tui.cli import options
from webhook_tui.cli.help import command
from webhook_tui.cli.settings import all_secrets, note
from webhook_tui.config import API_URL
from webhook_tui.domain.signature.secret import Secret


@command(
    short_help="Write stored deliveries as commands, tests, archives or lines.",
    examples=(
        "webhook-tui export 12 --format curl",
        "webhook-tui export --format har --output deliveries.har",
        "webhook-tui export --marked --format pytest --output test_webhooks.py",
    ),
)
@click.option(
    "--format",
    "form",
    type=click.Choice(options.EXPORT_FORMATS),
    default="jsonl",
    show_default=True,
    help="How to write them.",
)
@click.option("--output", type=click.Path(), help="A file, a directory for one file each, or - (the default).")
@options.db_option
@click.option(
    "--seq", type=click.IntRange(1), metavar="N", multiple=True, help="The same as SEQ; repeatable. Default: all."
)
@click.option("--marked", is_flag=True, help="Only marked deliveries.")
@options.filter_option
@click.option(
    "--url", type=options.URL, default=options.LOCAL_URL, show_default=True, help="The URL in commands and scripts."
)
@options.job_id_option
@options.option("--keep-links", is_flag=True, help="Keep signatures and tokens in links. Default: blanked.")
@options.secret_options("Remove this secret, too")
@options.option("--token", type=options.TOKEN, envvar="PIKTID_TOKEN", hidden=True)
@click.argument("seqs", metavar="[SEQ]...", type=click.IntRange(1), nargs=-1)
@click.pass_context
def export(ctx: click.Context, /, seqs: tuple[int, ...], **given: Any) -> None:
    """Write deliveries SEQ..., or all that pass --filter, as commands, tests, archives or lines.

    Credentials and known secrets are taken out.
    """
    from webhook_tui.export.destination import Destination
    from webhook_tui.export.formats import FORMATS
    from webhook_tui.headless.archive.export import Choice, run
    from webhook_tui.headless.signing.stored_accounts import all_stored_secrets

    places, _ = ctx.obj
    authtoken = os.environ.get("NGROK_AUTHTOKEN")
    secrets = [
        *all_secrets(given),
        *([given["token"]] if given["token"] else []),
        *([Secret(authtoken)] if authtoken else []),
    ]
    run(
        FORMATS[given["form"]],
        history=given["db"] or places.deliveries,
        choice=Choice(
            (*seqs, *given["seq"]),
            given["marked"],
            given["filter"] and given["filter"].expression,
            job_fields=options.job_fields_from(given),
        ),
        now=datetime.now(UTC),
        secrets=(*all_stored_secrets(places.accounts), *secrets),
        destination=Destination(given["url"]),
        output=None if given["output"] in (None, "-") else Path(given["output"]),  # Path("./-") is Path("-")
        say=note,
        accounts=places.accounts,
        keep_links=given["keep_links"],
    )


@command(
    "import",
    short_help="Import deliveries from NDJSON or HAR into the history.",
    examples=(
        "webhook-tui import deliveries.jsonl",
        "webhook-tui import --secret-file secret.txt deliveries.har",
    ),
)
@options.db_option
@options.option(
    "--token", type=options.TOKEN, envvar="PIKTID_TOKEN", help="API token of the account that received them."
)
@options.option("--api-url", type=options.URL, default=API_URL, show_default=True, help="API base URL of that account.")
@options.secret_options("Verify with this signing secret, too")
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
    from webhook_tui.errors import unreadable
    from webhook_tui.headless.archive.history_import import import_file
    from webhook_tui.headless.signing.stored_accounts import stored_ring, stored_token

    places, _ = ctx.obj
    is_stdin = str(file) == "-"
    try:
        content = sys.stdin.buffer.read() if is_stdin else file.read_bytes()
    except OSError as error:
        raise ProblemError(unreadable(file, error.strerror)) from error
    account = Account.of(given["api_url"], given["token"] or stored_token(places.accounts, given["api_url"]))
    ring = stored_ring(places.accounts, account)
    for secret in all_secrets(given):
        ring = ring.added(secret, datetime.now(UTC), Origin.OPTION)
    name = "standard input" if is_stdin else file.name
    ctx.exit(import_file(name, content, given["db"] or places.deliveries, account, ring))
