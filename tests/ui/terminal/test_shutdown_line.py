"""The line that counts the steps of the shutdown, after the screen is gone."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime

from tests.timeouts import TIMEOUT_SECONDS
from webhook_tui.domain.commands import Command
from webhook_tui.domain.delivery.rows import DeliveryRows, FoundRows, Sort
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.events import SessionEvent, SessionStopped, ShutdownStepEnded, ShutdownStepStarted
from webhook_tui.domain.filtering.filter import Expression
from webhook_tui.domain.queries import Answer, Query
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.status import SessionStatus
from webhook_tui.ui.session_worker import SessionWorker
from webhook_tui.ui.terminal.shutdown_line import finish_shutdown


class Retention:
    """A session that says these events when it is stopped."""

    first_status = SessionStatus()

    def __init__(self, *events: SessionEvent) -> None:
        self.events = events
        self.stopped = threading.Event()
        self.release = threading.Event()
        self.release.set()

    def run(self, publish: Callable[[SessionEvent], None]) -> None:
        self.stopped.wait()
        for event in self.events:
            publish(event)
        self.release.wait()

    def request(self, command: Command) -> None:
        """Nothing is asked."""

    def query(self, query: Query[Answer]) -> Future[Answer]:
        raise NotImplementedError

    def stop(self) -> None:
        self.stopped.set()

    def open_found(
        self, expression: Expression, *, sort: Sort, now: datetime, changed: Callable[[], None]
    ) -> FoundRows:
        raise NotImplementedError

    def count_values(self) -> Mapping[str, Sequence[tuple[str, int | None]]]:
        raise NotImplementedError

    def known_secrets(self) -> tuple[Secret, ...]:
        return ()

    def open_rows(self) -> DeliveryRows:
        raise NotImplementedError


def leave(*events: SessionEvent, seconds: float = 5.0) -> tuple[str, bool]:
    """What is written, and whether the session ended."""
    host = SessionWorker(Retention(*events))
    host.start(lambda event: None)
    host.leave()
    out = io.StringIO()
    ended = finish_shutdown(host, out, seconds=seconds)
    return out.getvalue(), ended


def test_the_line_shows_the_steps() -> None:
    """The last writing of the line is whole, and the line ends."""
    written, ended = leave(
        ShutdownStepStarted("deleting webhook 41"),
        ShutdownStepStarted("closing the tunnel"),
        ShutdownStepEnded("deleting webhook 41", "done"),
        ShutdownStepStarted("restoring the previous webhook"),
        ShutdownStepEnded("closing the tunnel", "done"),
        ShutdownStepEnded("restoring the previous webhook", "done"),
        SessionStopped(),
    )

    assert ended
    last = written.split("\r\x1b[K")[-1]
    assert (
        last
        == "Leaving: deleting webhook 41 … done   closing the tunnel … done   restoring the previous webhook … done\n"
    )


def test_what_could_not_be_undone_is_one_more_line() -> None:
    """With what to do about it."""
    problem = Problem(
        "The webhook could not be deleted: PiktID did not answer.", "Delete it later with: webhook-tui, X."
    )
    written, _ = leave(
        ShutdownStepStarted("deleting webhook 41"),
        ShutdownStepEnded("deleting webhook 41", "not done"),
        SessionStopped(problem),
    )

    assert written.endswith(
        "Leaving: deleting webhook 41 … not done\n"
        "webhook-tui: The webhook could not be deleted: PiktID did not answer. Delete it later with: webhook-tui, X.\n"
    )


def test_no_step_prints_nothing() -> None:
    """The sandbox without anything registered."""
    assert leave(SessionStopped()) == ("", True)


def test_a_session_that_hangs_is_not_waited_for_for_ever() -> None:
    """The deadline passes, and the program goes on."""
    session = Retention()
    session.release.clear()
    host = SessionWorker(session)
    host.start(lambda event: None)
    host.leave()

    assert not finish_shutdown(host, io.StringIO(), seconds=0.05)

    session.release.set()
    assert host.join(TIMEOUT_SECONDS)


def test_a_host_that_never_started_has_nothing_to_leave() -> None:
    """The port was busy, or the screen crashed before it stood."""
    host = SessionWorker(Retention())
    host.leave()

    assert finish_shutdown(host, io.StringIO(), seconds=1.0)
