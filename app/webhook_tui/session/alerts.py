"""Watches for what `--notify` names and announces it, quietly in a flood."""

from __future__ import annotations

import asyncio

from webhook_tui.domain.alerts import Alert, AlertDigest, AlertLimiter, Subject, delivery_alert, lost_alert
from webhook_tui.domain.delivery.delivery import DeliveryRow
from webhook_tui.domain.events import Alerted, VerdictChanged
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.session.bus import DeliveriesStored, EventBus, EventLost
from webhook_tui.session.clock import Clock

_MOST_PENDING = 1000
"""Deliveries without a verdict yet; about more nothing is announced."""


class Alerts:
    """Publishes Alerted. Belongs to the session's loop."""

    def __init__(self, bus: EventBus, clock: Clock, subjects: frozenset[Subject]) -> None:
        """`subjects`: what is announced."""
        self._bus = bus
        self._clock = clock
        self._limiter = AlertLimiter(subjects)
        self._pending: set[int] = set()
        self._timer: asyncio.TimerHandle | None = None

    def on_deliveries_stored(self, event: DeliveriesStored) -> None:
        """Announce deliveries that another program sent."""
        for stored in event.deliveries:
            if stored.is_simulated:
                continue
            if stored.row.verdict is not Verdict.PENDING:
                self._announce(stored.row)
            elif len(self._pending) < _MOST_PENDING:
                self._pending.add(stored.row.seq)

    def on_verdict_changed(self, event: VerdictChanged) -> None:
        """Announce a delivery that was pending, now that it has a verdict."""
        if event.row.seq in self._pending and event.row.verdict is not Verdict.PENDING:
            self._pending.discard(event.row.seq)
            self._announce(event.row)

    def on_event_lost(self, event: EventLost) -> None:
        """Announce an event that no webhook brought."""
        self._add(lost_alert(event.event_id))

    def close(self) -> None:
        """Announce no more."""
        if self._timer is not None:
            self._timer.cancel()

    def _announce(self, row: DeliveryRow) -> None:
        alert = delivery_alert(row)
        if alert is not None:
            self._add(alert)

    def _add(self, alert: Alert) -> None:
        self._publish(self._limiter.add(alert, self._clock.monotonic()))

    def _publish(self, digest: AlertDigest | None) -> None:
        if digest is not None:
            self._bus.publish(Alerted(digest))
        seconds = self._limiter.wait_seconds(self._clock.monotonic())
        if seconds is not None and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(seconds, self._take)

    def _take(self) -> None:
        self._timer = None
        self._publish(self._limiter.take(self._clock.monotonic()))
