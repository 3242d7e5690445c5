"""Events of our own, signed with the current secret as PiktID signs them: to the receiver itself or to a URL.

One that comes in at our own receiver is known by a header that holds a word of this run: it is stored like any other,
its row says so, and it proves nothing of PiktID.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from webhook_tui import __version__
from webhook_tui.domain.delivery import StoredDelivery
from webhook_tui.domain.facts import ProblemOccurred, WishGranted
from webhook_tui.domain.headers import Headers, first
from webhook_tui.domain.problem import Problem, ProblemError, Severity
from webhook_tui.domain.secret import Secret
from webhook_tui.domain.sent import Sent, Why, hint
from webhook_tui.domain.simulation import event_headers
from webhook_tui.domain.text import visible
from webhook_tui.domain.url import connect_host
from webhook_tui.domain.wishes import CommentWish, SimulateWish
from webhook_tui.outbound import OutboundSender, SendError, is_loopback
from webhook_tui.sandbox.samples import sample_body
from webhook_tui.session.board import Board
from webhook_tui.session.forwarding import LONGEST_ANSWER, TIMEOUT_SECONDS, Forwarding
from webhook_tui.session.keeper import RingKeeper
from webhook_tui.session.tending import Tending

COMMENT = "simulated"
_HEADER = b"X-Webhook-Simulated"
_NO_SECRET = Problem(
    "There is no current secret to sign with.",
    "Registering gives one.",
    severity=Severity.WARNING,
    screen_hint="u registers and gets one.",
)


@dataclass(frozen=True, slots=True)
class Parts:
    """What simulating needs of the session."""

    board: Board
    keeper: RingKeeper
    forwarding: Forwarding
    tending: Tending
    hook_path: str
    now: Callable[[], datetime]


class Simulating:
    """Sends events of our own. All calls come from the session's loop."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._word = secrets.token_hex(8).encode("ascii")

    def is_own(self, stored: StoredDelivery) -> bool:
        """Whether this run sent that delivery to itself."""
        return first(stored.delivery.headers, _HEADER) == self._word

    async def note(self, stored: StoredDelivery) -> None:
        """Let the row of an own delivery say so."""
        await self._parts.tending.carry_out(CommentWish(stored.row.seq, COMMENT))

    async def simulate(self, wish: SimulateWish) -> None:
        """Send one event and say what was answered."""
        board = self._parts.board
        try:
            sent = await self._send(wish)
        except ProblemError as error:
            board.emit(ProblemOccurred(error.problem))
            return
        where = "the receiver" if wish.url is None else visible(wish.url)
        what = f"{visible(wish.event)} to {where}: {sent.outcome}"
        if sent.is_good:
            board.emit(WishGranted(f"Sent {what}"))
        else:
            # The receiver answers as its rule says: that needs no advice.
            advice = hint(sent) if wish.url is not None else ""
            board.emit(ProblemOccurred(Problem(f"Sent {what}.", advice, severity=Severity.WARNING)))

    async def _send(self, wish: SimulateWish) -> Sent:
        body = sample_body(wish.event) if wish.body is None else wish.body
        headers = event_headers(wish.event, self._secret(), body, agent=f"webhook-tui/{__version__}")
        url = wish.url
        if url is None:
            url, headers = self._own_url(), (*headers, (_HEADER, self._word))
        else:
            self._parts.forwarding.allow(url)
        return await self._exchange(url, headers, body, is_app=wish.url is not None)

    async def _exchange(self, url: str, headers: Headers, body: bytes, *, is_app: bool) -> Sent:
        sender = OutboundSender(
            url,
            timeout_seconds=TIMEOUT_SECONDS,
            verify=not is_loopback(url),
            longest_reply=LONGEST_ANSWER,
            is_app=is_app,
        )
        now = self._parts.now
        try:
            reply = await sender.send("POST", sender.base_target, headers, body)
        except SendError as error:
            return Sent(0, Why.SIMULATED, url, now(), None, failure=error.reason, cause=error.failure)
        finally:
            await sender.aclose()
        return Sent(0, Why.SIMULATED, url, now(), reply.status, seconds=reply.seconds)

    def _own_url(self) -> str:
        receiver = self._parts.board.status.receiver
        host = connect_host(receiver.host or "0.0.0.0")  # noqa: S104 -- an empty one means every interface
        return f"http://{f'[{host}]' if ':' in host else host}:{receiver.port}{self._parts.hook_path}"

    def _secret(self) -> Secret:
        """The current one; where nothing was registered, the newest that was given."""
        ring = self._parts.keeper.ring
        known = ring.current or next(iter(ring.newest_first()), None)
        if known is None:
            raise ProblemError(_NO_SECRET)
        return known.secret
