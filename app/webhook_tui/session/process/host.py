"""The session's process: one session, its commands from standard input, its events to standard output.

When the pipe of commands ends, the screen is gone, and the session shuts down.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import logging
import os
import signal
import socket
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING, Any

from webhook_tui.config import Settings
from webhook_tui.domain.errors import ProblemError, ended
from webhook_tui.domain.events import SessionEvent, SessionStopped
from webhook_tui.domain.session_port import SessionPort
from webhook_tui.http.sockets import bind
from webhook_tui.log import log_to, tell_of_crashes
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
    take_standard_pipes,
)
from webhook_tui.session.process.event_batch import EventBatcher

if TYPE_CHECKING:
    from webhook_tui.session.session import Session

SHUTDOWN_SECONDS = 3.0
"""How long a session may shut down after its screen is gone."""
_LAST_SECONDS = 1.0
"""How long the last events may wait for a screen that does not read."""

_log = logging.getLogger(__name__)


def main() -> None:
    """Serve the screen that started this process, until it or the session ends."""
    reader, writer = take_standard_pipes()
    faulthandler.enable()
    for name in ("SIGINT", "SIGHUP"):  # meant for the screen, which then sends Stop
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    imports = ThreadPoolExecutor(1, "imports")
    imported = imports.submit(import_session)  # meanwhile the screen parses its command line
    imports.shutdown(wait=False)
    with contextlib.suppress(ChannelClosedError):
        launch = reader.receive()
        assert isinstance(launch, Launch)
        log_to(launch.settings.places.session_log)
        tell_of_crashes()
        session = bind_and_open(launch.settings, writer, imported)
        if session is not None:
            SessionHost(session, reader, writer, launch.settings).run()


def bind_and_open(settings: Settings, writer: MessageWriter, imported: Future[type[Session]]) -> SessionPort | None:
    """Bind the port and send Bound, then open the session as soon as it is imported: the screen does not wait for that.

    On failure send Refused and return None.
    """
    try:
        bound = bind(settings.host, settings.port, exact=settings.port_was_given)
        if not settings.forward_urls:  # else the session may refuse to forward there
            writer.send(_bound(bound))
        session = imported.result().open(settings, asks=True, bound=bound)
    except ProblemError as error:
        writer.send(Refused(error.problem))
        return None
    if settings.forward_urls:
        writer.send(_bound(bound))
    return session


def import_session() -> type[Session]:
    """Import the session, which is slow, and return its class; from then on garbage is collected."""
    sys.modules["httpx._main"] = None  # type: ignore[assignment]  # httpx's command line: imports rich and click
    from webhook_tui.session.session import Session  # noqa: PLC0415 -- slow to import

    gc.freeze()  # what was imported stays
    gc.set_threshold(5_000, 5, 5)
    gc.enable()
    return Session


def _bound(bound: socket.socket) -> Bound:
    return Bound(bound.getsockname()[1])


class SessionHost:
    """Runs one session between two pipes, until it stops or the screen is gone."""

    def __init__(self, session: SessionPort, reader: MessageReader, writer: MessageWriter, settings: Settings) -> None:
        self._session = session
        self._reader = reader
        self._writer = writer
        self._directory = settings.temporary_directory
        self._batcher = EventBatcher()
        self._secrets: tuple[object, ...] = ()
        self._signal: signal.Signals | None = None
        self._ended = threading.Event()

    def run(self) -> None:
        """Run the session on this thread; returns when it has stopped and its last events are sent."""
        signal.signal(signal.SIGTERM, self._terminated)
        threading.Thread(target=self._receive, name="commands", daemon=True).start()
        sending = threading.Thread(target=self._send, name="events", daemon=True)
        sending.start()
        try:
            self._session.run(self._publish)
        except ProblemError as error:
            self._publish(SessionStopped(error.problem))
        except Exception as error:  # noqa: BLE001 -- every failure is reported to the screen
            _log.error("the session ended by an error", exc_info=error)
            self._publish(SessionStopped(ended(messages.ended_by_bug(error))))
        self._ended.set()
        sending.join(_LAST_SECONDS)
        self._remove_history()

    def _remove_history(self) -> None:
        """Remove a temporary history if the screen's process has ended, or has left its removal to this process."""
        from webhook_tui.storage.database.temporary_directory import remove_ownerless  # noqa: PLC0415 -- slow to import

        if self._directory is not None:
            remove_ownerless(self._directory)

    def _terminated(self, number: int, _frame: FrameType | None) -> None:
        self._signal = signal.Signals(number)
        self._session.stop()

    def _publish(self, event: SessionEvent) -> None:
        if isinstance(event, SessionStopped) and event.problem is None and self._signal is not None:
            event = SessionStopped(ended(messages.ended_by_signal(self._signal.name)))
        self._batcher.put(event)

    def _answer(self, number: int, future: Future[Any]) -> None:
        error = future.exception()
        if error is None:
            self._batcher.put(Answered(number, future.result()))
        elif isinstance(error, ProblemError):
            self._batcher.put(Answered(number, problem=error.problem))
        else:
            raise error

    def _send(self) -> None:
        """Send events until the last one, or until the screen is gone."""
        with contextlib.suppress(ChannelClosedError):
            while events := self._batcher.take():
                secrets = self._session.known_secrets()
                if secrets != self._secrets:
                    self._secrets = secrets
                    self._writer.send(SecretsKnown(secrets))
                for event in events:
                    self._writer.send(event)
        self._writer.close()

    def _receive(self) -> None:
        try:
            while True:
                message = self._reader.receive()
                if isinstance(message, Stop):
                    self._session.stop()
                elif isinstance(message, Ask):
                    self._session.query(message.query).add_done_callback(partial(self._answer, message.number))
                else:
                    self._session.request(message)  # type: ignore[arg-type]  # the pipe has one writer, and it is ours
        except ChannelClosedError:
            self._reader.close()
            self._session.stop()
            if not self._ended.wait(SHUTDOWN_SECONDS):
                self._remove_history()
                os._exit(1)
