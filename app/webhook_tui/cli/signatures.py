"""Commands about signatures: `verify`, `send`, `check`, `secret`, `forget`."""

from __future__ import annotations

import contextlib
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from webhook_tui.cli import options
from webhook_tui.cli.help import command
from webhook_tui.cli.settings import all_secrets, leave, one_secret, token_settings
from webhook_tui.domain.url import UrlError, normalized_url
from webhook_tui.headless import messages

if TYPE_CHECKING:
    from webhook_tui.places import Places


@command(
    short_help="Verify a payload's signature offline.",
    examples=(
        "webhook-tui verify --secret-file secret.txt --signature sha256=... body.json",
        "webhook-tui verify --secret-file secret.txt --delivery request.txt",
    ),
)
@options.secret_options("A signing secret")
@options.option("--signature", help="The value of X-Webhook-Signature. Default: the header is missing.")
@options.option(
    "--delivery",
    type=options.FILE,
    help="Headers and body in one file: an HTTP request, or a line of `listen --format json`.",
)
@options.output_format("text", "json", envvar="WEBHOOK_TUI_FORMAT")
@options.option(
    "--timeout",
    type=click.FloatRange(0, 3600),
    default=3.0,
    show_default=True,
    metavar="SECONDS",
    help="Time limit of the search for the cause.",
)
@click.argument("file", type=click.File("rb"), default="-")
@click.pass_context
def verify(ctx: click.Context, /, file: BinaryIO, **given: Any) -> None:
    """Verify a payload's signature offline and, if it is not valid, find the cause.

    FILE holds the raw body; - is standard input. Exit code 0: valid, 1: not.
    """
    from webhook_tui.headless.signing.verify import header_value, run

    secrets = all_secrets(given)
    if not secrets:
        raise click.UsageError("No secret was given. Use --secret or --secret-file.")
    delivery, signature = given["delivery"], header_value(given["signature"])
    ctx.exit(run(secrets, signature, delivery, file, output=given["output"], seconds=given["timeout"]))


@command(
    short_help="Send one event, signed as PiktID signs it.",
    examples=(
        "webhook-tui send ping",
        "webhook-tui send batch_edit localhost:3000/webhooks --secret-file secret.txt",
        "webhook-tui send --seq 12 --edit localhost:3000/webhooks",
    ),
)
@options.secret_option("The signing secret. Default: the current one of the token's account.")
@click.option("--file", "file", type=click.File("rb"), help="The body; - is standard input. Default: a sample.")
@click.option(
    "--seq", type=click.IntRange(1), metavar="N", help="Send the body and the event name of this stored delivery."
)
@options.option("--db", type=options.FILE, help="The history file for --seq.")
@click.option("--edit", is_flag=True, help="Open the body in $EDITOR first, then sign and send it.")
@options.timeout_option("the answer")
@options.option("--token", type=options.TOKEN, envvar="PIKTID_TOKEN", help="API token (better: PIKTID_TOKEN).")
@options.api_url_option
@click.argument("event", required=False)
@click.argument("url", type=options.URL, required=False)
@click.pass_context
def send(ctx: click.Context, /, event: str | None, url: str | None, **given: Any) -> None:
    """Send one event, signed as PiktID signs it: batch_edit, image_result, identity_preprocessing, ping, or any other.

    Without a URL it goes to the webhook that a running webhook-tui registered. With --seq the EVENT may be left out.
    Exit code 0: answered 2xx, 1: not.
    """
    from webhook_tui.domain.account import Account
    from webhook_tui.headless.signing.send import run
    from webhook_tui.headless.signing.stored_accounts import registered_url, stored_ring, stored_token

    places, _ = ctx.obj
    if given["seq"] is not None and url is None and event is not None:
        with contextlib.suppress(UrlError):  # then it is the name of an event
            url, event = normalized_url(event), None
    account = Account.of(given["api_url"], given["token"] or stored_token(places.accounts, given["api_url"]))
    current = stored_ring(places.accounts, account).current
    secret = one_secret(given) or (None if current is None else current.secret)
    url = url or registered_url(places.accounts, account)
    if secret is None:
        raise click.UsageError("No secret was given. Use --secret or --secret-file, or a token whose webhook has one.")
    if url is None:
        raise click.UsageError("No URL was given, and no running webhook-tui registered one for this token.")
    event, body = _event_to_send(event, given, places)
    ctx.exit(run(event, url, secret, body, timeout_seconds=given["timeout"]))


def _event_to_send(event: str | None, given: dict[str, Any], places: Places) -> tuple[str, bytes]:
    from webhook_tui.editor import edit
    from webhook_tui.headless.signing.send import stored_event
    from webhook_tui.sandbox.jobs import sample_body

    seq = given["seq"]
    if seq is not None and given["file"] is not None:
        raise click.UsageError("--file and --seq exclude each other.")
    if seq is not None:
        own, body = stored_event(given["db"] or places.deliveries, seq)
        event = event or own
    elif event:
        body = given["file"].read() if given["file"] is not None else sample_body(event)
    if not event:
        raise click.UsageError("No event was given. Name one, such as ping, or a stored delivery that has one: --seq.")
    return event, edit(body, seq) if given["edit"] else body


@command(
    short_help="Test your handler with valid, forged and malformed deliveries.",
    examples=(
        "webhook-tui check localhost:3000/webhooks --secret-file secret.txt",
        "webhook-tui check localhost:3000 --secret-file secret.txt --format junit",
    ),
)
@options.secret_option("The signing secret that the handler uses.")
@options.output_format("text", "json", "junit")
@options.timeout_option("each answer")
@click.option("--anywhere", is_flag=True, help="Allow a handler on another machine; it must be yours.")
@click.argument("url", type=options.URL)
@click.pass_context
def check(ctx: click.Context, /, url: str, **given: Any) -> None:
    """Test your handler with valid, forged and malformed deliveries, and explain failures.

    Exit code 0: all passed, 1: not.
    """
    from webhook_tui.headless.signing.send import check_handler

    secret = one_secret(given)
    if secret is None:
        raise click.UsageError("No secret was given. Use --secret or --secret-file with the handler's own.")
    ctx.exit(
        check_handler(url, secret, anywhere=given["anywhere"], timeout_seconds=given["timeout"], output=given["output"])
    )


@command(
    short_help="Print the account's current signing secret.",
    examples=(
        "(umask 077; webhook-tui secret > secret.txt)",
        "webhook-tui secret --list",
        "webhook-tui secret --remove 3fa9",
    ),
)
@options.token_options
@click.option("--list", "is_list", is_flag=True, help="List the account's secrets by id, without revealing them.")
@click.option("--remove", metavar="ID", help="Remove the secret with this id. A running session keeps it.")
@click.pass_context
def secret(ctx: click.Context, /, *, is_list: bool, remove: str | None, **given: Any) -> None:
    """Print the account's current signing secret and nothing else. Exit code 1: there is none."""
    from webhook_tui.headless.signing.stored_accounts import current_secret, listed, remove_secret, with_stored_token

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


@command(examples=("webhook-tui forget",))
@options.api_url_option
@click.pass_obj
def forget(obj: tuple[Places, dict[str, Any]], api_url: str) -> None:
    """Delete the stored API token."""
    from webhook_tui.headless.signing.stored_accounts import forget_token

    places, _ = obj
    click.echo("The token was deleted." if forget_token(places.accounts, api_url) else "No token is stored.")
