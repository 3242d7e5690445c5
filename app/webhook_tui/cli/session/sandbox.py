"""`webhook-tui sandbox`: the embedded PiktID alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from webhook_tui.cli.help import command
from webhook_tui.cli.options import PLAY, TOKEN, option

if TYPE_CHECKING:
    from webhook_tui.domain.scenario.scenario import Scenario
    from webhook_tui.domain.signature.secret import Secret


@command(
    short_help="Serve the embedded PiktID to any client.",
    examples=(
        "webhook-tui sandbox --port 8080 --play",
        "webhook-tui sandbox --play recorded.json --speed 10",
    ),
)
@option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@option(
    "--port", type=click.IntRange(0, 65_535), metavar="N", default=8080, show_default=True, help="Port to listen on."
)
@option("--token", type=TOKEN, help="Accept this API token only. Default: any.")
@option(
    "--play",
    type=PLAY,
    is_flag=False,
    flag_value="",
    metavar="[FILE]",
    help="Play sample jobs, or the scenario in FILE, to the registered webhook.",
)
@option(
    "--speed",
    type=click.FloatRange(0.01, 1000),
    default=1.0,
    show_default=True,
    metavar="X",
    help="With --play FILE: play X times as fast as recorded.",
)
@option("--misbehave", is_flag=True, help="With --play: sign some deliveries incorrectly.")
@click.pass_context
def sandbox(
    ctx: click.Context,
    /,
    host: str,
    port: int,
    token: Secret | None,
    play: Scenario | bool | None,
    speed: float,
    misbehave: bool,
) -> None:
    """Serve the embedded PiktID to any client: curl, your own app, another webhook-tui."""
    from webhook_tui.headless.sandbox import serve_sandbox

    ctx.exit(serve_sandbox(host=host, port=port, token=token, play=play, speed=speed, with_faults=misbehave))
