"""What the receiver refuses: counted one by one, announced at once, and never more often than a person can read."""

from __future__ import annotations

import asyncio
import logging

import pytest

from webhook_tui.domain.events import RequestRefused
from webhook_tui.domain.refusal import Refusal
from webhook_tui.domain.status import SessionStatus
from webhook_tui.session.bus import EventBus
from webhook_tui.session.refusals import Refusals
from webhook_tui.session.status import StatusPublisher


class _Said:
    """What was announced, and an event for the next one."""

    def __init__(self) -> None:
        self.refusals: list[Refusal] = []
        self.news = asyncio.Event()

    def on_request_refused(self, event: RequestRefused) -> None:
        self.refusals.append(event.refusal)
        self.news.set()


def _refused(status: int, number: int) -> Refusal:
    return Refusal.of_request(status, "no", "GET", f"/{number}")


async def test_the_first_is_announced_at_once_and_a_flood_together(caplog: pytest.LogCaptureFixture) -> None:
    """Each status by itself with its count and its last request; the log has no request; the status has all."""
    said = _Said()
    bus = EventBus()
    bus.subscribe(RequestRefused, said.on_request_refused)
    publisher = StatusPublisher(SessionStatus(), bus)
    refusals = Refusals(publisher, bus)
    with caplog.at_level(logging.WARNING):
        for number in range(1000):
            refusals.add(_refused(404, number))
        refusals.add(_refused(413, 0))
        assert said.refusals == [_refused(404, 0)]
        said.news.clear()
        await said.news.wait()
        assert said.refusals[1:] == [Refusal(404, "no", "GET /999", 999), Refusal(413, "no", "GET /0")]
        refusals.add(_refused(404, 1000))
        refusals.close()
    assert said.refusals[3:] == [_refused(404, 1000)]
    assert publisher.status.refusals == (Refusal(413, "no", "GET /0"), Refusal(404, "no", "GET /1000", 1001))
    assert publisher.status.refused == 1002
    assert [record.getMessage() for record in caplog.records] == [
        "Refused a request (404): no.",
        "Refused 999 requests (404): no.",
        "Refused a request (413): no.",
        "Refused a request (404): no.",
    ]
    publisher.close()
