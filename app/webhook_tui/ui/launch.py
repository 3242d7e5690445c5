"""One run with the screen: the session's process, the app over it, and the line that counts what is shut down.

The process is started before anything of Textual is imported: two cores import side by side.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
from datetime import datetime
from typing import TYPE_CHECKING

from webhook_tui.config import Settings
from webhook_tui.domain.errors import ExitCode
from webhook_tui.encoding import is_utf8
from webhook_tui.named_filters import NamedFilters
from webhook_tui.session.process.launcher import SessionLauncher
from webhook_tui.session.process.session_process import STOP_SECONDS, SessionProcess
from webhook_tui.signals import held_signals

if TYPE_CHECKING:
    from webhook_tui.ui.app import WebhookTuiApp


def run(settings: Settings) -> int:
    """Show the screen until the user leaves; returns the exit code.

    Raises ProblemError, before the screen opens, when the session cannot start: its port is busy, for example. Raises
    SystemExit for a signal before the screen opens, when the session has ended, and for one while it shuts down, at
    once: the session goes on by itself.
    """
    launcher = SessionLauncher(settings)
    try:
        app = _started(settings, launcher)
        return _show(app, launcher)
    finally:
        with held_signals():
            launcher.close()


def _started(settings: Settings, launcher: SessionLauncher) -> WebhookTuiApp:
    try:
        with held_signals():
            process = launcher.start()
        with held_signals(process.stop):
            app = _app(settings, process, launcher)
            process.wait_until_bound()
        app.take_signals()
    except BaseException:
        launcher.end()
        raise
    return app


def _app(settings: Settings, process: SessionProcess, launcher: SessionLauncher) -> WebhookTuiApp:
    from webhook_tui.ui.app import WebhookTuiApp  # noqa: PLC0415 -- Textual, while the session starts
    from webhook_tui.ui.preferences import PreferencesFile  # noqa: PLC0415 -- the same

    return WebhookTuiApp(
        process,
        now=_local_now,
        in_ascii=settings.ascii or not is_utf8(),
        images=settings.images,
        theme_name=settings.theme,
        sandbox=launcher.start_sandbox,
        restart=launcher.restart,
        keymap=settings.keymap,
        preferences=PreferencesFile(settings.places.preferences),
        filters=NamedFilters(settings.places.config_file, settings.filters),
    )


def _show(app: WebhookTuiApp, launcher: SessionLauncher) -> int:
    from webhook_tui.ui.terminal.shutdown_line import finish_shutdown  # noqa: PLC0415 -- imports Textual

    gc.freeze()  # what was imported stays
    gc.set_threshold(50_000, 10, 10)
    ended = threading.Event()
    watching = threading.Thread(target=_end_anyway, args=(app, launcher, ended), name="end", daemon=True)
    watching.start()
    try:
        app.run()
    finally:
        app.host.leave()
        if finish_shutdown(app.host, sys.stderr, seconds=STOP_SECONDS + 0.5):
            launcher.end()
        ended.set()
    return app.return_code if app.return_code is not None else ExitCode.FAILURE


def _end_anyway(app: WebhookTuiApp, launcher: SessionLauncher, ended: threading.Event) -> None:
    """A terminal that is gone can block Textual's own end for ever: end without it once the session has shut down."""
    code = app.leaving.get()
    app.host.join(STOP_SECONDS + 0.5)
    if not ended.wait(STOP_SECONDS):
        launcher.end()
        launcher.close()
        os._exit(code)


def _local_now() -> datetime:
    return datetime.now().astimezone()
