"""`webhook-tui replay`: send stored deliveries to an app again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from webhook_tui.cli.help import command
from webhook_tui.cli.options import FILTER, SECRET, URL, history_options, job_fields_from, option
from webhook_tui.config import read_secret_file
from webhook_tui.domain.errors import ProblemError
from webhook_tui.headless import messages

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from webhook_tui.domain.account import Account
    from webhook_tui.domain.signature.secret import Secret


@command(
    short_help="Send stored deliveries to an app again.",
    examples=(
        "webhook-tui replay 12 13 --to localhost:3000/webhooks",
        "webhook-tui replay --filter 'verdict:invalid' --to localhost:3000 --re-sign",
    ),
)
@history_options
@option("--filter", type=FILTER, help="Those that pass: the filter of the screen.")
@click.option("--to", "url", type=URL, required=True, help="Where to.")
@click.option("--re-sign", is_flag=True, help="Sign with the current secret of the delivery's account.")
@option("--secret", type=SECRET, help="With --re-sign: sign with this secret instead.")
@click.option("--secret-file", type=click.Path(path_type=Path, dir_okay=False), help="The same from a file.")
@option("--forward-anywhere", is_flag=True, help="Allow a URL that is not on this machine.")
@option("--keep-links", is_flag=True, help="Send signatures in links to another machine, too. Default: blanked.")
@option("--job-id-field", multiple=True, metavar="FIELD", help="Where a job id stands, for job:X; repeatable.")
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
    from webhook_tui.storage.history_query import AccountFilter, HistoryQuery

    if bool(seqs) == (given["filter"] is not None):
        raise click.UsageError("No delivery was named. Give numbers, or --filter FILTER.")
    places, _ = ctx.obj
    accounts = AccountFilter(given["api_url"], given["token"])
    with HistoryQuery(given["db"] or places.deliveries, accounts) as history:
        chosen = seqs or tuple(
            history.seqs(given["filter"].expression, datetime.now(UTC), job_fields=job_fields_from(given))
        )
        if not chosen:
            raise ProblemError(messages.NO_MATCHES)
        for seq in chosen:
            history.stored(seq)
        secrets = None
        if given["re_sign"]:
            secret = given["secret"] if given["secret_file"] is None else read_secret_file(given["secret_file"])
            secrets = _secrets({history.account(seq) for seq in chosen}, secret, places.accounts)
        ctx.exit(run(history, ReplayPlan(chosen, url, given["forward_anywhere"], secrets, given["keep_links"])))


def _secrets(accounts: Iterable[Account], given: Secret | None, path: Path) -> Mapping[Account, Secret]:
    """The secret to sign with of each account. Raises ProblemError when one has none."""
    from webhook_tui.headless.signing.stored_accounts import stored_ring

    secrets = {}
    for account in accounts:
        ring = stored_ring(path, account)
        known = ring.current or next(iter(ring.newest_first()), None)
        secret = given or (None if known is None else known.secret)
        if secret is None:
            raise ProblemError(messages.no_secret_to_sign(account.api_url))
        secrets[account] = secret
    return secrets
