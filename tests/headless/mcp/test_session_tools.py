"""The tools that send: what they refuse before anything is sent."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.handler_check import handlers
from tests.handler_check.handlers import serving
from webhook_tui.config import API_URL
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.headless.mcp.answers import Redactor
from webhook_tui.headless.mcp.history_tools import HistoryTools
from webhook_tui.headless.mcp.session_tools import SessionTools
from webhook_tui.headless.mcp.tools import ReplayDelivery, SimulateEvent
from webhook_tui.headless.setup.status import StatusRequest
from webhook_tui.places import Places

REDACTOR = Redactor([])


@pytest.fixture
def request_(history: Path) -> StatusRequest:
    """The request of an account whose history no session writes."""
    return StatusRequest(
        api_url=API_URL,
        token=Secret("t"),
        source="PIKTID_TOKEN",
        history=history,
        accounts=Places.of_user().accounts,
    )


@pytest.fixture
def tools(request_: StatusRequest) -> SessionTools:
    """The tools of that account."""
    return SessionTools(request_, HistoryTools(request_.history, request_.accounts, None))


async def test_without_a_session_nothing_is_sent_to_it(tools: SessionTools, request_: StatusRequest) -> None:
    """Each command prints an error; a missing token is reported first."""
    with pytest.raises(ProblemError):
        await tools.simulate_event(SimulateEvent(name="ping"), REDACTOR)
    with pytest.raises(ProblemError):
        await tools.send_test_ping(REDACTOR)
    tokenless = SessionTools(replace(request_, token=None), HistoryTools(request_.history, request_.accounts, None))
    with pytest.raises(ProblemError, match="token"):
        await tokenless.send_test_ping(REDACTOR)


@pytest.mark.parametrize("url", ["http://192.0.2.1/", "https://example.com", "ftp://127.0.0.1/", "http://["])
async def test_deliveries_are_replayed_to_this_machine_only(tools: SessionTools, url: str) -> None:
    with pytest.raises(ProblemError):
        await tools.replay_delivery(ReplayDelivery(seq=1, url=url))


async def test_a_replay_is_answered_and_kept(tools: SessionTools, history: Path) -> None:
    """Without a session, too."""
    async with serving(handlers.credulous) as url:
        answer = await tools.replay_delivery(ReplayDelivery(seq=1, url=url))

    assert (answer["seq"], answer["status"], answer["failure"]) == (1, 200, None)
    assert HistoryTools(history, history, None).stored(1).row.replayed
