"""The work of the Textual worker that owns the session: it starts it, carries its events, and ends it with the app.

The events are read in a daemon thread, not by the worker itself: Textual waits for its thread workers before
`App.run()` returns, and the line that counts what is shut down belongs on the normal screen, while the session works.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError

from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.events import SessionEvent, SessionStopped
from webhook_tui.domain.session_port import SessionPort
from webhook_tui.ui.notice_texts import session_bug

_log = logging.getLogger(__name__)


class SessionWorker:
    """One session; what it says while the app ends is kept for the caller of the app."""

    def __init__(self, session: SessionPort) -> None:
        self.session = session
        self._publish: Callable[[SessionEvent], None] | None = None
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._ended: Future[None] = Future()
        self._stopped = False
        self.tail: queue.SimpleQueue[SessionEvent] = queue.SimpleQueue()
        """The events since `leave`."""

    @property
    def is_running(self) -> bool:
        """Whether the session runs."""
        return self._thread is not None and self._thread.is_alive()

    async def work(self, publish: Callable[[SessionEvent], None]) -> None:
        """Run the session until it ends or this is cancelled, which stops it without waiting."""
        self.start(publish)
        try:
            await asyncio.wrap_future(self._ended)
        finally:
            self.leave()

    def start(self, publish: Callable[[SessionEvent], None]) -> None:
        """Run the session; `publish` is called with each event, from another thread."""
        if not self._stopped:
            self._publish = publish
        self._thread = threading.Thread(target=self._run, name="session", daemon=True)
        self._thread.start()

    def leave(self) -> None:
        """Stop the session; its events go to `tail` from now on. Does not wait; repeated calls have no effect."""
        if self._stopped:
            return
        self._stopped = True
        with self._lock:
            self._publish = self.tail.put
        self.session.stop()

    def join(self, seconds: float) -> bool:
        """Wait for the session's end; returns whether it has ended."""
        if self._thread is None:
            return True
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self.session.run(self._pass_on)
        except ProblemError as error:
            self._pass_on(SessionStopped(error.problem))
        except Exception as error:  # noqa: BLE001 -- nothing above this frame could show it
            _log.error("the session ended by an error", exc_info=error)
            self._pass_on(SessionStopped(session_bug(error)))
        finally:
            with contextlib.suppress(InvalidStateError, RuntimeError):  # the worker was cancelled, or its loop closed
                self._ended.set_result(None)

    def _pass_on(self, event: SessionEvent) -> None:
        with self._lock:
            publish = self._publish
        if publish is not None:
            # The screen's loop may close between the question and the post.
            with contextlib.suppress(RuntimeError):
                publish(event)
