"""Commands that read the history and send from it: `list`, `show`, `why`, `wait`, `replay`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from webhook_tui.cli import options
from webhook_tui.cli.help import command
from webhook_tui.cli.settings import note, one_secret
from webhook_tui.domain.errors import ProblemError
from webhook_tui.headless import messages

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from webhook_tui.domain.account import Account
    from webhook_tui.domain.filtering.filter import Filter
    from webhook_tui.domain.signature.secret import Secret
    from webhook_tui.storage.history_query import HistoryQuery


def history_query(ctx: click.Context, given: dict[str, Any]) -> HistoryQuery:
    """Return the history that `history_options` name."""
    from webhook_tui.storage.history_query import AccountFilter, HistoryQuery

    places, _ = ctx.obj
    return HistoryQuery(given["db"] or places.deliveries, AccountFilter(given["api_url"], given["token"]))


@command(
    "list",
    short_help="List the stored deliveries.",
    examples=(
        "webhook-tui list",
        "webhook-tui list --filter 'verdict:invalid' --limit 0",
        "webhook-tui list --format json | jq .event",
    ),
)
@options.history_options
@options.filter_option
@click.option(
    "--limit", type=click.IntRange(0), metavar="N", default=50, show_default=True, help="The newest N (0 = all)."
)
@options.job_id_option
@options.output_format("text", "json")
@click.pass_context
def list_deliveries(ctx: click.Context, /, limit: int, output: str, **given: Any) -> None:
    """List the stored deliveries, newest last.

    The history can be read while a session writes it.
    """
    from datetime import UTC, datetime

    from webhook_tui.headless.delivery_page import print_deliveries

    fields = options.job_fields_from(given)
    with history_query(ctx, given) as history:
        chosen = given["filter"] and given["filter"].expression
        found = history.seqs(chosen, datetime.now(UTC), job_fields=fields)
        shown = found[-limit:] if limit else found
        print_deliveries(history, shown, output, fields)
    if not found:
        note("No deliveries.")
    elif len(shown) < len(found) and output == "text":
        click.echo(f"{len(shown)} of {len(found)} deliveries (newest last). --limit 0 lists all.", err=True)


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
@options.history_options
@options.output_format("text", "json", "raw")
@click.argument("seq", type=click.IntRange(1))
@click.pass_context
def show(ctx: click.Context, /, seq: int, output: str, **given: Any) -> None:
    """Show delivery SEQ: its verdict, its headers, its body. `raw`: the HTTP request byte for byte."""
    from datetime import datetime

    from webhook_tui.errors import terminal_refused
    from webhook_tui.export.destination import Destination
    from webhook_tui.export.formats import write_raw
    from webhook_tui.export.json_lines import delivery_line
    from webhook_tui.headless.delivery_page import delivery_page
    from webhook_tui.headless.text_style import TextStyle
    from webhook_tui.storage.contracts.history_contract import HistoryContract
    from webhook_tui.storage.contracts.scan import Selection

    with history_query(ctx, given) as history:
        stored = history.stored(seq)
        if output == "text":
            with HistoryContract(history.path, Selection((history.account(seq).key,))) as contract:
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


@command(
    short_help="Explain the verdict of one delivery.",
    examples=(
        "webhook-tui why 12",
        "webhook-tui why 12 --format json",
    ),
)
@options.history_options
@options.output_format("text", "json")
@click.argument("seq", type=click.IntRange(1))
@click.pass_context
def why(ctx: click.Context, /, seq: int, output: str, **given: Any) -> None:
    """Explain the verdict of delivery SEQ: what was signed, what arrived, which secrets were tried."""
    import time
    from datetime import datetime

    from webhook_tui.domain.diagnostics.report import LARGEST_COMPARED, MOST_RECENT, stored_report
    from webhook_tui.export.json_lines import as_line
    from webhook_tui.headless.signature_page import signature_page, signature_record
    from webhook_tui.headless.signing.stored_accounts import stored_ring
    from webhook_tui.headless.text_style import TextStyle

    places, _ = ctx.obj
    with history_query(ctx, given) as history:
        stored = history.stored(seq)
        recent = history.recent(seq, MOST_RECENT, LARGEST_COMPARED)
        ring = stored_ring(places.accounts, history.account(seq))
    report = stored_report(stored, ring, given["token"], recent, time.monotonic)
    if output == "json":
        sys.stdout.write(as_line(signature_record(report, stored.row)))
    else:
        now = datetime.now().astimezone()
        sys.stdout.write(f"{signature_page(report, stored.row, TextStyle.of_stdout(), now)}\n")


@command(
    short_help="Wait for deliveries that a running session stores.",
    examples=(
        "webhook-tui wait 'event:batch_edit' --within 60",
        "webhook-tui wait --none 'verdict:invalid' --within 10",
    ),
)
@options.history_options
@options.wait_options
@options.job_id_option
@options.output_format("text", "json", "junit")
@click.argument("until", metavar="[FILTER]", type=options.FILTER, required=False)
@click.pass_context
def wait(ctx: click.Context, /, until: Filter | None, output: str, **given: Any) -> None:
    """Wait for deliveries that match FILTER, and print them as `list` does.

    Exit code 0: they arrived; 6: not in time; 7: a delivery that matches --none arrived first. With --none alone: 0
    when --within passes without one.
    """
    from webhook_tui.domain.expectation.expectation import Criteria
    from webhook_tui.headless.expectation import history_options
    from webhook_tui.headless.expectation import wait as run
    from webhook_tui.storage.history_query import AccountFilter

    if until is None and given["none"] is None:
        raise click.UsageError("No filter was given. Use FILTER or --none FILTER.")
    places, _ = ctx.obj
    criteria = Criteria(until, given["count"], given["none"], given["within"], options.job_fields_from(given))
    accounts = AccountFilter(given["api_url"], given["token"])
    db, since_seq = given["db"], given["since_seq"]
    named = history_options(db, places)
    ctx.exit(run(db or places.deliveries, criteria, accounts, since_seq=since_seq, output=output, options=named))


@command(
    short_help="Send stored deliveries to an app again.",
    examples=(
        "webhook-tui replay 12 13 --to localhost:3000/webhooks",
        "webhook-tui replay --filter 'verdict:invalid' --to localhost:3000 --re-sign",
    ),
)
@options.history_options
@options.filter_option
@click.option("--to", "url", type=options.URL, required=True, help="Where to.")
@click.option("--re-sign", is_flag=True, help="Sign with the current secret of the delivery's account.")
@options.secret_option("With --re-sign: sign with this secret instead.")
@options.option("--forward-anywhere", is_flag=True, help="Allow a URL that is not on this machine.")
@options.option(
    "--keep-links", is_flag=True, help="Send signatures in links to another machine, too. Default: blanked."
)
@options.job_id_option
@click.argument("seqs", metavar="[SEQ]...", type=click.IntRange(1), nargs=-1)
@click.pass_context
def replay(ctx: click.Context, /, seqs: tuple[int, ...], url: str, **given: Any) -> None:
    """Send deliveries SEQ..., or those that pass --filter, to a URL, one after the other, unchanged.

    To another machine (--forward-anywhere), the signatures in links are blanked unless --keep-links.

    Exit code 0: all were answered 2xx, 1: not.
    """
    from datetime import UTC, datetime

    from webhook_tui.headless.replay import ReplayPlan
    from webhook_tui.headless.replay import replay as run

    if seqs and given["filter"] is not None:
        raise click.UsageError("Numbers and --filter exclude each other.")
    if not seqs and given["filter"] is None:
        raise click.UsageError("No delivery was named. Give numbers, or --filter FILTER.")
    places, _ = ctx.obj
    with history_query(ctx, given) as history:
        chosen = seqs or tuple(
            history.seqs(given["filter"].expression, datetime.now(UTC), job_fields=options.job_fields_from(given))
        )
        if not chosen:
            raise ProblemError(messages.NO_MATCHES)
        for seq in chosen:
            history.stored(seq)
        secrets = None
        if given["re_sign"]:
            secrets = _secrets({history.account(seq) for seq in chosen}, one_secret(given), places.accounts)
        ctx.exit(run(history, ReplayPlan(chosen, url, given["forward_anywhere"], secrets, given["keep_links"])))


def _secrets(accounts: Iterable[Account], given: Secret | None, path: Path) -> Mapping[Account, Secret]:
    """The secret to sign with of each account. Raises ProblemError when one has none."""
    from webhook_tui.headless.signing.stored_accounts import stored_ring

    secrets = {}
    for account in accounts:
        known = stored_ring(path, account).newest
        secret = given or (None if known is None else known.secret)
        if secret is None:
            raise ProblemError(messages.no_secret_to_sign(account.api_url))
        secrets[account] = secret
    return secrets
