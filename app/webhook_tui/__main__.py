"""The `webhook-tui` command, also as `python -m webhook_tui`.

It decides from the bare arguments whether the screen will open, and then starts the session's process first: until the
command line is parsed, that has imported most of what it needs.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Mapping, Sequence
from typing import NoReturn

from webhook_tui.signals import exit_on_signals, held_signals

_ENDS_AT_ONCE = frozenset({"-h", "--help", "--help-all", "--version"})


def main() -> NoReturn:
    """Run the command line and leave with its exit code."""
    gc.set_threshold(500_000, 10, 10)  # what is imported stays: looking for garbage in it is a tenth of the start
    if opens_screen(sys.argv[1:], os.environ):
        _run_with_session()
    from webhook_tui.cli.main import main as run  # noqa: PLC0415 -- slow

    run()


def _run_with_session() -> NoReturn:
    """Start the session's process, then run. A signal during the imports ends both as soon as they are done."""
    exit_on_signals()
    with held_signals():
        from webhook_tui.places import Places  # noqa: PLC0415 -- other ways in need none of it
        from webhook_tui.session.process.spawn import discard_early, spawn_early  # noqa: PLC0415 -- as above
    try:
        with held_signals():
            spawn_early(Places.of_user().session_errors)
            from webhook_tui.cli.main import main as run  # noqa: PLC0415 -- slow, and the session's process comes first
        run()
    finally:
        discard_early()


def opens_screen(arguments: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Whether these arguments probably open the screen; a wrong guess costs time only."""
    if arguments and (not arguments[0].startswith("-") or not _ENDS_AT_ONCE.isdisjoint(arguments)):
        return False
    is_completing = "_WEBHOOK_TUI_COMPLETE" in environ
    return not is_completing and environ.get("TERM") not in (None, "", "dumb") and all(map(os.isatty, (0, 1, 2)))


if __name__ == "__main__":
    main()
