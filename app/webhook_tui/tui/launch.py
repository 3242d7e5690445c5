"""One run with the screen: a session, the app over it, and the line that counts what is being tidied."""

from __future__ import annotations

import gc
import os
import sys
import threading
from dataclasses import replace
from datetime import datetime

from webhook_tui.config import Settings
from webhook_tui.domain.problem import ExitCode
from webhook_tui.encoding import is_utf8
from webhook_tui.session import ListenSession
from webhook_tui.tui.app import LEAVE_SECONDS, WebhookTuiApp
from webhook_tui.tui.leaving import see_off


def run(settings: Settings) -> int:
    """Show the screen until the user leaves; gives the exit code. Raises ProblemError when the port cannot be had."""

    def sandbox() -> ListenSession:
        return ListenSession.open(replace(settings, sandbox=True), asks=True)

    app = WebhookTuiApp(
        ListenSession.open(settings, asks=True),
        now=_local_now,
        in_ascii=settings.ascii or not is_utf8(),
        theme_name=settings.theme,
        sandbox=sandbox,
        keymap=settings.keymap,
    )
    gc.freeze()  # what was imported stays
    ended = threading.Event()
    threading.Thread(target=_see_to_the_end, args=(app, ended), name="end", daemon=True).start()
    try:
        app.run()
    finally:
        app.host.leave()
        see_off(app.host, sys.stderr, seconds=LEAVE_SECONDS)
        ended.set()
    return app.return_code if app.return_code is not None else ExitCode.FAILURE


def _see_to_the_end(app: WebhookTuiApp, ended: threading.Event) -> None:
    """A terminal that is gone can block Textual's own end for ever: then end without it, the session has tidied up."""
    code = app.leaving.get()
    app.host.join(LEAVE_SECONDS)
    if not ended.wait(LEAVE_SECONDS):
        os._exit(code)


def _local_now() -> datetime:
    return datetime.now().astimezone()
