"""A sandbox on a real socket, a real server for its deliveries, and time that tests move by hand."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.http.echo import Echo, Received, echo
from tests.timeouts import until
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import SecretRing
from webhook_tui.domain.signature.signature import check_signature
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.http.asgi import AsgiApplication
from webhook_tui.http.server import Server
from webhook_tui.http.sockets import bind
from webhook_tui.sandbox.asgi import application
from webhook_tui.sandbox.options import SandboxOptions
from webhook_tui.sandbox.service import Sandbox

START = datetime(2026, 11, 23, 14, 20, tzinfo=UTC)
FORMER = Secret("former")


class Clock:
    """Time that stands still; who sleeps is woken when it is moved on far enough."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._sleepers: list[tuple[float, asyncio.Event]] = []
        self.slept: list[float] = []

    def now(self) -> datetime:
        """The present moment."""
        return START + timedelta(seconds=self.seconds)

    async def sleep(self, seconds: float) -> None:
        """Wait until time was moved on by so much."""
        woken = asyncio.Event()
        self.slept.append(seconds)
        self._sleepers.append((self.seconds + seconds, woken))
        await woken.wait()

    async def run_to_next(self) -> float:
        """Wait until someone sleeps, move on to the earliest waking, and give back the time."""
        await until(lambda: bool(self._sleepers))
        due = min(at for at, _ in self._sleepers)
        self.move(due - self.seconds)
        return self.seconds

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self.seconds += seconds
        for at, woken in self._sleepers:
            if at <= self.seconds:
                woken.set()
        self._sleepers = [sleeper for sleeper in self._sleepers if sleeper[0] > self.seconds]


@contextlib.asynccontextmanager
async def receiver(*statuses: int) -> AsyncIterator[Echo]:
    """A server at whose URL a webhook can be registered."""
    async with echo(*statuses) as hook:
        hook.url += "/h/abc?x=1"
        yield hook


@dataclass
class Running:
    """A sandbox that is served."""

    sandbox: Sandbox
    clock: Clock
    url: str


@contextlib.asynccontextmanager
async def serving(options: SandboxOptions | None = None, *, chance: float = 0.5) -> AsyncIterator[Running]:
    """A sandbox on a free port, with a clock by hand and chance that is always the same."""
    clock = Clock()
    numbers = itertools.count(1)
    sandbox = Sandbox(
        options or SandboxOptions(),
        now=clock.now,
        random=lambda: chance,
        sleep=clock.sleep,
        new_secret=lambda: f"secret-{next(numbers)}",
    )
    server = Server(AsgiApplication(application(sandbox)), bind("127.0.0.1", 0, exact=True))
    await server.start()
    await sandbox.start()
    try:
        yield Running(sandbox, clock, f"http://127.0.0.1:{server.port}")
    finally:
        await sandbox.aclose()
        await server.stop()


def verdict_of(delivery: Received, *secrets: str) -> Verdict:
    """The verdict on a delivery by a ring of these secrets, the last of which is current."""
    ring = SecretRing()
    for minutes, secret in enumerate(secrets):
        ring = ring.registered(Secret(secret), START + timedelta(minutes=minutes))
    return check_signature(delivery.headers, delivery.body, ring, zone_now=START).verdict


async def idle() -> None:
    """Let everything that can happen now happen."""
    for _ in range(10):
        await asyncio.sleep(0.01)
