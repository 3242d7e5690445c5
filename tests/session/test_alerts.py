"""What is announced of a delivery, and when: once its verdict is known, and never of our own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from tests.factories import INVALID, PENDING, delivery, row
from tests.timeouts import TIMEOUT_SECONDS
from webhook_tui.domain.alerts import Subject
from webhook_tui.domain.events import Alerted, DeliveryStored, VerdictChanged
from webhook_tui.session.alerts import Alerts
from webhook_tui.session.bus import DeliveriesStored, EventBus, EventLost
from webhook_tui.session.clock import Clock


class Stopped(Clock):
    """A monotonic clock that is moved by hand."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def monotonic(self) -> float:
        return self.seconds


class Announced:
    """Alerts about everything, what they published, and the clock."""

    def __init__(self) -> None:
        self.clock = Stopped()
        bus = EventBus()
        self.sentences: list[str] = []
        self.again = asyncio.Event()
        """Set by every sentence after the first."""
        bus.subscribe(Alerted, self._on_alerted)
        self.alerts = Alerts(bus, self.clock, frozenset(Subject))

    def _on_alerted(self, event: Alerted) -> None:
        self.sentences.append(event.digest.sentence)
        if len(self.sentences) > 1:
            self.again.set()


@pytest.fixture
def announced() -> Iterator[Announced]:
    """Alerts that are closed afterwards."""
    made = Announced()
    yield made
    made.alerts.close()


async def test_a_pending_delivery_is_announced_with_its_first_verdict(announced: Announced) -> None:
    """A later change of a verdict that was known is none."""
    alerts = announced.alerts
    alerts.on_deliveries_stored(DeliveriesStored([DeliveryStored(row(7, verification=PENDING), delivery())]))
    alerts.on_verdict_changed(VerdictChanged(row(8, verification=INVALID)))
    assert announced.sentences == []

    alerts.on_verdict_changed(VerdictChanged(row(7, verification=INVALID)))
    assert announced.sentences == ["#7 invalid: ping."]


async def test_our_own_deliveries_are_not_announced(announced: Announced) -> None:
    own = DeliveryStored(row(7, verification=INVALID), delivery(), is_simulated=True)
    announced.alerts.on_deliveries_stored(DeliveriesStored([own]))

    assert announced.sentences == []


async def test_what_waits_for_the_pause_is_announced_after_it(
    announced: Announced, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a timer of the loop, together."""
    monkeypatch.setattr("webhook_tui.domain.alerts.PAUSE_SECONDS", 0.01)
    for event_id in ("1", "2", "3"):
        announced.alerts.on_event_lost(EventLost(event_id))
    assert len(announced.sentences) == 1
    announced.clock.seconds += 1
    await asyncio.wait_for(announced.again.wait(), TIMEOUT_SECONDS)

    assert announced.sentences[1] == "2 lost"
