"""`webhook-tui run`: a command beside a session of its own."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from webhook_tui.cli.options import FILE, criteria_from, expectation_options, output_format, shared_options
from webhook_tui.cli.settings import run_settings, with_token
from webhook_tui.domain.jobs.job import JOB_FIELDS

RUN_SECONDS = 30.0
"""Seconds that `run` waits for deliveries after its command, unless --within is given."""


@click.command()
@shared_options
@expectation_options
@click.option("--secret-out", type=FILE, help="Write the signing secret to a file (0600) each time that it changes.")
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

    criteria = criteria_from(given, job_fields=given["job_id_field"] or JOB_FIELDS, within=RUN_SECONDS)
    line = CommandLine(command, dict(os.environ), given.pop("secret_out"))
    settings = with_token(run_settings(ctx, given))
    sys.exit(run_command(settings, line, criteria, since_seq=since_seq, output=output))
