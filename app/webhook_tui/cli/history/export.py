"""`webhook-tui export`: stored deliveries in the format of another tool."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from webhook_tui.cli.help import command
from webhook_tui.cli.options import EXPORT_FORMATS, FILE, FILTER, LOCAL_URL, SECRET, TOKEN, URL, job_fields_from, option
from webhook_tui.cli.settings import all_secrets, note
from webhook_tui.domain.signature.secret import Secret


@command(
    short_help="Write stored deliveries as commands, tests, archives or lines.",
    examples=(
        "webhook-tui export --seq 12 --format curl",
        "webhook-tui export --format har --output deliveries.har",
        "webhook-tui export --marked --format pytest --output test_webhooks.py",
    ),
)
@click.option(
    "--format", "form", type=click.Choice(EXPORT_FORMATS), default="jsonl", show_default=True, help="How to write them."
)
@click.option("--output", type=click.Path(), help="A file, a directory for one file each, or - (the default).")
@click.option("--db", type=FILE, help="The history file.")
@click.option(
    "--seq", type=click.IntRange(1), metavar="N", multiple=True, help="Number of a delivery; repeatable. Default: all."
)
@click.option("--marked", is_flag=True, help="Only marked deliveries.")
@option("--filter", type=FILTER, help="Only matching deliveries: the filter of the screen.")
@click.option("--url", type=URL, default=LOCAL_URL, show_default=True, help="The URL in commands and scripts.")
@option("--job-id-field", multiple=True, metavar="FIELD", help="Field of a job id, for the filter job:X; repeatable.")
@option("--keep-links", is_flag=True, help="Keep signatures and tokens in links. Default: blanked.")
@option("--secret", type=SECRET, multiple=True, help="Remove this secret, too; repeatable.")
@option("--secret-file", type=FILE, multiple=True, help="The same from a file; repeatable.")
@option("--token", type=TOKEN, envvar="PIKTID_TOKEN", hidden=True)
@click.pass_context
def export(ctx: click.Context, /, **given: Any) -> None:
    """Write stored deliveries as commands, tests, archives or lines, without credentials and known secrets."""
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
            given["seq"],
            given["marked"],
            given["filter"] and given["filter"].expression,
            job_fields=job_fields_from(given),
        ),
        now=datetime.now(UTC),
        secrets=(*all_stored_secrets(places.accounts), *secrets),
        destination=Destination(given["url"]),
        output=None if given["output"] in (None, "-") else Path(given["output"]),  # Path("./-") is Path("-")
        say=note,
        accounts=places.accounts,
        keep_links=given["keep_links"],
    )
