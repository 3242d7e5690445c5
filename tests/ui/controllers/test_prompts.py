"""What is asked before PiktID is: for another token, and whose webhook it is."""

from __future__ import annotations

from msgspec.structs import replace

from tests.ui.fake_session import LISTENING, LIVE, WAITING, FakeSession
from tests.ui.stage import STACKED, stage
from webhook_tui.domain.commands import RegisterWebhook
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.status import WebhookState, WebhookStatus

REFUSED = Problem(
    "PiktID refused the token (401): it is wrong or has expired.",
    "Create one at app.on-model.com/profile?tab=tokens, then u to enter it.",
    needs_token=True,
)


async def test_a_refused_token_has_a_notice_and_u_asks_for_another() -> None:
    """No dialog opens by itself; the button of the next step has the focus."""
    status = replace(LISTENING, tunnel=LIVE, webhook=WebhookStatus(WebhookState.REFUSED, problem=REFUSED))
    async with stage(FakeSession(status), size=STACKED) as played:
        await played.until("▌ PiktID refused the token (401): it is wrong or has expired.")
        await played.until(lambda: played.is_focused("register"))
        lines = played.lines()
        assert lines[0].startswith(" ○ not registered → ● b7c41d09ee2f4a.lhr.life → ● :9876 → 200 ")
        assert lines[1].startswith(" ▌ PiktID refused")
        assert "○ webhook    not registered: PiktID refused the token (401)" in played.text()

        await played.press("u")
        await played.until("Another token")
        assert played.session.commands == []


async def test_a_webhook_that_was_taken_is_reported_and_taken_back_by_u() -> None:
    """Lamp, notice and step name its URL; X does not delete it."""
    taken = Problem(
        "api.example.com was registered instead at 14:31: nothing arrives here.",
        "u takes it back and asks first; s watches without taking it.",
    )
    webhook = replace(WAITING.webhook, state=WebhookState.TAKEN, taken_by="api.example.com", problem=taken)
    async with stage(FakeSession(replace(WAITING, webhook=webhook)), size=STACKED) as played:
        await played.until("○ taken by api.example.com")
        await played.until(taken.message)
        await played.until(taken.hint)
        await played.until("○ webhook    taken by api.example.com")
        await played.press("X", "u")
        await played.requested(RegisterWebhook())
        assert (len(played.session.commands), len(played.app.screen_stack)) == (1, 1)
