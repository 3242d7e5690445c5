"""One run with the screen: the session's process, the app over it, and the line that counts what is shut down.

The process is started before anything of Textual is imported: two cores import side by side.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import threading
from collections.abc import Iterator
from datetime import datetime
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from webhook_tui.config import Settings
from webhook_tui.domain.errors import ExitCode
from webhook_tui.encoding import is_utf8
from webhook_tui.named_filters import NamedFilters
from webhook_tui.session.process.launcher import SessionLauncher
from webhook_tui.session.process.session_process import STOP_SECONDS, SessionProcess

if TYPE_CHECKING:
    from webhook_tui.ui.app import WebhookTuiApp

SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")


def run(settings: Settings) -> int:
    """Show the screen until the user leaves; returns the exit code.

    Raises ProblemError, before the screen opens, when the session cannot start: its port is busy, for example.
    """
    launcher = SessionLauncher(settings)
    try:
        with _early_signals():
            process = launcher.start()
            app = _app(settings, process, launcher)
            process.wait_until_bound()
    except BaseException:
        launcher.close()
        raise
    return _show(app, launcher)


@contextlib.contextmanager
def _early_signals() -> Iterator[None]:
    """Until the app takes the signals, one ends the program with its exit code, and the session with it."""
    before = {}
    for name in SIGNALS:
        if hasattr(signal, name):
            number = getattr(signal, name)
            before[number] = signal.signal(number, _leave)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)


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
        app.take_signals()
        app.run()
    finally:
        app.host.leave()
        if finish_shutdown(app.host, sys.stderr, seconds=STOP_SECONDS + 0.5):
            launcher.close()  # else ctrl+c ended the waiting, and the session goes on by itself
        ended.set()
    return app.return_code if app.return_code is not None else ExitCode.FAILURE


def _end_anyway(app: WebhookTuiApp, launcher: SessionLauncher, ended: threading.Event) -> None:
    """A terminal that is gone can block Textual's own end for ever: end without it once the session has shut down."""
    code = app.leaving.get()
    app.host.join(STOP_SECONDS + 0.5)
    if not ended.wait(STOP_SECONDS):
        launcher.close()
        os._exit(code)


def _local_now() -> datetime:
    return datetime.now().astimezone()
