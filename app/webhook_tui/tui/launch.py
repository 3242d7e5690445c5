"""The front end with a screen, from its settings to its exit code; what is said after the screen goes to standard error."""

from __future__ import annotations

import queue
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TextIO

from webhook_tui.config import PORT, Settings
from webhook_tui.domain.facts import Fact, SessionStopped, TidyingEnded, TidyingStarted
from webhook_tui.session import ListenSession
from webhook_tui.tui.app import WebhookTuiApp

LEAVING_SECONDS = 3.0
"""How long tidying up may take; then the program ends all the same."""


def run(settings: Settings) -> int:
    """Show the screen until the user leaves; the exit code. Raises ProblemError when the port cannot be had."""
    app = WebhookTuiApp(
        ListenSession.open(settings, asks=True),
        now=lambda: datetime.now().astimezone(),
        in_ascii=settings.ascii or not _is_utf8(sys.stdout),
        theme_name=settings.theme,
        sandbox=lambda: _sandbox_session(settings),
    )
    app.run()
    say_goodbye(app.leaving, sys.stderr, is_running=lambda: app.host.is_running, seconds=LEAVING_SECONDS)
    app.host.join(0)
    return app.return_code or 0


def _sandbox_session(settings: Settings) -> ListenSession:
    return ListenSession.open(replace(settings, sandbox=True, port=PORT, port_was_given=False), asks=True)


def _is_utf8(stream: TextIO) -> bool:
    return (stream.encoding or "").lower().replace("-", "") == "utf8"


def say_goodbye(facts: queue.SimpleQueue[Fact], out: TextIO, *, is_running: Callable[[], bool], seconds: float) -> None:
    """One line that counts what is being tidied, until the session has stopped or `seconds` are over."""
    deadline = time.monotonic() + seconds
    started = time.monotonic()
    said = False
    problem = None
    while (left := deadline - time.monotonic()) > 0:
        try:
            fact = facts.get(timeout=min(left, 0.05))
        except queue.Empty:
            if not is_running() and facts.empty():
                break
            continue
        match fact:
            case TidyingStarted(what=what):
                out.write(f"{'' if said else 'Leaving: '}{what} … ")
                said = True
            case TidyingEnded(outcome=outcome):
                out.write(f"{outcome}   ")
            case SessionStopped():
                problem = fact.problem
                break
            case _:
                continue
        out.flush()
    else:
        out.write(f"given up after {time.monotonic() - started:.1f} s")
        said = True
    if said:
        out.write("\n")
    if problem is not None:
        out.write(f"webhook-tui: {problem.sentence()}\n")
    out.flush()
