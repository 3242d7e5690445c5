"""Watches whether the registered webhook is still ours, since another program may register its own.

PiktID is asked where it reports the webhook; elsewhere, events that come by the event stream alone for a while are
suspicious.
"""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime

from msgspec import Struct

from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.domain.status import TunnelState, WebhookState
from webhook_tui.piktid.models import CannotTell, NoWebhook, Webhook
from webhook_tui.session.bus import DeliveriesStored, EventLost
from webhook_tui.session.clock import Clock
from webhook_tui.session.registration.ownership import Ownership
from webhook_tui.session.registration.registration import WebhookRegistration
from webhook_tui.session.status import StatusPublisher


class OwnershipTiming(Struct, frozen=True, kw_only=True):
    """When PiktID is asked, and what is a long silence; in seconds."""

    every_seconds: float = 60.0
    least_seconds: float = 5.0
    """Between two requests, however many events are lost."""
    silence_seconds: float = 120.0
    silent_events: int = 3
    """So many events by the event stream alone, and no delivery for `silence_seconds`: suspicious."""


class OwnershipWatch:
    """Belongs to the session's loop."""

    def __init__(
        self,
        ownership: Ownership,
        registration: WebhookRegistration,
        status: StatusPublisher,
        clock: Clock,
        timing: OwnershipTiming,
    ) -> None:
        self._ownership = ownership
        self._registration = registration
        self._status = status
        self._clock = clock
        self._timing = timing
        self._wake = asyncio.Event()
        self._lost_events = 0
        self._last_delivery_at: datetime | None = None

    def on_deliveries_stored(self, event: DeliveriesStored) -> None:
        """A delivery that is signed with our secret ends a suspicion."""
        rows = [stored.row for stored in event.deliveries if not stored.is_simulated]
        if not rows:
            return
        self._lost_events = 0
        self._last_delivery_at = rows[-1].received_at
        if any(row.verdict is Verdict.VALID for row in rows):
            self._ownership.confirm()

    def on_event_lost(self, _event: EventLost) -> None:
        """Ask PiktID soon."""
        self._lost_events += 1
        self._wake.set()

    async def run(self) -> None:
        """Ask periodically, and when events are lost, until cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._timing.every_seconds):
                    await self._wake.wait()
            self._wake.clear()
            await self._check()
            await asyncio.sleep(min(self._timing.least_seconds, self._timing.every_seconds))

    async def _check(self) -> None:
        state = self._status.status.webhook.state
        if state not in (WebhookState.REGISTERED, WebhookState.STALE, WebhookState.TAKEN):
            return
        with contextlib.suppress(ProblemError):  # without an answer nothing is known
            match await self._current():
                case Webhook() as present:
                    self._ownership.on_webhook_seen(present)
                case NoWebhook():
                    self._ownership.on_no_webhook_seen()
                case CannotTell():
                    if self._is_suspicious():
                        self._ownership.suspect()
                case None:
                    pass

    async def _current(self) -> Webhook | NoWebhook | CannotTell | None:
        """The registered webhook; None when the registration changed here meanwhile. Raises ProblemError."""
        client = self._registration.client
        if client is None:
            return None
        before = self._ownership.registered, self._status.status.webhook.since
        present = await client.current()
        return present if before == (self._ownership.registered, self._status.status.webhook.since) else None

    def _is_suspicious(self) -> bool:
        status = self._status.status
        if status.webhook.state is not WebhookState.REGISTERED or self._lost_events < self._timing.silent_events:
            return False
        if status.tunnel.state is TunnelState.UNVERIFIED:  # that can be the cause
            return False
        moments = [at for at in (self._last_delivery_at, status.webhook.registered_at) if at is not None]
        silence = self._timing.silence_seconds
        return bool(moments) and (self._clock.utc_now() - max(moments)).total_seconds() >= silence
