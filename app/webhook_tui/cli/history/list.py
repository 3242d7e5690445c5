"""`webhook-tui list`: the deliveries in the history, also while a session writes to it."""

from __future__ import annotations

from typing import Any

import click

from webhook_tui.cli.help import command
from webhook_tui.cli.options import FILTER, history_options, job_fields_from, option, output_format
from webhook_tui.cli.settings import note


@command(
    "list",
    short_help="List the stored deliveries.",
    examples=(
        "webhook-tui list",
        "webhook-tui list --filter 'verdict:invalid' --limit 0",
        "webhook-tui list --format json | jq .event",
    ),
)
@history_options
@option("--filter", type=FILTER, help="Only matching deliveries: the filter of the screen.")
@click.option(
    "--limit", type=click.IntRange(0), metavar="N", default=50, show_default=True, help="The newest N (0 = all)."
)
@option("--job-id-field", multiple=True, metavar="FIELD", help="Field of a job id, for the filter job:X; repeatable.")
@output_format("text", "json")
@click.pass_context
def list_deliveries(ctx: click.Context, /, limit: int, output: str, **given: Any) -> None:
    """List the stored deliveries, newest last.

    The history can be read while a session writes it.
    """
    from datetime import UTC, datetime

    from webhook_tui.headless.delivery_list import print_deliveries
    from webhook_tui.storage.history_query import AccountFilter, HistoryQuery

    places, _ = ctx.obj
    fields = job_fields_from(given)
    accounts = AccountFilter(given["api_url"], given["token"])
    with HistoryQuery(given["db"] or places.deliveries, accounts) as history:
        chosen = given["filter"] and given["filter"].expression
        found = history.seqs(chosen, datetime.now(UTC), job_fields=fields)
        shown = found[-limit:] if limit else found
        print_deliveries(history, shown, output, fields)
    if not found:
        note("No deliveries.")
    elif len(shown) < len(found) and output == "text":
        click.echo(f"{len(shown)} of {len(found)} deliveries (newest last). --limit 0 lists all.", err=True)
