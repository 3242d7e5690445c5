"""Runs the session in a Textual worker, and restarts or replaces it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from msgspec.structs import replace

from webhook_tui.domain.commands import StartRegistration
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.events import SessionEvent, SessionStopped, SessionUpdated
from webhook_tui.domain.session_port import SessionPort
from webhook_tui.domain.status import SessionEnd
from webhook_tui.ui.controllers.context import AppContext
from webhook_tui.ui.frame_budget import FrameBudget
from webhook_tui.ui.notice_texts import session_ended
from webhook_tui.ui.session_worker import SessionWorker

SOON_SECONDS = 10.0
"""A session that ends so soon after it was restarted will do so again."""


class SessionController:
    """Owns the session worker. All methods but `publish` run in the screen's thread."""

    def __init__(
        self,
        context: AppContext,
        frames: FrameBudget,
        *,
        on_event: Callable[[SessionEvent], None],
        on_update: Callable[[SessionUpdated], None],
        restart: Callable[[], SessionPort] | None,
        stop_seconds: float,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`restart` starts a session in place of one that ended; it blocks, and raises ProblemError.

        `stop_seconds`: how long a session may take to stop.
        """
        self._context = context
        self._frames = frames
        self._on_event = on_event
        self._on_update = on_update
        self._restart = restart
        self._stop_seconds = stop_seconds
        self._monotonic = monotonic
        self.worker = SessionWorker(context.session)
        self._lock = threading.Lock()
        self._update: SessionUpdated | None = None
        self._restarted_at = float("-inf")

    def start_registration(self) -> None:
        """Tell the session that the screen is shown; it imports what it needs to connect to PiktID meanwhile."""
        self.worker.session.request(StartRegistration())

    def start(self) -> None:
        """Run the session: a worker starts it, carries its events, and ends it with the app."""
        # A function, not its coroutine: where the app ends already, Textual does not start the worker.
        work: Any = partial(self.worker.work, self.publish)  # mypy cannot choose among what Textual takes
        self._context.app.run_worker(work, group="session", exit_on_error=False)

    def publish(self, event: SessionEvent) -> None:
        """Post an event, from another thread; updates that arrive faster than they are shown are merged."""
        app = self._context.app
        if not isinstance(event, SessionUpdated):
            app.call_later(self._pass_on, event)
            return
        with self._lock:
            is_announced = self._update is not None
            self._update = event if self._update is None else self._update.followed_by(event)
        if not is_announced:
            app.call_later(self._frames.request, self._refresh)

    def _pass_on(self, event: SessionEvent) -> None:
        if isinstance(event, SessionStopped):
            self._refresh()  # an older status must not be shown after the end
        self._on_event(event)

    def _refresh(self) -> None:
        update = self._take_update()
        if update is not None:
            self._on_update(update)

    def _take_update(self) -> SessionUpdated | None:
        with self._lock:
            update, self._update = self._update, None
        return update

    # Another session

    def end_of(self, stopped: SessionStopped, newest_seq: int | None) -> SessionEnd:
        """Return the end to show in the status; `newest_seq`: the number of the newest stored delivery."""
        is_repeated = self._monotonic() - self._restarted_at < SOON_SECONDS
        problem = stopped.problem or session_ended(
            newest_seq, is_unexpected=stopped.is_unexpected, is_repeated=is_repeated
        )
        return SessionEnd(self._context.now(), problem)

    def restart(self) -> None:
        """Start another session in place of the one that ended; ignored while that is under way."""
        status = self._context.status
        if self._restart is None or status.end is None or status.end.restarting_since is not None:
            return
        self._restarted_at = self._monotonic()
        end = replace(status.end, restarting_since=self._context.now())
        self._on_update(SessionUpdated(replace(status, end=end)))
        self.replace(self._restart)

    def replace(self, start: Callable[[], SessionPort]) -> None:
        """Stop the session and run the one that `start` gives."""
        self.worker.leave()
        old = self.worker

        def start_after() -> SessionPort:
            old.join(self._stop_seconds)  # the port is free then
            return start()

        def failed(error: ProblemError) -> None:
            self._on_event(SessionStopped(error.problem))

        self._context.run_in_thread(start_after, self._run, failed)

    def _run(self, session: SessionPort) -> None:
        self._take_update()
        self._context.session = session
        if self._context.status.end is None:
            self._on_update(SessionUpdated(session.first_status))
        self.worker = SessionWorker(session)
        self.start()
        self.start_registration()
