"""One line on standard error with the steps of the shutdown, after the screen has closed."""

from __future__ import annotations

import contextlib
import queue
import time
from collections.abc import Callable
from typing import TextIO

from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.events import SessionEvent, SessionStopped, ShutdownStepEnded, ShutdownStepStarted
from webhook_tui.ui.session_worker import SessionWorker


class ShutdownLine:
    """`Leaving: deleting webhook 41 … done   closing the tunnel … done`, written again as it grows."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._ends: dict[str, str] = {}
        """Of each step how it ended; "" while it is under way."""
        self.stopped: SessionStopped | None = None

    def add(self, event: SessionEvent) -> None:
        """Add an event of the session."""
        match event:
            case ShutdownStepStarted(step):
                self._ends[step] = ""
                self._write()
            case ShutdownStepEnded(step, outcome):
                self._ends[step] = outcome
                self._write()
            case SessionStopped():
                self.stopped = event
            case _:
                pass

    def end(self) -> None:
        """End the line; a step that failed gets a line of its own."""
        if self._ends:
            self._say("\n")
        if self.stopped is not None and self.stopped.problem is not None:
            self._say(f"webhook-tui: {visible(self.stopped.problem.sentence())}\n")

    def _write(self) -> None:
        parts = [f"{visible(step)} … {end}".rstrip() for step, end in self._ends.items()]
        self._say("\r\x1b[KLeaving: " + "   ".join(parts))

    def _say(self, text: str) -> None:
        # The terminal may be gone (SIGHUP), or unable to say "…".
        with contextlib.suppress(OSError, ValueError):
            self._out.write(text)
            self._out.flush()


def finish_shutdown(
    host: SessionWorker, out: TextIO, *, seconds: float, clock: Callable[[], float] = time.monotonic
) -> bool:
    """Wait for the end of the session, at most so many seconds, and print its steps.

    Returns whether the session has ended. A signal ends the waiting, with the exception of its handler.
    """
    line = ShutdownLine(out)
    until = clock() + seconds
    try:
        while line.stopped is None and (left := until - clock()) > 0 and (host.is_running or not host.tail.empty()):
            with contextlib.suppress(queue.Empty):
                line.add(host.tail.get(timeout=min(left, 0.1)))
        host.join(max(0.0, until - clock()))
    finally:
        line.end()
    return not host.is_running
