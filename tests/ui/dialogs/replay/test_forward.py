"""Where deliveries are forwarded to: asked, begun and ended."""

from __future__ import annotations

from tests.ui.forwards import APP, forwarding
from tests.ui.stage import STACKED, stage
from webhook_tui.domain.commands import SetForwarding


async def test_forwarding_begins_and_ends_from_the_palette() -> None:
    """There is no key for it."""
    async with stage(size=STACKED) as played:
        played.main.action_run("receiver.forward")
        await played.until("Forward every delivery")
        await played.press(*APP, "enter")
        await played.requested(SetForwarding(APP))
        await played.dialog_closed()
        assert any(command.title == "Forward every delivery" for command in played.app.get_system_commands(played.main))
    async with stage(forwarding(), size=STACKED) as played:
        played.main.action_run("receiver.forward")
        await played.until("Stop ctrl+n")
        await played.press("ctrl+n")
        await played.requested(SetForwarding(None))
