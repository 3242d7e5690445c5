"""The session's thread: starts when the screen is ready, is told to stop on every way out, is joined when it is gone.

A plain daemon thread, not a Textual worker: Textual waits for its thread workers before `App.run()` returns, and the
line that counts what is being tidied belongs on the normal screen, while the session still works. Daemon, so that
nothing that hangs can keep the process; `join` has a deadline.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
from collections.abc import Callable

from webhook_tui.domain.errors import Problem, ProblemError
from webhook_tui.domain.events import SessionEvent, SessionStopped
from webhook_tui.domain.session_port import SessionPort

_log = logging.getLogger(__name__)


class SessionThread:
    """One session in one thread; what it says while leaving is kept for the caller of the app."""

    def __init__(self, session: SessionPort) -> None:
        self.session = session
        self._emit: Callable[[SessionEvent], None] | None = None
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stopped = False
        self.tail: queue.SimpleQueue[SessionEvent] = queue.SimpleQueue()
        """The facts since `leave`."""

    @property
    def is_running(self) -> bool:
        """Whether the thread lives."""
        return self._thread is not None and self._thread.is_alive()

    def start(self, emit: Callable[[SessionEvent], None]) -> None:
        """Run the session; its facts go to `emit`, called from its thread."""
        self._emit = emit
        self._thread = threading.Thread(target=self._run, name="session", daemon=True)
        self._thread.start()

    def leave(self) -> None:
        """Tell the session to tidy up and end; its facts go to `tail` from now on. Idempotent, does not wait."""
        if self._thread is None or self._stopped:
            return
        self._stopped = True
        with self._lock:
            self._emit = self.tail.put
        self.session.stop()

    def join(self, seconds: float) -> bool:
        """Wait for the thread's end; whether it has ended."""
        if self._thread is None:
            return True
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self.session.run(self._tell)
        except ProblemError as error:
            self._tell(SessionStopped(error.problem))
        except Exception as error:  # noqa: BLE001 - nothing above this frame could show it
            _log.error("the session ended by an error", exc_info=error)
            self._tell(
                SessionStopped(
                    Problem(
                        f"webhook-tui has a bug: {type(error).__name__}.",
                        "Report it.",
                        screen_hint="q leaves; report it.",
                    )
                )
            )

    def _tell(self, fact: SessionEvent) -> None:
        with self._lock:
            emit = self._emit
        if emit is not None:
            # The screen's loop may close between the question and the post.
            with contextlib.suppress(RuntimeError):
                emit(fact)
