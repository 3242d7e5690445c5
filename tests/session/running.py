"""A real Session in a thread, and a real sandbox for it to register with."""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tests.http.plain_client import plain_client
from tests.timeouts import TIMEOUT_SECONDS
from webhook_tui.config import Settings
from webhook_tui.domain.commands import Command, StartRegistration
from webhook_tui.domain.comparison.event_comparison import Limits
from webhook_tui.domain.events import SessionEvent, SessionStopped, StatusChanged
from webhook_tui.domain.queries import Answer, Query
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.status import SessionStatus, WebhookState
from webhook_tui.http.asgi import Asgi, AsgiApplication
from webhook_tui.http.server import Server
from webhook_tui.http.sockets import bind
from webhook_tui.places import Places
from webhook_tui.sandbox.asgi import application
from webhook_tui.sandbox.options import SandboxOptions
from webhook_tui.sandbox.service import Sandbox
from webhook_tui.session.clock import Clock
from webhook_tui.session.comparison import ComparisonTiming
from webhook_tui.session.history.deletion import DeliveryDeletion
from webhook_tui.session.registration.ownership_watch import OwnershipTiming
from webhook_tui.session.runtime import Timings
from webhook_tui.session.session import Session
from webhook_tui.storage import writer

F = TypeVar("F")
TOKEN = Secret("piktid-token-canary")
ELSEWHERE = "http://127.0.0.1:9/hooks/piktid"
"""The webhook of another program."""
SOON = OwnershipTiming(every_seconds=0.05, least_seconds=0.01, silence_seconds=0.3, silent_events=3)
QUICK = Timings(comparison=ComparisonTiming(limits=Limits(overdue_seconds=0.1)), ownership=SOON)
"""Another program's registration is noticed at once."""


async def register_elsewhere(api_url: str, url: str = ELSEWHERE, *, token: Secret = TOKEN) -> None:
    """Register another program's webhook."""
    async with plain_client() as client:
        await client.put(
            f"{api_url}/webhooks", json={"url": url}, headers={"Authorization": f"Bearer {token.reveal()}"}
        )


def url_at(sandbox: Sandbox) -> str | None:
    """The URL that the sandbox has registered now."""
    current = sandbox.registry.current
    return None if current is None else current.url


class Running:
    """One session at work; its events as received."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.events: list[SessionEvent] = []
        self.loop: asyncio.AbstractEventLoop | None = None
        """Of the session, once it has published an event."""
        self.heard: Callable[[SessionEvent], None] = lambda _event: None
        """Called with each event on the session's thread, before anything else follows it."""
        self._thread = threading.Thread(target=session.run, args=(self._on_event,), daemon=True)

    def _on_event(self, event: SessionEvent) -> None:
        if self.loop is None:
            with contextlib.suppress(RuntimeError):  # before the loop and after it
                self.loop = asyncio.get_running_loop()
        self.heard(event)
        self.events.append(event)

    def start(self) -> None:
        """Begin."""
        self._thread.start()
        self.session.request(StartRegistration())

    def ask(self, command: Command) -> None:
        """Send a command."""
        self.session.request(command)

    async def answer(self, query: Query[Answer]) -> Answer:
        """Send a query and wait for its answer. Raises ProblemError."""
        async with asyncio.timeout(TIMEOUT_SECONDS):
            return await asyncio.wrap_future(self.session.query(query))

    def all(self, kind: type[F]) -> list[F]:
        """Every event of that kind so far."""
        return [event for event in list(self.events) if isinstance(event, kind)]

    @property
    def status(self) -> SessionStatus:
        """The newest status."""
        return self.all(StatusChanged)[-1].status

    async def event(self, kind: type[F], is_it: Callable[[F], bool] = lambda _: True) -> F:
        """The first event of that kind that fits, waited for."""
        async with asyncio.timeout(TIMEOUT_SECONDS):
            while True:
                for event in self.all(kind):
                    if is_it(event):
                        return event
                await asyncio.sleep(0.01)

    async def until(self, is_so: Callable[[SessionStatus], bool]) -> SessionStatus:
        """The status once it is so, waited for."""
        await self.event(StatusChanged, lambda _: is_so(self.status))
        return self.status

    async def webhook_is(self, state: WebhookState) -> None:
        """Wait until the webhook is in that state."""
        await self.until(lambda status: status.webhook.state is state)

    async def stop(self) -> SessionStopped:
        """Leave, and wait until it has."""
        self.session.stop()
        await asyncio.to_thread(self._thread.join, TIMEOUT_SECONDS)
        assert not self._thread.is_alive()
        return self.all(SessionStopped)[0]


def settings(home: Path, **changes: Any) -> Settings:
    """Settings that touch nothing outside `home` and open no tunnel."""
    places = Places(home / "config", home / "state")
    return Settings(**{"token": TOKEN, "tunnel": "none", "port": 0, "places": places, **changes})


def leave_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the connection of the history to the loops: retention and background work use none from now on."""

    async def prune(*_: object, **__: object) -> None:
        pass

    monkeypatch.setattr(DeliveryDeletion, "prune", prune)
    monkeypatch.setattr(writer, "IDLE_SECONDS", TIMEOUT_SECONDS)


@asynccontextmanager
async def session_of(
    chosen: Settings,
    *,
    asks: bool = False,
    timing: ComparisonTiming | Timings | None = None,
    clock: Clock | None = None,
) -> AsyncIterator[Running]:
    """A session that is stopped in the end; `timing`: of the event stream, or of all parts."""
    timings = Timings(comparison=timing) if isinstance(timing, ComparisonTiming) else timing
    running = Running(Session.open(chosen, asks=asks, timings=timings, clock=clock))
    running.start()
    try:
        yield running
    finally:
        await running.stop()


@asynccontextmanager
async def sandbox_of(
    *, wrap: Callable[[Asgi], Asgi] = lambda app: app, **options: Any
) -> AsyncIterator[tuple[Sandbox, str]]:
    """A served sandbox and its API URL; `wrap` may stand between the two."""
    chance = random.Random(7)
    sandbox = Sandbox(
        SandboxOptions(**{"token": TOKEN, "first_delay_seconds": 0.05, **options}),
        now=lambda: datetime.now(UTC),
        random=chance.random,
    )
    server = Server(AsgiApplication(wrap(application(sandbox))), bind("127.0.0.1", 0, exact=True), grace_seconds=0.2)
    await server.start()
    await sandbox.start()
    try:
        yield sandbox, f"http://127.0.0.1:{server.port}"
    finally:
        await sandbox.aclose()
        await server.stop()
