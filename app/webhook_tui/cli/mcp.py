"""`webhook-tui mcp`: the history and the running session for coding agents, over standard input and output."""

from __future__ import annotations

import signal
import sys
from typing import Any

import click

from webhook_tui.cli.help import command
from webhook_tui.cli.options import account_options, plain_option
from webhook_tui.cli.settings import note
from webhook_tui.cli.setup import status_request
from webhook_tui.domain.errors import ProblemError
from webhook_tui.headless import messages

_MAJOR = "2"
"""Of the SDK's versions."""


@command(
    "mcp",
    short_help="Serve the history and the session to a coding agent.",
    examples=(
        "webhook-tui mcp",
        "webhook-tui mcp --allow-write --profile staging",
    ),
)
@account_options
@plain_option("--allow-write", is_flag=True, help="Offer the tools that send: test ping, replay, simulated events.")
@click.pass_context
def serve_mcp(ctx: click.Context, /, *, allow_write: bool, **given: Any) -> None:
    """Serve the Model Context Protocol on standard input and output: a coding agent starts this command.

    Its tools read the history, explain signatures and wait for deliveries. Needs the extra webhook-tui[mcp].
    """
    _check_extra()
    from webhook_tui.headless.mcp.server import serve

    if sys.stdin.isatty():
        note("A coding agent starts this command and talks to it; ctrl+c ends it.")
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # the SDK would wait for the next line of its input first
    serve(status_request(ctx, given), allow_write=allow_write)


def _check_extra() -> None:
    """Raise ProblemError when the SDK is not installed, or is one whose interface is another."""
    import importlib.metadata
    import importlib.util

    try:
        found = importlib.util.find_spec("mcp.server") is not None
        release = importlib.metadata.version("mcp")
    except (ImportError, ValueError):
        found, release = False, ""
    if not found:
        raise ProblemError(messages.MCP_MISSING)
    if release.partition(".")[0] != _MAJOR:
        raise ProblemError(messages.mcp_of_other_version(_MAJOR, release))
