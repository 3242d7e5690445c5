"""`webhook-tui doctor`: what this machine lacks, and a report for a bug report."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from webhook_tui.cli.help import command, hide_options
from webhook_tui.cli.options import FILE, NotifyType, option, output_format, settings_from, shared_options
from webhook_tui.cli.settings import note
from webhook_tui.cli.setup.config_file import config_warnings, places_and_config
from webhook_tui.cli.setup.config_show import option_text, option_values
from webhook_tui.config import Settings


@command(
    short_help="Check what this machine lacks.",
    examples=(
        "webhook-tui doctor",
        "webhook-tui doctor --tunnel none --port 8000",
        "webhook-tui doctor --bundle report.txt",
    ),
)
@shared_options
@option("--theme", hidden=True)
@option("--notify", type=NotifyType(), hidden=True)
@option("--ascii", "ascii", is_flag=True, hidden=True)
@click.option("--bundle", "bundle_path", type=FILE, help="Write a redacted report for a bug report to this file.")
@output_format("text", "json")
@click.pass_context
def doctor(ctx: click.Context, /, output: str, bundle_path: Path | None, **given: Any) -> None:
    """Check what is needed with these options: ssh client, port, token, PiktID's API and clock, keyring, history.

    Each is OK, or says what is missing and what to do. Nothing is registered. Exit code 0: nothing is missing, 1: not.
    """
    import asyncio

    from webhook_tui.encoding import is_utf8
    from webhook_tui.export.files import write_file
    from webhook_tui.export.json_lines import as_line
    from webhook_tui.headless.setup.bundle import bundle
    from webhook_tui.headless.setup.check import checks_page, checks_record, is_ok
    from webhook_tui.headless.setup.doctor import log_files, run_checks
    from webhook_tui.headless.setup.status import StatusRequest
    from webhook_tui.headless.signing.stored_accounts import all_stored_secrets, with_stored_token

    places, config, whole = places_and_config(ctx)
    settings = with_stored_token(settings_from(ctx, given, config=config, places=places))
    root = ctx.find_root().command
    assert isinstance(root, click.Group)
    request = StatusRequest(
        api_url=settings.api_url,
        token=settings.token,
        source=None,
        history=settings.deliveries_path or places.deliveries,
        accounts=places.accounts,
        profile=places.profile,
    )
    checks = asyncio.run(run_checks(settings, request, list(config_warnings(whole, root))))
    if output == "json":
        sys.stdout.write(as_line(checks_record(checks)))
    else:
        sys.stdout.write(f"{checks_page(checks, in_ascii=not is_utf8())}\n")
    if bundle_path is not None:
        options = [
            (one.name, option_text(one.value), one.origin) for one in option_values(ctx) if one.source != "default"
        ]
        secrets = (*all_stored_secrets(places.accounts), *_secrets_of(settings))
        text = bundle(checks, options, log_files(settings), secrets)
        write_file(bundle_path, iter([text.encode("utf-8")]), to_terminal=True)
        note(f"Report written to {bundle_path}. Read it, then attach it to a bug report.")
    ctx.exit(0 if is_ok(checks) else 1)


_CHECKED = (
    *("token", "token_file", "token_stdin", "use_sandbox", "api_url", "no_register"),
    *("hook_url", "tunnel", "ssh_server", "tunnel_command", "host", "port", "db", "ephemeral"),
)
"""Options that make a difference to the checks."""
hide_options(doctor, but=(*_CHECKED, "output", "bundle_path"))


def _secrets_of(settings: Settings) -> list[Any]:
    """The secrets of this call."""
    given = [settings.token, settings.ngrok_authtoken, *settings.secrets, *settings.file_secrets]
    return [secret for secret in given if secret is not None]
