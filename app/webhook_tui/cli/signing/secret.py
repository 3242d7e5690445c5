"""`webhook-tui secret` and `forget`: the signing secrets and the token that are stored."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from webhook_tui.cli.help import command
from webhook_tui.cli.options import URL, option, token_options, token_settings
from webhook_tui.cli.settings import leave
from webhook_tui.config import API_URL
from webhook_tui.headless import messages

if TYPE_CHECKING:
    from webhook_tui.places import Places


@command(
    short_help="Print the account's current signing secret.",
    examples=(
        "webhook-tui secret > secret.txt",
        "webhook-tui secret --list",
        "webhook-tui secret --remove 3fa9",
    ),
)
@token_options
@click.option("--list", "is_list", is_flag=True, help="List the account's secrets by id, without revealing them.")
@click.option("--remove", metavar="ID", help="Remove the secret with this id. A running session keeps it.")
@click.pass_context
def secret(ctx: click.Context, /, *, is_list: bool, remove: str | None, **given: Any) -> None:
    """Print the account's current signing secret and nothing else. Exit code 1: there is none."""
    from webhook_tui.headless.signing.secrets import current_secret, listed, remove_secret
    from webhook_tui.headless.signing.stored_accounts import with_stored_token

    settings = with_stored_token(token_settings(ctx, given, ctx.obj[0]))
    if remove is not None:
        click.echo(f"Secret {remove_secret(settings, remove)} removed.")
        return
    if is_list:
        click.echo(listed(settings, datetime.now().astimezone()) or "No secret is stored.")
        return
    current = current_secret(settings)
    if current is None:
        leave(messages.NO_CURRENT_SECRET)
    click.echo(current.reveal())


@command(
    examples=("webhook-tui forget",),
)
@option("--api-url", type=URL, default=API_URL, show_default=True, help="API base URL.")
@click.pass_obj
def forget(obj: tuple[Places, dict[str, Any]], api_url: str) -> None:
    """Delete the stored API token."""
    from webhook_tui.headless.signing.stored_accounts import forget_token

    places, _ = obj
    click.echo("The token was deleted." if forget_token(places.accounts, api_url) else "No token is stored.")
