"""How the app ends, by a key, a signal or an error: the terminal is restored first, then the session shuts down.

A crash prints one sentence and no traceback, which would show values of variables, secrets among them.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import signal
import sys
from types import FrameType
from typing import Any

from rich.text import Text

from webhook_tui.domain.session_port import SessionPort
from webhook_tui.ui.session_worker import SessionWorker
from webhook_tui.ui.terminal_app import TerminalApp

_log = logging.getLogger(__name__)
_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")


def _ignore(_number: int, _frame: FrameType | None) -> None:
    """The shutdown is under way already."""


class ShutdownApp(TerminalApp):
    """An app over one session. `return_code` afterwards: 0 left, 1 crashed, 128+n ended by signal n."""

    def __init__(self, session: SessionPort) -> None:
        super().__init__()
        self.host = SessionWorker(session)
        self.crash: BaseException | None = None
        self.leaving: queue.SimpleQueue[int] = queue.SimpleQueue()
        """Gets the exit code as soon as the end begins, for the thread that enforces it."""
        self._handlers: dict[int, Any] = {}
        self._screen_loop: asyncio.AbstractEventLoop | None = None
        self._early_code: int | None = None
        """Exit code of a signal that came before the screen was shown."""

    def on_screen_shown(self) -> None:
        """From now on a signal can end the app; one that came before does it now."""
        self._screen_loop = asyncio.get_running_loop()
        if self._early_code is not None:
            self.end(self._early_code)

    def take_signals(self) -> None:
        """From now on a signal ends the app, and the session shuts down. Repeated calls have no effect."""
        if self._handlers:
            return
        for name in _SIGNALS:
            # Not in the main thread (as under a test runner) there are no signals to take.
            with contextlib.suppress(ValueError, AttributeError):
                number = getattr(signal, name)
                self._handlers[number] = signal.signal(number, self._signalled)

    def _signalled(self, number: int, _frame: FrameType | None) -> None:
        """Not a handler of the loop, which never runs when a write to a terminal that is gone blocks the loop."""
        self.host.leave()
        if self._screen_loop is None:
            self._early_code = 128 + number
            return
        self.leaving.put(128 + number)
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._screen_loop.call_soon_threadsafe(self.end, 128 + number)

    def _forget_signals(self) -> None:
        """From now on a signal ends the program at once; but a closed window sends SIGHUP twice."""
        for number, before in self._handlers.items():
            with contextlib.suppress(ValueError):
                signal.signal(number, _ignore if signal.Signals(number).name == "SIGHUP" else before)

    def end(self, return_code: int) -> None:
        """Close the screen and stop the session, which shuts down afterwards."""
        self.leaving.put(return_code)
        self.host.leave()
        self.exit(return_code=return_code)

    def let_go(self) -> None:
        """Stop the session; called when the screen has closed, for whatever reason."""
        self.leaving.put(self.return_code or 0)
        self._forget_signals()
        self.host.leave()

    def action_leave(self) -> None:
        """Leave now; the session shuts down after the screen has closed."""
        self.end(0)

    async def action_quit(self) -> None:
        """Textual's own name for leaving."""
        self.end(0)

    def _handle_exception(self, error: Exception) -> None:
        self.crash = error
        _log.error("the screen ended by an error", exc_info=error)
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """Print one sentence instead of a traceback."""
        kind = type(self.crash).__name__ if self.crash is not None else "error"
        self._exit_renderables.append(
            Text(f"webhook-tui ended by an error of its own ({kind}). What was received is stored.")
        )
        self._close_messages_no_wait()

    def panic(self, *_renderables: object) -> None:
        """Textual's other way to end with a traceback: the same sentence."""
        self._return_code = 1
        self._fatal_error()

    def _print_error_renderables(self) -> None:
        """One sentence, on standard error, once."""
        if self._exit_renderables:
            print(self._exit_renderables[0], file=sys.stderr)  # noqa: T201 - the screen is gone
            self._exit_renderables.clear()
