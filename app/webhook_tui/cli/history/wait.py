"""`webhook-tui wait`: wait for deliveries that another webhook-tui stores."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

import click

from webhook_tui.cli.help import command
from webhook_tui.cli.options import FILTER, WITHIN, history_options, job_fields_from, option, output_format

if TYPE_CHECKING:
    from webhook_tui.domain.filtering.filter import Filter


@command(
    short_help="Wait for deliveries that a running session stores.",
    examples=(
        "webhook-tui wait 'event:batch_edit' --within 60",
        "webhook-tui wait --none 'verdict:invalid' --within 10",
    ),
)
@history_options
@click.option(
    "--count", type=click.IntRange(1), metavar="N", default=1, show_default=True, help="Wait for N deliveries."
)
@click.option("--within", type=WITHIN, metavar="SECONDS", help="Time limit. Default: none.")
@click.option("--none", type=FILTER, help="Exit with 7 when a delivery matches this filter.")
@click.option(
    "--since-seq", type=click.IntRange(0), metavar="N", help="Count deliveries after number N. Default: new ones."
)
@option("--job-id-field", multiple=True, metavar="FIELD", help="Field of a job id, for the filter job:X; repeatable.")
@output_format("text", "json", "junit")
@click.argument("until", metavar="[FILTER]", type=FILTER, required=False)
@click.pass_context
def wait(ctx: click.Context, /, until: Filter | None, output: str, **given: Any) -> None:
    """Wait for deliveries that match FILTER, the filter of the screen, and print them as `list` does.

    Exit code 0: they arrived; 6: not in time; 7: a delivery that matches --none arrived first. With --none alone: 0
    when --within passes without one.
    """
    from webhook_tui.domain.expectation.expectation import Criteria
    from webhook_tui.headless.wait import wait as run
    from webhook_tui.storage.history_query import AccountFilter

    if until is None and given["none"] is None:
        raise click.UsageError("No filter was given. Use FILTER or --none FILTER.")
    places, _ = ctx.obj
    criteria = Criteria(until, given["count"], given["none"], given["within"], job_fields_from(given))
    accounts = AccountFilter(given["api_url"], given["token"])
    try:
        ctx.exit(run(given["db"] or places.deliveries, criteria, accounts, since_seq=given["since_seq"], output=output))
    except KeyboardInterrupt:
        ctx.exit(128 + signal.SIGINT)
