"""The steps until the first delivery."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from tests.ui.fake_session import NOW, STARTING, WAITING, FakeSession
from tests.ui.memory_rows import stored_delivery
from tests.ui.snapshots import Snapshot
from tests.ui.stage import STACKED, stage
from webhook_tui.domain.commands import SendTestPing
from webhook_tui.domain.events import StatusChanged
from webhook_tui.domain.refusal import Refusal


async def test_the_steps_until_the_first_delivery(snapshot: Snapshot) -> None:
    """What is awaited and what to do; Test ping has the focus; then table and detail take the place."""
    at = NOW - timedelta(seconds=6)
    waiting = replace(WAITING, webhook=replace(WAITING.webhook, registered_at=at, since=at, secret_since=at))
    async with stage(FakeSession(STARTING), size=STACKED) as played:
        await played.until("opening 127.0.0.1:9876")

        assert played.lines()[0].startswith(" ◐ starting")
        assert played.app.query("#ping").first().disabled

        played.session.emit(StatusChanged(waiting))
        await played.until("● webhook    41")
        await played.until(lambda: played.is_focused("ping"))
        await played.pilot.pause()
        snapshot(played.lines(), "waiting-80x24")
        await played.press("enter")
        await played.requested(SendTestPing())

        refused = (Refusal(404, "not the webhook's path", "POST /"),)
        played.session.emit(StatusChanged(replace(waiting, refusals=refused)))
        await played.until("refused    1 request (404): not the webhook's path (POST /)")
        assert "1 refused" in played.lines()[0]
        await played.pilot.click("StatusBar", offset=(played.lines()[0].index("refused"), 0))
        await played.until("counting")
        await played.press("escape")
        await played.until(lambda: len(played.app.screen_stack) == 1)

        played.session.deliver(stored_delivery(1, event="batch_edit"))
        await played.until("✓ valid       batch_edit")
        await played.until(lambda: played.is_focused("deliveries"))
        await played.until("batch_edit  #1")
        assert "following the newest" in played.text()
