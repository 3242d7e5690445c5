"""`webhook-tui check`: a test of the user's own handler."""

from __future__ import annotations

from typing import Any

import click

from webhook_tui.cli.options import FILE, SECONDS, SECRET, URL, option
from webhook_tui.cli.settings import one_secret


@click.command()
@option("--secret", type=SECRET, help="The signing secret that the handler uses.")
@option("--secret-file", type=FILE, help="The same from a file.")
@click.option("--format", "output", type=click.Choice(["text", "json", "junit"]), default="text", show_default=True)
@click.option("--timeout", type=SECONDS, default=10.0, show_default=True, help="Seconds to wait for each answer.")
@click.option("--anywhere", is_flag=True, help="Allow a handler on another machine; it must be yours.")
@click.argument("url", type=URL)
@click.pass_context
def check(ctx: click.Context, /, url: str, **given: Any) -> None:
    """Test your handler with valid, forged and malformed deliveries, and explain failures.

    Exit code 0: all passed, 1: not.
    """
    from webhook_tui.headless.signing.check import run

    secret = one_secret(given)
    if secret is None:
        raise click.UsageError("No secret was given. Use --secret or --secret-file with the handler's own.")
    ctx.exit(run(url, secret, anywhere=given["anywhere"], timeout_seconds=given["timeout"], output=given["output"]))
