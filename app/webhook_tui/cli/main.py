"""The command line: the default command, and all others added to it. What a command needs is imported when it runs."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, NoReturn

import click
from msgspec.structs import replace

from webhook_tui import __version__
from webhook_tui.cli.config import (
    config_warnings,
    default_map,
    places_and_config,
    profile_option,
)
from webhook_tui.cli.help import Group
from webhook_tui.cli.options import screen_options, shared_options
from webhook_tui.cli.settings import has_screen, leave, note, reopen_terminal, run_settings
from webhook_tui.config import Settings, read_config
from webhook_tui.domain.errors import Problem, ProblemError
from webhook_tui.encoding import configure_streams
from webhook_tui.headless import messages
from webhook_tui.log import log_to, tell_of_crashes
from webhook_tui.places import Places
from webhook_tui.signals import exit_on_signals, held_signals
from webhook_tui.streams import OutputError, prepare_streams

_EXAMPLES = (
    "webhook-tui --sandbox                   no account, no internet",
    "PIKTID_TOKEN=... webhook-tui            the screen, a tunnel, registered",
    "webhook-tui listen --format json        the same as lines for a program",
    "webhook-tui sandbox --port 8080         an embedded PiktID for any client",
)

_NOT_READ = 141
"""Exit code when the reader of standard output has left: 128 and the number of SIGPIPE."""

_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 110}


def main() -> NoReturn:
    """Run the command line and exit; a problem is one line on standard error."""
    prepare_streams()
    configure_streams()
    places = Places.of_user()
    log_to(places.log)
    tell_of_crashes()
    try:
        config = read_config(places.config_file)
        warnings = list(config_warnings(config, root))
        for warning in warnings:
            note(warning.sentence())
        try:
            root.main(prog_name="webhook-tui", obj=(places, config), default_map=default_map(config))
        except SystemExit:
            sys.stdout.flush()
            raise
    except ProblemError as error:
        leave(error.problem)
    except OutputError as error:
        if error.is_unread:
            sys.exit(_NOT_READ)
        leave(messages.output_failed(error.reason))
    raise AssertionError("click always exits")


def _sections() -> Mapping[str, Sequence[click.Command]]:
    """Import every command."""
    from webhook_tui.cli.archive import export, import_deliveries
    from webhook_tui.cli.config import config_commands
    from webhook_tui.cli.contract import check_deliveries, contract
    from webhook_tui.cli.history import list_deliveries, replay, show, wait, why
    from webhook_tui.cli.mcp import serve_mcp
    from webhook_tui.cli.sessions import listen, run, sandbox
    from webhook_tui.cli.setup import completion, doctor, keys, paths, status
    from webhook_tui.cli.signatures import check, forget, secret, send, verify

    sections = {
        "Sessions": (listen, run, sandbox),
        "History": (list_deliveries, show, why, wait, replay, export, import_deliveries, contract),
        "Signatures": (verify, check, send, secret, forget),
        "Setup": (status, doctor, config_commands, paths, keys, completion, serve_mcp),
    }
    for command in (*chain(*sections.values()), *config_commands.commands.values(), check_deliveries):
        profile_option(command)
    return sections


@click.group(
    cls=Group,
    invoke_without_command=True,
    context_settings=_CONTEXT,
    examples=_EXAMPLES,
    sections=_sections,
)
@shared_options
@screen_options
@click.version_option(__version__, "--version", prog_name="webhook-tui", message="%(prog)s %(version)s")
@click.pass_context
def root(ctx: click.Context, /, **given: Any) -> None:
    """See PiktID's webhooks arrive on this machine: which are really from PiktID, and what is wrong with the others."""
    if ctx.invoked_subcommand is not None:
        return
    settings = run_settings(ctx, given)
    if given["token_stdin"]:
        reopen_terminal()
    if not has_screen():
        note("Not a terminal; running `webhook-tui listen`.")
        from webhook_tui.cli.sessions import listen_with

        listen_with(settings)
    _screen(replace(settings, warnings=_config_warnings(ctx)))


profile_option(root)


def _config_warnings(ctx: click.Context) -> tuple[Problem, ...]:
    """Warnings that the screen repeats, because it covers standard error."""
    _, _, config = places_and_config(ctx)
    return tuple(config_warnings(config, root))


def _screen(settings: Settings) -> NoReturn:
    exit_on_signals()
    with held_signals():
        from webhook_tui.ui.launch import run
    sys.exit(run(settings))
