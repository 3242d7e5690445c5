"""Whether the registered webhook is still ours: PiktID has one per user, and another program may register its own.

PiktID is asked where it says so; elsewhere, events that come by the event stream alone for a while raise a suspicion.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.domain.status import TunnelState, WebhookState
from webhook_tui.piktid.models import CannotTell, NoWebhook, Webhook
from webhook_tui.session.registration import WebhookRegistration
from webhook_tui.session.status import StatusPublisher


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnershipTiming:
    """When PiktID is asked, and what is a long silence."""

    every_seconds: float = 60.0
    least_seconds: float = 5.0
    """Between two questions, however many events are missing."""
    silence_seconds: float = 120.0
    silent_events: int = 3
    """So many events by the event stream alone, with no delivery meanwhile, and so long: then it is suspicious."""


class OwnershipWatch:
    """Runs on the session's loop; `run` until cancelled."""

    def __init__(
        self,
        registrar: WebhookRegistration,
        board: StatusPublisher,
        *,
        now: Callable[[], datetime],
        pace: OwnershipTiming,
    ) -> None:
        self._registrar = registrar
        self._board = board
        self._now = now
        self._pace = pace
        self._wake = asyncio.Event()
        self._missing = 0
        self._heard_at: datetime | None = None

    def came(self, stored: StoredDelivery) -> None:
        """A delivery was recorded. One that is signed with our secret ends a suspicion."""
        self._missing = 0
        self._heard_at = stored.row.received_at
        if stored.row.verdict is Verdict.VALID:
            self._registrar.trust()

    def missed(self) -> None:
        """The event stream showed an event whose webhook never came, and nothing that is known here explains it."""
        self._missing += 1
        self._wake.set()

    async def run(self) -> None:
        """Ask now and then, and when events are missing."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pace.every_seconds):
                    await self._wake.wait()
            self._wake.clear()
            await self._look()
            await asyncio.sleep(min(self._pace.least_seconds, self._pace.every_seconds))

    async def _look(self) -> None:
        state = self._board.status.webhook.state
        if state not in (WebhookState.REGISTERED, WebhookState.STALE, WebhookState.TAKEN):
            return
        with contextlib.suppress(ProblemError):  # no answer says nothing about whose it is
            match await self._registrar.whose():
                case Webhook() as present:
                    self._registrar.seen(present)
                case NoWebhook():
                    self._registrar.vanished()
                case CannotTell():
                    if self._is_suspicious():
                        self._registrar.suspect()
                case None:
                    pass

    def _is_suspicious(self) -> bool:
        status = self._board.status
        if status.webhook.state is not WebhookState.REGISTERED or self._missing < self._pace.silent_events:
            return False
        if status.tunnel.state is TunnelState.UNVERIFIED:  # then that may be why
            return False
        moments = [at for at in (self._heard_at, status.webhook.registered_at) if at is not None]
        return bool(moments) and (self._now() - max(moments)).total_seconds() >= self._pace.silence_seconds
