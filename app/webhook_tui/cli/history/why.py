"""`webhook-tui why`: why a stored delivery has its verdict, by the secrets of the account that received it."""

from __future__ import annotations

import sys
from typing import Any

import click

from webhook_tui.cli.help import command
from webhook_tui.cli.options import history_options, output_format


@command(
    short_help="Explain the verdict of one delivery.",
    examples=(
        "webhook-tui why 12",
        "webhook-tui why 12 --format json",
    ),
)
@history_options
@output_format("text", "json")
@click.argument("seq", type=click.IntRange(1))
@click.pass_context
def why(ctx: click.Context, /, seq: int, output: str, **given: Any) -> None:
    """Explain the verdict of delivery SEQ: what was signed, what arrived, which secrets were tried."""
    import time
    from datetime import datetime

    from webhook_tui.domain.diagnostics.stored_report import LARGEST_COMPARED, MOST_RECENT, stored_report
    from webhook_tui.export.json_lines import as_line
    from webhook_tui.headless.signature_page import signature_page, signature_record
    from webhook_tui.headless.signing.stored_accounts import stored_ring
    from webhook_tui.headless.text_style import TextStyle
    from webhook_tui.storage.history_query import AccountFilter, HistoryQuery

    places, _ = ctx.obj
    with HistoryQuery(given["db"] or places.deliveries, AccountFilter(given["api_url"], given["token"])) as history:
        stored = history.stored(seq)
        recent = history.recent(seq, MOST_RECENT, LARGEST_COMPARED)
        ring = stored_ring(places.accounts, history.account(seq))
    report = stored_report(stored, ring, given["token"], recent, time.monotonic)
    if output == "json":
        sys.stdout.write(as_line(signature_record(report, stored.row)))
    else:
        now = datetime.now().astimezone()
        sys.stdout.write(f"{signature_page(report, stored.row, TextStyle.of_stdout(), now)}\n")
