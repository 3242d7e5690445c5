"""`webhook-tui show`: one delivery."""

from __future__ import annotations

import sys
from typing import Any

import click

from webhook_tui.cli.help import command
from webhook_tui.cli.options import history_options, output_format

_READ_SECONDS = 0.5
"""Seconds for which earlier deliveries are read, to find where it departs from them."""


@command(
    short_help="Show one delivery.",
    examples=(
        "webhook-tui show 12",
        "webhook-tui show 12 --format json",
        "webhook-tui show 12 --format raw > request.http",
    ),
)
@history_options
@output_format("text", "json", "raw")
@click.argument("seq", type=click.IntRange(1))
@click.pass_context
def show(ctx: click.Context, /, seq: int, output: str, **given: Any) -> None:
    """Show delivery SEQ: its verdict, its headers, its body. `raw`: the HTTP request byte for byte."""
    from datetime import datetime

    from webhook_tui.domain.errors import ProblemError
    from webhook_tui.errors import terminal_refused
    from webhook_tui.export.destination import Destination
    from webhook_tui.export.json_lines import delivery_line
    from webhook_tui.export.snippets.raw import write_raw
    from webhook_tui.headless.delivery_page import delivery_page
    from webhook_tui.headless.text_style import TextStyle
    from webhook_tui.storage.contracts.history_contract import HistoryContract
    from webhook_tui.storage.history_query import AccountFilter, HistoryQuery

    places, _ = ctx.obj
    with HistoryQuery(given["db"] or places.deliveries, AccountFilter(given["api_url"], given["token"])) as history:
        stored = history.stored(seq)
        if output == "text":
            with HistoryContract(history.path) as contract:
                departures = contract.departures(stored, _READ_SECONDS)
    if output == "json":
        sys.stdout.write(delivery_line(stored.row, stored.delivery))
    elif output == "text":
        now = datetime.now().astimezone()
        sys.stdout.write(f"{delivery_page(stored, TextStyle.of_stdout(), now, departures)}\n")
    elif sys.stdout.isatty():
        raise ProblemError(terminal_refused("Standard output", "Pipe it, or use --format text."))
    else:
        sys.stdout.buffer.writelines(write_raw([stored], Destination("http://127.0.0.1")))
