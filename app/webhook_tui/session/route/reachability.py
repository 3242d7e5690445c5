"""Checks whether the public URL reaches our receiver: by a request of our own through it, or by a delivery.

Nothing waits for the result: some machines cannot reach their own public URL. Their tunnel works, but is not verified.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import secrets
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from msgspec import Struct
from msgspec.structs import replace

from webhook_tui import __version__
from webhook_tui.domain.delivery.delivery import Delivery
from webhook_tui.domain.delivery.headers import first
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.events import Notified, TunnelChanged
from webhook_tui.domain.failure import Failure, SendError
from webhook_tui.domain.status import TunnelState
from webhook_tui.session import messages
from webhook_tui.session.bus import AddressChanged, DeliveriesStored, EventBus, PublicUrlUnreachable
from webhook_tui.session.clock import Clock
from webhook_tui.session.status import StatusPublisher

if TYPE_CHECKING:
    from webhook_tui.http.sender import OutboundSender, Reply

_HEADERS = (
    (b"User-Agent", f"webhook-tui/{__version__}".encode()),
    (b"ngrok-skip-browser-warning", b"1"),
)
_LONGEST_REPLY = 256 * 1024
_TUNNEL_MAY_BE_DEAD = (Failure.TIMEOUT, Failure.CUT, Failure.NOT_HTTP)


class ReachabilityTiming(Struct, frozen=True, kw_only=True):
    """Intervals and time-outs in seconds. Few requests are sent, since free tunnels limit their number."""

    timeout_seconds: float = 10.0
    idle_seconds: float = 600.0
    """From a success to the next check."""
    again_seconds: tuple[float, ...] = (2.0, 10.0, 60.0)
    """From each failure in a row to the next check; afterwards as after a success."""
    least_seconds: float = 1.0
    """A delivery within this time after the last success is ignored."""


class Probe:
    """Sends one GET request through the public URL."""

    def __init__(self, timeout_seconds: float) -> None:
        self._timeout_seconds = timeout_seconds

    async def send(self, url: str, nonce: str) -> Reply:
        """Send `nonce` to the hook at `url`. Raises SendError; ValueError when the URL is malformed."""
        parts = urlsplit(url)
        query = f"{parts.query}&proof={nonce}" if parts.query else f"proof={nonce}"
        # In a thread: loading the CA certificates takes a while, and deliveries must not wait for it.
        sender = await asyncio.to_thread(self.sender, f"{parts.scheme}://{parts.netloc}")
        async with contextlib.aclosing(sender):
            return await sender.send("GET", f"{parts.path or '/'}?{query}", _HEADERS, b"")

    def sender(self, origin: str) -> OutboundSender:
        """Return the client for one origin; called in a thread."""
        from webhook_tui.http.sender import OutboundSender  # noqa: PLC0415 -- httpx, which no first frame needs

        return OutboundSender(origin, timeout_seconds=self._timeout_seconds, longest_reply=_LONGEST_REPLY)


class _Failed(Struct, frozen=True):
    """The request did not arrive here."""

    reason: str
    may_be_closed: bool
    """Whether a dead tunnel can be the cause, and not a missing network."""
    advice: str = ""
    """What can help besides trying again, as a clause."""

    def problem(self) -> Problem:
        return messages.public_url_not_reached(self.reason, self.advice)


class ReachabilityCheck:
    """Checks periodically and on demand. Belongs to the session's loop."""

    def __init__(
        self, status: StatusPublisher, bus: EventBus, clock: Clock, probe: Probe, timing: ReachabilityTiming
    ) -> None:
        self._status = status
        self._bus = bus
        self._clock = clock
        self._probe = probe
        self._timing = timing
        self._url: str | None = None
        self._due: float | None = None
        self._wake = asyncio.Event()
        self._is_requested = False
        self._nonce = ""
        self._is_seen = False
        self._failures = 0
        self._was_reached = False

    # Events of other parts

    def on_address_changed(self, event: AddressChanged) -> None:
        """Check the new URL."""
        self._failures = 0
        self._was_reached = False
        self._url = event.url
        is_due = event.url is not None and event.is_watched
        self._due = asyncio.get_running_loop().time() if is_due else None
        self._wake.set()

    def on_deliveries_stored(self, event: DeliveriesStored) -> None:
        """A delivery through the public URL verifies it."""
        url = self._url
        if url is None or self._due is None:
            return
        if not any(not stored.is_simulated and came_through(stored.delivery, url) for stored in event.deliveries):
            return
        tunnel = self._status.route.tunnel
        verified_at, at = tunnel.verified_at, self._clock.utc_now()
        is_old = verified_at is None or abs((at - verified_at).total_seconds()) >= self._timing.least_seconds
        if tunnel.state is TunnelState.UNVERIFIED or is_old:
            self._verified()

    def on_probe(self, query: str) -> None:
        """The receiver got a GET on the hook, with this query."""
        nonce = parse_qs(query).get("proof", [""])[-1]
        if self._nonce and hmac.compare_digest(nonce.encode("latin-1", "replace"), self._nonce.encode("latin-1")):
            self._is_seen = True

    # The work

    def check_now(self) -> None:
        """Check now, and publish the outcome as Notified."""
        if self._url is None:
            self._bus.publish(Notified(messages.NO_PUBLIC_URL))
            return
        self._is_requested = True
        self._wake.set()

    async def run(self) -> None:
        """Check whenever it is due, until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(self._due):
                    await self._wake.wait()
            self._wake.clear()
            is_due = self._is_requested or (self._due is not None and self._due <= loop.time())
            if self._url is not None and is_due:
                await self._check(self._url)

    async def _check(self, url: str) -> None:
        was_requested, self._is_requested = self._is_requested, False
        started = asyncio.get_running_loop().time()
        failed = await self._try(url)
        if url != self._url:
            self._is_requested |= was_requested
            return
        if failed is None:
            self._was_reached = True
            self._verified()
        else:
            self._count_failure(failed, is_shown=was_requested)
        if was_requested:
            seconds = asyncio.get_running_loop().time() - started
            success = messages.public_url_verified(seconds)
            self._bus.publish(Notified(success if failed is None else failed.problem().message))

    async def _try(self, url: str) -> _Failed | None:
        """Send one request; None when it arrived here, whatever was answered."""
        self._nonce, self._is_seen = secrets.token_hex(16), False
        try:
            reply = await self._probe.send(url, self._nonce)
            failed = _Failed(f"something else answered {reply.status}", may_be_closed=True)
        except SendError as error:
            failed = _Failed(error.reason, may_be_closed=error.failure in _TUNNEL_MAY_BE_DEAD)
            if error.failure is Failure.TLS:
                failed = replace(failed, advice="set SSL_CERT_FILE to the CA of your network.")
        except ValueError:
            failed = _Failed("the URL is malformed", may_be_closed=False)
        self._nonce = ""
        return None if self._is_seen else failed

    def _verified(self) -> None:
        self._failures = 0
        tunnel = self._status.status.tunnel
        if tunnel.state is TunnelState.NONE:
            return
        self._due = asyncio.get_running_loop().time() + self._timing.idle_seconds
        if tunnel.state is TunnelState.UNVERIFIED:
            self._change_state(TunnelState.LIVE, None)
        self._status.change(tunnel=replace(self._status.status.tunnel, verified_at=self._clock.utc_now()))

    def _count_failure(self, failed: _Failed, *, is_shown: bool) -> None:
        tunnel = self._status.status.tunnel
        if tunnel.state not in (TunnelState.LIVE, TunnelState.UNVERIFIED):
            return
        again, self._failures = self._timing.again_seconds, self._failures + 1
        wait = again[self._failures - 1] if self._failures <= len(again) else self._timing.idle_seconds
        self._due = asyncio.get_running_loop().time() + wait
        # A new host name takes a moment to be resolved everywhere: one failure alone is not reported.
        if is_shown or self._failures > 1:
            self._change_state(TunnelState.UNVERIFIED, failed.problem())
        if self._failures == 2 and self._was_reached and failed.may_be_closed:
            self._bus.publish(PublicUrlUnreachable())

    def _change_state(self, state: TunnelState, problem: Problem | None) -> None:
        before = self._status.status.tunnel
        self._status.change(tunnel=replace(before, state=state, problem=problem))
        if state is not before.state:
            self._bus.publish(TunnelChanged(state.value, before.public_url))


def came_through(delivery: Delivery, url: str) -> bool:
    """Return whether a delivery arrived by the public URL, not from this machine directly at the receiver.

    A tunnel passes the public name on as Host or X-Forwarded-Host; where it hides both, False.
    """
    netloc = urlsplit(url).netloc.lower().encode("latin-1", "replace")
    hosts = (first(delivery.headers, name) for name in (b"host", b"x-forwarded-host"))
    return any(value is not None and value.lower() == netloc for value in hosts)
