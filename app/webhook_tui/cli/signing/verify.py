"""`webhook-tui verify`: one signature, offline."""

from __future__ import annotations

from typing import Any, BinaryIO

import click

from webhook_tui.cli.help import command
from webhook_tui.cli.options import FILE, SECRET, option
from webhook_tui.cli.settings import all_secrets


@command(
    short_help="Verify a payload's signature offline.",
    examples=(
        "webhook-tui verify --secret-file secret.txt --signature sha256=... body.json",
        "webhook-tui verify --secret-file secret.txt --delivery line.json body.json",
    ),
)
@option("--secret", type=SECRET, multiple=True, help="A signing secret; repeatable.")
@option("--secret-file", type=FILE, multiple=True, help="The same from a file; repeatable.")
@option("--signature", help="The value of X-Webhook-Signature. Default: the header is missing.")
@option("--delivery", type=FILE, help="A delivery with its headers, as `listen --format json` prints it.")
@option(
    "--format",
    "output",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print it.",
)
@option(
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
    from webhook_tui.headless.signing.verify import run

    secrets = all_secrets(given)
    if not secrets:
        raise click.UsageError("No secret was given. Use --secret or --secret-file.")
    ctx.exit(
        run(secrets, given["signature"], given["delivery"], file, output=given["output"], seconds=given["timeout"])
    )
