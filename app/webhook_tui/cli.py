"""The command line."""

from __future__ import annotations

import click

from webhook_tui import __version__


@click.group()
@click.version_option(__version__, prog_name="webhook-tui")
def main() -> None:
    """See PiktID's webhooks arrive, judged."""
