"""One contract, two implementations: the session in this process, and behind SessionProcess in another."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.session.running import TOKEN, sandbox_of, settings, url_at
from tests.timeouts import TIMEOUT_SECONDS, until
from webhook_tui.config import Settings
from webhook_tui.domain.commands import MarkDelivery, StartRegistration
from webhook_tui.domain.errors import ExitCode, ProblemError
from webhook_tui.domain.events import (
    DeliveryStored,
    HistoryOpened,
    ProblemOccurred,
    RowChanged,
    SessionEvent,
    SessionStopped,
    SessionUpdated,
    WebhookRegistered,
)
from webhook_tui.domain.queries import ListRuns, ListSecrets
from webhook_tui.domain.session_port import SessionPort
from webhook_tui.http.sockets import bind
from webhook_tui.session.process.launcher import SessionLauncher
from webhook_tui.session.session import Session

Open = Callable[[Settings], SessionPort]


@pytest.fixture(params=["in this process", "in another process"])
def open_session(request: pytest.FixtureRequest) -> Iterator[Open]:
    """Make a session that has its port. Raises ProblemError when it cannot have it."""
    launchers: list[SessionLauncher] = []

    def start(chosen: Settings) -> SessionPort:
        launchers.append(SessionLauncher(chosen))
        process = launchers[-1].start()
        process.wait_until_bound()
        return process

    yield (lambda chosen: Session.open(chosen, asks=True)) if request.param == "in this process" else start
    for launcher in launchers:
        launcher.end()


class _Running:
    def __init__(self, session: SessionPort) -> None:
        self.session = session
        self.events: list[SessionEvent] = []
        self._thread = threading.Thread(target=session.run, args=(self.events.append,), daemon=True)
        self._thread.start()

    async def event(self, kind: type[SessionEvent]) -> None:
        """Wait for an event of that kind."""
        await until(lambda: any(isinstance(event, kind) for event in self.events))

    def has(self, is_it: Callable[[SessionEvent], bool]) -> bool:
        return any(map(is_it, list(self.events)))

    async def stop(self) -> None:
        self.session.stop()
        self.session.stop()
        await asyncio.to_thread(self._thread.join, TIMEOUT_SECONDS)
        assert not self._thread.is_alive()


def _stores(event: SessionEvent) -> bool:
    return isinstance(event, DeliveryStored) or (isinstance(event, SessionUpdated) and event.newest_seq is not None)


def _changes(event: SessionEvent) -> bool:
    return isinstance(event, RowChanged) or (isinstance(event, SessionUpdated) and event.changed == (1,))


async def test_a_session_from_its_start_to_its_end(open_session: Open, tmp_path: Path) -> None:
    """It registers once it may, stores, answers queries, carries out commands, says its secrets, and shuts down."""
    async with sandbox_of() as (sandbox, api_url):
        session = open_session(settings(tmp_path, api_url=api_url))
        assert session.first_status.api_url == api_url
        running = _Running(session)
        await running.event(HistoryOpened)
        assert url_at(sandbox) is None
        session.request(StartRegistration())
        await running.event(WebhookRegistered)
        await until(lambda: running.has(_stores))
        with closing(session.open_rows()) as rows:
            assert len(rows) == 1
        session.request(MarkDelivery(1, marked=True))
        await until(lambda: running.has(_changes))
        (run,) = session.query(ListRuns()).result(TIMEOUT_SECONDS)
        assert run.number == 1
        known = session.known_secrets()
        assert TOKEN in known
        assert len(set(known)) == 2  # the other one is what registering gave
        await running.stop()
        assert running.events[-1] == SessionStopped()
        assert url_at(sandbox) is None
        session.request(StartRegistration())
        with pytest.raises(ProblemError):
            session.query(ListSecrets()).result(TIMEOUT_SECONDS)


def test_a_busy_port(open_session: Open, tmp_path: Path) -> None:
    """Said before anything runs."""
    with bind("127.0.0.1", 0, exact=True) as bound:
        port = bound.getsockname()[1]
        with pytest.raises(ProblemError) as raised:
            open_session(settings(tmp_path, port=port, port_was_given=True))
    assert raised.value.problem.exit_code is ExitCode.PORT


async def test_a_history_that_cannot_be_opened(open_session: Open, tmp_path: Path) -> None:
    """Said as an event, and by the last one."""
    session = open_session(settings(tmp_path, register=False, db=tmp_path))
    running = _Running(session)
    await running.event(SessionStopped)
    assert running.has(lambda event: isinstance(event, ProblemOccurred) and event.fatal)
    stopped = running.events[-1]
    assert isinstance(stopped, SessionStopped)
    assert stopped.problem is not None
    await running.stop()


async def test_a_query_without_an_answer(open_session: Open, tmp_path: Path) -> None:
    """A caller that waits when the session ends gets an error; one that cancels does not disturb the session."""
    session = open_session(settings(tmp_path, register=False))
    running = _Running(session)
    await running.event(HistoryOpened)
    asked = [session.query(ListRuns()) for _ in range(50)]
    assert not any(future.cancel() for future in asked)
    await running.stop()
    for future in asked:
        error = future.exception(TIMEOUT_SECONDS)
        assert error is None or isinstance(error, ProblemError)


def test_stop_may_interrupt_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a signal handler, which runs in the middle of the call that it interrupts, whatever lock that has."""
    launcher = SessionLauncher(settings(tmp_path, register=False))
    process = launcher.start()
    enter = threading.Condition.__enter__
    steps: list[str] = []

    def enter_interrupted(condition: threading.Condition) -> bool:
        entered = enter(condition)
        if steps == ["stopping"] and threading.current_thread() is stopping:
            steps.append("interrupted")
            process.stop()
        return entered

    def stop() -> None:
        steps.append("stopping")
        process.stop()
        steps.append("stopped")

    stopping = threading.Thread(target=stop, daemon=True)
    monkeypatch.setattr(threading.Condition, "__enter__", enter_interrupted)
    stopping.start()
    stopping.join(TIMEOUT_SECONDS)
    assert steps == ["stopping", "interrupted", "stopped"]
    launcher.end()
