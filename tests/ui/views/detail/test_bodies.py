"""The tabs of the detail and their last line."""

from __future__ import annotations

from tests.ui.fake_session import FakeSession
from tests.ui.memory_rows import stored_delivery
from tests.ui.stage import WIDE, stage
from webhook_tui.domain.contract.departures import Departure
from webhook_tui.domain.contract.json_types import JsonType
from webhook_tui.domain.queries import GetDepartures


async def test_a_delivery_that_departs_says_so_in_its_detail() -> None:
    """In the last line: how many, and on the line itself what is different."""
    body = b'{"id": 1, "data": {"score": "high"}}'
    session = FakeSession(deliveries=[stored_delivery(1, body=body)])
    session.answers[GetDepartures(1)] = (Departure(("data", "score"), JsonType.STRING, JsonType.NUMBER, 205, 214),)
    async with stage(session, size=WIDE) as played:
        await played.until("1 departs from contract C")
        await played.press("enter", *"jjj")
        await played.until("a number in 205 deliveries, text here")
