"""What all controllers share: the app, the session, the newest status, the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

from webhook_tui.domain.commands import Wish
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.session_port import SessionPort
from webhook_tui.domain.status import SessionStatus
from webhook_tui.ui.terminal_app import TerminalApp

Result = TypeVar("Result")


@dataclass(slots=True)
class AppContext:
    """One for the whole run; session and status are replaced."""

    app: TerminalApp
    session: SessionPort
    """Another one after a change to the sandbox."""
    status: SessionStatus
    now: Callable[[], datetime]
    """Returns the aware local time."""
    in_ascii: bool = False
    open_sandbox: Callable[[], None] | None = None
    """Replaces the session by one with the embedded PiktID; None: not possible."""

    def request(self, command: Wish) -> None:
        """Send a command to the session."""
        self.session.request(command)

    def run_in_thread(self, work: Callable[[], Result], done: Callable[[Result], None]) -> None:
        """Call `work` in a worker thread, then `done` with its result in the screen's; a ProblemError is shown."""
        self.app.run_worker(partial(self._work, work, done), thread=True, exit_on_error=False)

    def _work(self, work: Callable[[], Result], done: Callable[[Result], None]) -> None:
        try:
            callback = partial(done, work())
        except ProblemError as error:
            callback = partial(self.app.show_problem, error.problem)
        self.app.call_later(self._call, callback)

    def _call(self, callback: Callable[[], None]) -> None:
        if self.app.screen_stack and self.app.screen_stack[0].children:  # else the user has left meanwhile
            callback()
