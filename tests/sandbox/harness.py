"""A sandbox on a real socket, a real receiver for its deliveries, and time that tests move by hand."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests.patience import PATIENCE_SECONDS
from webhook_tui.domain.delivery.headers import Headers, first
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import SecretRing
from webhook_tui.domain.signature.signature import check_signature
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.http.asgi import AsgiApplication, Receive, Scope, Send
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


async def until(condition: Callable[[], bool]) -> None:
    """Wait until the condition holds."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():  # noqa: ASYNC110 -- a condition sets no event
            await asyncio.sleep(0.01)


@dataclass(frozen=True)
class Received:
    """One delivery as it arrived."""

    method: str
    path: str
    headers: Headers
    body: bytes

    @property
    def signature(self) -> bytes | None:
        """The value of X-Webhook-Signature."""
        return first(self.headers, b"x-webhook-signature")


@dataclass
class Receiver:
    """Keeps every delivery and answers with the statuses it is given, then 200."""

    statuses: list[int] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    hold: asyncio.Event | None = None
    url: str = ""

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI function."""
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        self.received.append(Received(scope["method"], scope["path"], tuple(scope["headers"]), body))
        status = self.statuses.pop(0) if self.statuses else 200
        if self.hold is not None:
            await self.hold.wait()
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    async def count(self, number: int) -> list[Received]:
        """Wait until so many deliveries are here, and give them back."""
        await until(lambda: len(self.received) >= number)
        return self.received


@contextlib.asynccontextmanager
async def receiver(*statuses: int) -> AsyncIterator[Receiver]:
    """A receiver on a free port."""
    kept = Receiver(list(statuses))
    server = Server(AsgiApplication(kept.app), bind("127.0.0.1", 0, exact=True))
    await server.start()
    kept.url = f"http://127.0.0.1:{server.port}/h/abc?x=1"
    try:
        yield kept
    finally:
        await server.stop()


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
