"""Delivers events as PiktID documents it: signed, retried with exponential back-off on anything that is not 2xx.

Order holds per event only. What PiktID leaves open (delays, attempts, time-out) comes from the options and is ours.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import Awaitable, Callable, Mapping

from msgspec import Struct, field

from webhook_tui import __version__
from webhook_tui.domain.answer_rules.answer import is_success
from webhook_tui.domain.delivery.headers import Headers
from webhook_tui.domain.failure import SendError
from webhook_tui.domain.scenario import Fault
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.signature import headers_with, sign
from webhook_tui.http.sender import OutboundSender
from webhook_tui.sandbox.events import SandboxEvent
from webhook_tui.sandbox.options import SandboxOptions
from webhook_tui.sandbox.registration import Registry

_GRACE_SECONDS = 0.2
_KEPT_ATTEMPTS = 10_000


class Attempt(Struct, frozen=True):
    """One attempt to deliver an event."""

    event_id: int
    name: str
    number: int
    """1 for the first attempt of an event."""
    url: str
    status: int | None
    """None: no answer, or one that counts as lost."""
    reason: str = ""
    """Why there was no answer."""
    fault: Fault | None = None


class _Delivery(Struct):
    """One event that is being delivered."""

    event: SandboxEvent
    fault: Fault | None
    retries: bool = True
    first_over: asyncio.Event = field(default_factory=asyncio.Event)
    secret: Secret | None = None
    """The secret of the first attempt, where retries keep it."""
    made: int = 0


class Deliverer:
    """Delivers events, each in a task of its own."""

    def __init__(
        self,
        options: SandboxOptions,
        registry: Registry,
        *,
        random: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        delivered: Callable[[SandboxEvent], None],
        attempted: Callable[[Attempt], None],
    ) -> None:
        """`delivered` is called for each accepted event, `attempted` after each attempt."""
        self._options = options
        self._registry = registry
        self._random = random
        self._sleep = sleep
        self._delivered = delivered
        self._attempted = attempted
        self._places = asyncio.Semaphore(options.at_once)
        self._routes: dict[str, _Route] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._under_way = 0
        self._is_quiet = asyncio.Event()
        self._is_quiet.set()
        self.attempts: deque[Attempt] = deque(maxlen=_KEPT_ATTEMPTS)

    def deliver(self, event: SandboxEvent, fault: Fault | None, *, retries: bool = True) -> asyncio.Event:
        """Start to deliver and return an event that is set after the first attempt, the only one without `retries`."""
        delivery = _Delivery(event, fault, retries)
        task = asyncio.create_task(self._deliver(delivery), name=f"sandbox delivery {event.id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _: delivery.first_over.set())
        return delivery.first_over

    async def settled(self) -> None:
        """Wait until every delivery has ended."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def aclose(self) -> None:
        """Give up what is under way and close all connections.

        Requests have a moment to end by themselves: a connection that is given up while it is being made or closed may
        be lost sight of, and stay open.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_GRACE_SECONDS):
                await self._is_quiet.wait()
        tasks = set(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for route in self._routes.values():
            await route.sender.aclose()
        self._routes.clear()

    async def _deliver(self, delivery: _Delivery) -> None:
        if delivery.fault is Fault.LOSE:
            return
        if delivery.fault is Fault.DELAY:
            await self._sleep(self._options.delay_seconds)
        delay = self._options.first_delay_seconds
        while (accepted := await self._attempt(delivery)) is not None:
            delivery.first_over.set()
            if accepted:
                self._delivered(delivery.event)
                if delivery.fault is Fault.DUPLICATE and delivery.made == 1:
                    await self._attempt(delivery)
                return
            if not delivery.retries or delivery.made >= self._options.attempts:
                return
            await self._sleep(delay * (1 + self._options.jitter * (2 * self._random() - 1)))
            delay *= self._options.factor

    async def _attempt(self, delivery: _Delivery) -> bool | None:
        """Deliver once to the webhook as it is when the turn comes; whether it was accepted, None without a webhook."""
        async with self._places:
            registration = self._registry.current
            if registration is None:
                return None
            delivery.made += 1
            if delivery.secret is None or not self._options.retries_keep_secret:
                delivery.secret = registration.secret
            body, headers = self._signed(delivery.event, delivery.secret, delivery.fault)
            status, reason = None, ""
            try:
                status = await self._send(registration.url, headers, body)
            except SendError as error:
                reason = error.reason
        if delivery.fault is Fault.ANSWER_LOST and delivery.made == 1:
            status, reason = None, "the answer was lost, as asked for"
        self._registry.note_response(registration.id, status)
        attempt = Attempt(
            delivery.event.id,
            delivery.event.name,
            delivery.made,
            registration.url,
            status,
            reason,
            delivery.fault,
        )
        self.attempts.append(attempt)
        self._attempted(attempt)
        return is_success(status)

    async def _send(self, url: str, headers: Headers, body: bytes) -> int:
        route = self._routes.get(url)
        if route is None:
            route = self._routes[url] = _Route(OutboundSender(url, timeout_seconds=self._options.timeout_seconds))
        route.used += 1
        self._under_way += 1
        self._is_quiet.clear()
        try:
            reply = await route.sender.send("POST", route.sender.base_target, headers, body)
        finally:
            route.used -= 1
            await self._close_idle_routes()
            self._under_way -= 1
            if not self._under_way:
                self._is_quiet.set()
        return reply.status

    async def _close_idle_routes(self) -> None:
        """Connections to a URL that was replaced are closed when nothing uses them any more."""
        current = self._registry.current
        for url in [url for url, route in self._routes.items() if not route.used]:
            if current is None or current.url != url:
                await self._routes.pop(url).sender.aclose()

    def _signed(self, event: SandboxEvent, secret: Secret, fault: Fault | None) -> tuple[bytes, Headers]:
        body = event.body()
        if fault is Fault.ALTER:
            body = json.dumps(event.fields() | {"data": altered(event.data)}).encode("ascii")
        if fault is Fault.FORGED:
            secret = Secret(f"not {secret.fingerprint()}")
        elif fault is Fault.OLDER:
            secret = self._registry.former or secret
        signature = sign(secret, body)
        if fault is Fault.UPPER_CASE:
            signature = "sha256=" + signature.removeprefix("sha256=").upper()
        elif fault is Fault.NO_PREFIX:
            signature = signature.removeprefix("sha256=")
        elif fault is Fault.NEWLINE:
            body += b"\n"
        elif fault is Fault.RESERIALISED:
            body = json.dumps(json.loads(body), separators=(",", ":")).encode("ascii")
        sent = None if fault is Fault.NO_SIGNATURE else signature.encode("ascii")
        return body, headers_with(event.name, sent, agent=f"webhook-tui-sandbox/{__version__}")


class _Route(Struct):
    """Connections to one registered URL."""

    sender: OutboundSender
    used: int = 0


def altered(data: Mapping[str, object]) -> dict[str, object]:
    """The data with one value changed."""
    changed = dict(data)
    status = changed.get("status")
    changed["status"] = f"{status} (altered)" if isinstance(status, str) else "altered"
    return changed
