"""The session's side of the channel: it never waits for a screen that does not read, and ends when that is gone."""

from __future__ import annotations

import io
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from tests.session.running import settings
from tests.ui.fake_session import RUNNING, FakeSession
from webhook_tui.config import Settings
from webhook_tui.domain.events import Notified, SessionEvent, SessionStopped, StatusChanged
from webhook_tui.session.process.channel import Bound, MessageReader, MessageWriter
from webhook_tui.session.process.host import SessionHost, bind_and_open
from webhook_tui.session.session import Session
from webhook_tui.storage.database.locks import ProcessLock
from webhook_tui.storage.database.temporary_directory import TemporaryDirectory


@pytest.fixture(autouse=True)
def _own_signals() -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


class _Channel:
    """Both pipes, and the screen's ends of them."""

    def __init__(self) -> None:
        down_reader, self.down_writer = os.pipe()
        self.up_reader, up_writer = os.pipe()
        self.reader = MessageReader(os.fdopen(down_reader, "rb"))
        self.writer = MessageWriter(io.FileIO(up_writer, "wb"))

    def close_screen(self) -> None:
        """As when the screen's process is killed."""
        for descriptor in (self.down_writer, self.up_reader):
            os.close(descriptor)


class _Flooding(FakeSession):
    """Publishes more than a pipe holds."""

    def run(self, publish: Callable[[SessionEvent], None]) -> None:
        for number in range(3_000):
            publish(StatusChanged(RUNNING))
            publish(Notified(str(number)))
        publish(SessionStopped())
        self.ended.set()


class _Closing(Session):
    """Closes its port where it would be run."""

    @classmethod
    def open(cls, settings: Settings, *, asks: bool, bound: socket.socket | None = None, **parts: Any) -> Session:
        """Open it, and close it."""
        assert bound is not None
        with bound:
            return super().open(settings, asks=asks, bound=bound, **parts)


def test_a_full_pipe_holds_nothing_up(tmp_path: Path) -> None:
    """The session ends though the screen reads nothing."""
    channel, session = _Channel(), _Flooding()
    SessionHost(session, channel.reader, channel.writer, settings(tmp_path)).run()
    assert session.ended.is_set()
    channel.close_screen()


def test_the_port_is_told_before_the_session_is_imported(tmp_path: Path) -> None:
    """The first frame waits for the port, and not for the slow imports."""
    channel = _Channel()
    imported: Future[type[Session]] = Future()
    opening = threading.Thread(target=bind_and_open, args=(settings(tmp_path), channel.writer, imported))
    opening.start()
    screen = MessageReader(os.fdopen(channel.up_reader, "rb"))

    assert isinstance(screen.receive(), Bound)

    imported.set_result(_Closing)
    opening.join()
    for end in (screen, channel.reader, channel.writer):
        end.close()
    os.close(channel.down_writer)


def test_the_end_of_the_screen_stops_the_session(tmp_path: Path) -> None:
    """Also removes the temporary history that the screen cannot remove any more."""
    directory = tmp_path / "history"
    directory.mkdir()
    channel, session = _Channel(), FakeSession()
    gone = threading.Timer(0.05, channel.close_screen)
    gone.start()
    SessionHost(session, channel.reader, channel.writer, settings(tmp_path, temporary_directory=directory)).run()
    assert session.stops == 1
    assert not directory.exists()


@pytest.mark.parametrize("is_left", [False, True])
def test_a_screen_that_lives_removes_the_history_unless_it_has_left_it(tmp_path: Path, *, is_left: bool) -> None:
    """The session may have ended before it can see that the screen does."""
    owned = TemporaryDirectory.create()
    history = ProcessLock(owned.path / "deliveries.db")
    if is_left:
        owned.remove()
        assert owned.path.exists()
    history.release()
    channel, session = _Channel(), FakeSession()
    session.stop()
    SessionHost(session, channel.reader, channel.writer, settings(tmp_path, temporary_directory=owned.path)).run()
    assert owned.path.exists() is not is_left
    owned.remove()
    channel.close_screen()


def test_sigterm_is_printed_as_the_reason(tmp_path: Path) -> None:
    """The screen shows why its session ended."""
    channel, session = _Channel(), FakeSession()
    threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGTERM)).start()
    SessionHost(session, channel.reader, channel.writer, settings(tmp_path)).run()
    screen = MessageReader(os.fdopen(channel.up_reader, "rb"))
    while not isinstance(event := screen.receive(), SessionStopped):
        pass
    assert event.problem is not None
    assert event.problem.message == "The session was ended by SIGTERM."
    screen.close()
    os.close(channel.down_writer)
