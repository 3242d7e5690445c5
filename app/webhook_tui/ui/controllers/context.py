"""What all controllers share: the app, the session, the newest status, the clock."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime
from functools import partial
from typing import TypeVar

from msgspec import Struct, field
from textual.message_pump import MessagePump
from textual.screen import Screen

from webhook_tui.domain.commands import Command
from webhook_tui.domain.errors import Problem, ProblemError
from webhook_tui.domain.queries import Answer, Query
from webhook_tui.domain.session_port import SessionPort
from webhook_tui.domain.status import SessionStatus
from webhook_tui.named_filters import NamedFilters
from webhook_tui.ui.preferences import PreferencesFile
from webhook_tui.ui.terminal.app import TerminalApp

Result = TypeVar("Result")


class AppContext(Struct):
    """One object for the whole run; its session and status change."""

    app: TerminalApp
    session: SessionPort
    """Another one after a change to the sandbox."""
    status: SessionStatus
    now: Callable[[], datetime]
    """Returns the aware local time."""
    in_ascii: bool = False
    open_sandbox: Callable[[], None] | None = None
    """Replaces the session by one with the embedded PiktID; None: not possible."""
    restart: Callable[[], None] = lambda: None
    """Replaces a session that has ended."""
    preferences: PreferencesFile = field(default_factory=lambda: PreferencesFile(None))
    """What is kept between runs."""
    default_theme: str = ""
    """That of the options, else ours."""
    filters: NamedFilters = field(default_factory=NamedFilters)
    """The filters that have a name."""

    def request(self, command: Command) -> None:
        """Send a command to the session; after its end show a notice instead."""
        if self.status.end is not None:
            self.app.show_problem(self.status.end.problem)
        else:
            self.session.request(command)

    def query(
        self,
        asker: MessagePump,
        query: Query[Answer],
        show: Callable[[Answer], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Ask the session; `show` gets the answer if `asker` is still on the screen.

        `failed` gets the problem when there is no answer; without it the notice shows it.
        """
        session = self.session

        def done(future: Future[Answer]) -> None:
            error = future.exception()
            is_gone = not asker.is_running or (isinstance(asker, Screen) and asker not in self.app.screen_stack)
            if is_gone or session is not self.session:
                return
            if error is None:
                show(future.result())
            elif not isinstance(error, ProblemError):
                raise error
            else:
                (failed or self.app.show_problem)(error.problem)

        def post(future: Future[Answer]) -> None:
            # Called in the session's thread, which may outlive the screen's loop.
            with contextlib.suppress(RuntimeError):
                self.app.call_later(done, future)

        session.query(query).add_done_callback(post)

    def run_in_thread(
        self,
        work: Callable[[], Result],
        done: Callable[[Result], None],
        failed: Callable[[ProblemError], None] | None = None,
    ) -> None:
        """Call `work` in a worker thread, then `done` with its result in the screen's thread.

        `failed` gets the ProblemError that it raised; without it the notice shows the problem.
        """
        self.app.run_worker(partial(self._work, work, done, failed), thread=True, exit_on_error=False)

    def _work(
        self,
        work: Callable[[], Result],
        done: Callable[[Result], None],
        failed: Callable[[ProblemError], None] | None,
    ) -> None:
        try:
            callback = partial(done, work())
        except ProblemError as error:
            callback = partial(self.app.show_problem, error.problem) if failed is None else partial(failed, error)
        self.app.call_later(self._call, callback)

    def _call(self, callback: Callable[[], None]) -> None:
        if self.app.screen_stack and self.app.screen_stack[0].children:  # else the user has left meanwhile
            callback()
