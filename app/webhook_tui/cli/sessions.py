"""Commands that run until they are stopped: `listen`, `run`, `sandbox`."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, NoReturn

import click

from webhook_tui.cli.help import command
from webhook_tui.cli.options import (
    FILE,
    FILTER,
    PLAY,
    TOKEN,
    criteria_from,
    expectation_options,
    job_fields_from,
    option,
    output_format,
    plain_option,
    shared_options,
)
from webhook_tui.cli.settings import run_settings, with_token

if TYPE_CHECKING:
    from webhook_tui.config import Settings
    from webhook_tui.domain.scenario import Scenario
    from webhook_tui.domain.signature.secret import Secret
    from webhook_tui.headless.listen import ListenOptions


RUN_SECONDS = 30.0
"""Seconds that `run` waits for deliveries after its command, unless --within is given."""


@command(
    short_help="Receive, verify and print deliveries.",
    examples=(
        "webhook-tui listen --sandbox",
        "webhook-tui listen --format json | jq .verdict",
        "webhook-tui listen --until 'event:batch_edit' --within 60",
        "webhook-tui listen --forward-to localhost:3000/webhooks",
    ),
)
@shared_options
@expectation_options
@output_format("text", "json", "junit", envvar="WEBHOOK_TUI_FORMAT")
@option("--filter", type=FILTER, help="Print only matching deliveries.")
@option("--exec", "command", metavar='"PROG ARGS"', help="Run for each valid delivery, its JSON on standard input.")
@click.pass_context
def listen(ctx: click.Context, /, output: str, since_seq: int | None, **given: Any) -> None:
    """Receive, verify and print deliveries: lines for people, or NDJSON on standard output.

    With --until or --none it ends by itself; --format junit then prints the outcome only.
    """
    from webhook_tui.headless.listen import ListenOptions

    criteria = criteria_from(given, job_fields=job_fields_from(given))
    if output == "junit" and criteria is None:
        raise click.UsageError("--format junit needs --until FILTER or --none FILTER.")
    chosen, command = given.pop("filter"), given.pop("command")
    listen_with(run_settings(ctx, given), ListenOptions(output, criteria, since_seq, chosen, command))


def listen_with(settings: Settings, options: ListenOptions | None = None) -> NoReturn:
    """Listen and exit; without a token, a terminal is prompted for it."""
    from webhook_tui.headless.listen import ListenOptions
    from webhook_tui.headless.listen import listen as run

    sys.exit(run(with_token(settings), options or ListenOptions()))


@command(
    short_help="Run a command beside a webhook of its own.",
    examples=(
        "webhook-tui run -- npm test",
        "webhook-tui run --until 'event:ping' --within 20 -- ./start-job.sh",
        "webhook-tui run --secret-out secret.txt -- python3 app.py",
    ),
)
@shared_options
@expectation_options
@plain_option("--secret-out", type=FILE, help="Write the signing secret to a file (0600) each time that it changes.")
@output_format("text", "junit")
@click.argument("command", metavar="-- CMD [ARGS]...", nargs=-1, required=True, type=click.UNPROCESSED)
@click.pass_context
def run(ctx: click.Context, /, command: tuple[str, ...], since_seq: int | None, output: str, **given: Any) -> None:
    """Register a webhook, run CMD beside it, delete the webhook; exit with CMD's exit code.

    CMD finds WEBHOOK_TUI_URL, WEBHOOK_TUI_PORT and WEBHOOK_TUI_SECRET in its environment. With --until, after CMD ended
    with 0, missing deliveries are awaited for 30 s, or as long as --within says.
    """
    from webhook_tui.headless.command_run import CommandLine
    from webhook_tui.headless.listen import run_command

    criteria = criteria_from(given, job_fields=job_fields_from(given), within=RUN_SECONDS)
    line = CommandLine(command, dict(os.environ), given.pop("secret_out"))
    settings = with_token(run_settings(ctx, given))
    sys.exit(run_command(settings, line, criteria, since_seq=since_seq, output=output))


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
