"""Whether the public URL leads here: a request of our own through it, which the receiver knows again, or a delivery.

Nothing waits for it: a machine that cannot reach its own public URL has a tunnel all the same, only an unproven one.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from webhook_tui import __version__
from webhook_tui.domain.delivery import Delivery
from webhook_tui.domain.facts import TunnelChanged, WishGranted
from webhook_tui.domain.headers import first
from webhook_tui.domain.problem import ExitCode, Problem, Severity
from webhook_tui.domain.status import TunnelState
from webhook_tui.outbound import Failure, OutboundSender, SendError
from webhook_tui.session.board import Board

_HEADERS = (
    (b"User-Agent", f"webhook-tui/{__version__}".encode()),
    (b"ngrok-skip-browser-warning", b"1"),
)
_LONGEST_REPLY = 256 * 1024
_MAY_BE_DEAD = (Failure.TIMEOUT, Failure.CUT, Failure.NOT_HTTP)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofPace:
    """How long things take, in seconds. Free tunnels count requests: there are few."""

    timeout_seconds: float = 10.0
    idle_seconds: float = 600.0
    """So long after the last proof there is another."""
    again_seconds: tuple[float, ...] = (2.0, 10.0, 60.0)
    """From each proof in a row that failed to the next; afterwards as when idle."""
    least_seconds: float = 1.0
    """A delivery so soon after the last proof changes nothing."""


@dataclass(frozen=True, slots=True)
class _Missed:
    """The request was not seen here."""

    why: str
    may_be_closed: bool
    """What was said, or not said, is not for want of a network here."""
    advice: str = ""
    """What else than trying again may help, as a clause."""

    def problem(self) -> Problem:
        may_come = "Deliveries may come all the same"
        return Problem(
            f"Public URL not reached from here: {self.why}.",
            f"{may_come}; {self.advice}" if self.advice else f"{may_come}. It is tried again.",
            ExitCode.TUNNEL,
            mends_itself=True,
            severity=Severity.WARNING,
            screen_hint=f"{may_come}; {self.advice or 't sends a test ping. It is tried again.'}",
        )


class Proving:
    """Runs on the session's loop; `run` until cancelled."""

    def __init__(
        self,
        board: Board,
        *,
        now: Callable[[], datetime],
        reopen: Callable[[], None],
        pace: ProofPace,
        sender_for: Callable[[str, float], OutboundSender] = lambda origin, seconds: OutboundSender(
            origin, timeout_seconds=seconds, longest_reply=_LONGEST_REPLY
        ),
    ) -> None:
        """`reopen`: called when a public URL that led here does not any more; `sender_for`: origin, seconds."""
        self._board = board
        self._now = now
        self._reopen = reopen
        self._pace = pace
        self._sender_for = sender_for
        self._url: str | None = None
        self._due: float | None = None
        self._wake = asyncio.Event()
        self._is_asked = False
        self._nonce = ""
        self._is_seen = False
        self._forget()

    def _forget(self) -> None:
        self._failures = 0
        self._was_reached = False

    # What is told

    def address(self, url: str | None, *, is_watched: bool = True) -> None:
        """The URL that leads to the hook now, or None. `is_watched`: False: it is tried on demand only."""
        self._forget()
        self._url = url
        self._due = None if url is None or not is_watched else asyncio.get_running_loop().time()
        self._wake.set()

    def probed(self, query: str) -> None:
        """The receiver had a GET on the hook."""
        said = parse_qs(query).get("proof", [""])[-1]
        if self._nonce and hmac.compare_digest(said.encode("latin-1", "replace"), self._nonce.encode("latin-1")):
            self._is_seen = True

    def came(self, delivery: Delivery) -> None:
        """A delivery was recorded; one that came through the public URL proves it."""
        if self._url is None or self._due is None or not came_through(delivery, self._url):
            return
        tunnel = self._board.status.tunnel
        proven_at, at = tunnel.proven_at, self._now()
        is_old = proven_at is None or abs((at - proven_at).total_seconds()) >= self._pace.least_seconds
        if tunnel.state is TunnelState.UNPROVEN or is_old:
            self._proved()

    def prove(self) -> None:
        """Try now, and say what became of it."""
        if self._url is None:
            self._board.emit(WishGranted("There is no public URL yet."))
            return
        self._is_asked = True
        self._wake.set()

    # The work

    async def run(self) -> None:
        """Prove whenever it is due."""
        loop = asyncio.get_running_loop()
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(self._due):
                    await self._wake.wait()
            self._wake.clear()
            is_due = self._is_asked or (self._due is not None and self._due <= loop.time())
            if self._url is not None and is_due:
                await self._prove(self._url)

    async def _prove(self, url: str) -> None:
        was_asked, self._is_asked = self._is_asked, False
        started = asyncio.get_running_loop().time()
        missed = await self._try(url)
        if url != self._url:
            self._is_asked |= was_asked
            return
        if missed is None:
            self._was_reached = True
            self._proved()
        else:
            self._failed(missed, is_said=was_asked)
        if was_asked:
            seconds = asyncio.get_running_loop().time() - started
            proof = f"The public URL leads here: proven in {seconds:.2f} s."
            self._board.emit(WishGranted(proof if missed is None else missed.problem().what))

    async def _try(self, url: str) -> _Missed | None:
        """One request through the public URL; None when it was seen here, whatever was answered."""
        self._nonce, self._is_seen = secrets.token_hex(16), False
        parts = urlsplit(url)
        query = f"{parts.query}&proof={self._nonce}" if parts.query else f"proof={self._nonce}"
        missed: _Missed
        try:
            # In a thread: loading the certificates takes a while, and deliveries do not wait for it.
            sender = await asyncio.to_thread(
                self._sender_for, f"{parts.scheme}://{parts.netloc}", self._pace.timeout_seconds
            )
            async with contextlib.aclosing(sender):
                reply = await sender.send("GET", f"{parts.path or '/'}?{query}", _HEADERS, b"")
            missed = _Missed(f"something else answered {reply.status}", may_be_closed=True)
        except SendError as error:
            missed = _Missed(error.reason, may_be_closed=error.failure in _MAY_BE_DEAD)
            if error.failure is Failure.TLS:
                missed = replace(missed, advice="set SSL_CERT_FILE to the CA of your network.")
        except ValueError:
            missed = _Missed("it is no URL that can be asked", may_be_closed=False)
        self._nonce = ""
        return None if self._is_seen else missed

    def _proved(self) -> None:
        self._failures = 0
        tunnel = self._board.status.tunnel
        if tunnel.state is TunnelState.NONE:
            return
        self._due = asyncio.get_running_loop().time() + self._pace.idle_seconds
        if tunnel.state is TunnelState.UNPROVEN:
            self._turn(TunnelState.LIVE, None)
        self._board.change(tunnel=replace(self._board.status.tunnel, proven_at=self._now()))

    def _failed(self, missed: _Missed, *, is_said: bool) -> None:
        tunnel = self._board.status.tunnel
        if tunnel.state not in (TunnelState.LIVE, TunnelState.UNPROVEN):
            return
        again, self._failures = self._pace.again_seconds, self._failures + 1
        wait = again[self._failures - 1] if self._failures <= len(again) else self._pace.idle_seconds
        self._due = asyncio.get_running_loop().time() + wait
        # A new name takes a moment until everybody knows it: the first failure alone says nothing.
        if is_said or self._failures > 1:
            self._turn(TunnelState.UNPROVEN, missed.problem())
        if self._failures == 2 and self._was_reached and missed.may_be_closed:
            self._reopen()

    def _turn(self, state: TunnelState, problem: Problem | None) -> None:
        before = self._board.status.tunnel
        self._board.change(tunnel=replace(before, state=state, problem=problem))
        if state is not before.state:
            self._board.emit(TunnelChanged(state.value, before.public_url))


def came_through(delivery: Delivery, url: str) -> bool:
    """Whether a delivery came by the public URL, not from this machine straight to the receiver.

    A tunnel passes on the public name as Host, or says it beside; one that hides both proves nothing.
    """
    netloc = urlsplit(url).netloc.lower().encode("latin-1", "replace")
    said = (first(delivery.headers, name) for name in (b"host", b"x-forwarded-host"))
    return any(value is not None and value.lower() == netloc for value in said)
