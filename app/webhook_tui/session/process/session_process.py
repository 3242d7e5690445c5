"""The session in a process of its own, as its screen sees it.

Screen and receiver share no interpreter, and a crash of one does not end the other: a child whose screen is
gone shuts down by itself, and when a child dies, the screen still shows the history.
"""

from __future__ import annotations

import contextlib
import io
import logging
import queue
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from webhook_tui.config import Settings
from webhook_tui.domain.commands import Command, UseToken
from webhook_tui.domain.delivery.rows import DeliveryRows, FoundRows, Sort
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.events import SessionEvent, SessionStopped
from webhook_tui.domain.queries import Answer, Query
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.status import SessionStatus
from webhook_tui.session import messages
from webhook_tui.session.process.channel import (
    Answered,
    Ask,
    Bound,
    ChannelClosedError,
    Launch,
    MessageReader,
    MessageWriter,
    Refused,
    SecretsKnown,
    Stop,
)
from webhook_tui.session.status import first_status

if TYPE_CHECKING:
    from webhook_tui.domain.filtering.filter import Expression

STOP_SECONDS = 3.0
"""How long the session may shut down before it is killed."""
_END_SECONDS = 1.0
"""How long the process may live after its last event."""

_log = logging.getLogger(__name__)


class SessionProcess:
    """Implements domain.session_port.SessionPort. Make it with `SessionLauncher`."""

    def __init__(self, settings: Settings, child: subprocess.Popen[bytes]) -> None:
        self._settings = settings
        self._child = child
        self._reader = MessageReader(io.BufferedReader(cast("io.RawIOBase", child.stdout)))
        self._writer = MessageWriter(cast("io.RawIOBase", child.stdin))
        self._outgoing: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._sending = threading.Thread(target=self._send, name="session-commands", daemon=True)
        self._is_stopping = False
        """Set before the event: a signal handler that interrupts `Event.set` would wait for its lock for ever."""
        self._stop_requested = threading.Event()
        self._killing = threading.Thread(target=self._kill_late, name="session-end", daemon=True)
        self._secrets = settings.all_secrets
        self._lock = threading.Lock()
        self._has_ended = False
        self._number = 0
        self._asked: dict[int, Future[Any]] = {}
        self.port = settings.port
        """Where it listens, after `wait_until_bound`."""
        self.token = settings.token
        """The token in use, also one that the user entered."""
        self._outgoing.put(Launch(settings))
        self._sending.start()
        self._killing.start()

    @property
    def first_status(self) -> SessionStatus:
        """The status before the first one of the session, from the settings."""
        return first_status(self._settings)

    def wait_until_bound(self) -> None:
        """Wait for the first message. Raises ProblemError when the session cannot start; the process is gone then."""
        try:
            message = self._reader.receive()
        except ChannelClosedError:
            message = None
        if isinstance(message, Bound):
            self.port = message.port
            return
        self.close()
        if isinstance(message, Refused):
            raise ProblemError(message.problem)
        how = _ending(self._child.returncode)
        raise ProblemError(messages.not_started(how, self._settings.places.session_errors))

    def run(self, publish: Callable[[SessionEvent], None]) -> None:
        """Read events until the session's end and reap its process; the last event is SessionStopped."""
        stopped: SessionStopped | None = None
        with contextlib.suppress(ChannelClosedError):
            while True:
                message = self._reader.receive()
                if isinstance(message, SecretsKnown):
                    self._secrets = message.secrets
                elif isinstance(message, Answered):
                    self._answer(message)
                elif isinstance(message, SessionStopped):
                    stopped = message
                    self._reap(_END_SECONDS)
                else:
                    publish(message)  # type: ignore[arg-type]  # the channel admits our own classes only
        self._reap(_END_SECONDS)
        self._fail_unanswered()
        if stopped is None:
            _log.error("the session's process died (%s)", _ending(self._child.returncode))
        publish(stopped or SessionStopped(is_unexpected=True))

    def request(self, command: Command) -> None:
        """Send a command, from any thread; never blocks, and is ignored after the end."""
        if isinstance(command, UseToken):
            self.token = command.token
        self._outgoing.put(command)

    def query(self, query: Query[Answer]) -> Future[Answer]:
        """Send a query, from any thread; without an answer, and after the end, the future fails with ProblemError."""
        future: Future[Answer] = Future()
        future.set_running_or_notify_cancel()
        with self._lock:
            if self._has_ended:
                future.set_exception(ProblemError(messages.HAS_ENDED))
                return future
            self._number += 1
            self._asked[self._number] = future
            self._outgoing.put(Ask(self._number, query))
        return future

    def stop(self) -> None:
        """Let the session shut down, and kill it if that takes longer than STOP_SECONDS. Does not wait.

        A signal handler may call it, also within another call.
        """
        if not self._is_stopping:
            self._is_stopping = True
            self._stop_requested.set()
            self._outgoing.put(Stop())

    def close(self) -> None:
        """End a process whose events are not read; it has exited on return."""
        self.stop()
        self._reap(STOP_SECONDS)

    def open_rows(self) -> DeliveryRows:
        """Open the deliveries for the calling thread; only after HistoryOpened."""
        from webhook_tui.storage.rows import SqliteRows  # noqa: PLC0415 -- not needed before the process is started

        assert self._settings.deliveries_path is not None
        return SqliteRows(self._settings.deliveries_path)

    def open_found(
        self, expression: Expression, *, sort: Sort, now: datetime, changed: Callable[[], None]
    ) -> FoundRows:
        """Open the deliveries that match a filter, for the calling thread; only after HistoryOpened."""
        from webhook_tui.storage.search.scan import Search  # noqa: PLC0415 -- as above
        from webhook_tui.storage.search.search import FilteredRows  # noqa: PLC0415 -- as above

        assert self._settings.deliveries_path is not None
        search = Search(expression, sort, now, self._settings.job_fields)
        return FilteredRows(self._settings.deliveries_path, search, changed)

    def count_values(self) -> Mapping[str, Sequence[tuple[str, int | None]]]:
        """Count the values of each field of the filter, on the calling thread; only after HistoryOpened."""
        from webhook_tui.storage.search.value_counts import count_values  # noqa: PLC0415 -- as above

        assert self._settings.deliveries_path is not None
        return count_values(self._settings.deliveries_path, self._settings.job_fields)

    def known_secrets(self) -> tuple[Secret, ...]:
        """Return the secrets that the session sent last; before that, those of the settings."""
        return self._secrets

    def _answer(self, answered: Answered) -> None:
        with self._lock:
            future = self._asked.pop(answered.number)
        if answered.problem is None:
            future.set_result(answered.answer)
        else:
            future.set_exception(ProblemError(answered.problem))

    def _fail_unanswered(self) -> None:
        with self._lock:
            self._has_ended = True
            unanswered = list(self._asked.values())
            self._asked.clear()
        for future in unanswered:
            future.set_exception(ProblemError(messages.HAS_ENDED))

    def _send(self) -> None:
        with contextlib.suppress(ChannelClosedError):
            while (message := self._outgoing.get()) is not None:
                self._writer.send(message)

    def _kill_late(self) -> None:
        self._stop_requested.wait()
        try:
            self._child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._child.kill()

    def _reap(self, seconds: float) -> None:
        """Wait for the process's end, kill it after so many seconds, and let go of the pipes. Idempotent."""
        try:
            self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._stop_requested.set()
        self._outgoing.put(None)
        self._sending.join()
        self._writer.close()
        self._reader.close()


def _ending(returncode: int) -> str:
    return f"exit code {returncode}" if returncode >= 0 else f"signal {-returncode}"
