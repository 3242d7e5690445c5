"""The palette has every action by name."""

from __future__ import annotations

from tests.ui.stage import WIDE, stage
from webhook_tui.domain.commands import SendTestPing


async def test_the_palette_has_every_action_by_name() -> None:
    """: and ctrl+p open it; a command runs."""
    async with stage(size=WIDE) as played:
        for key in (":", "ctrl+p"):
            await played.press(key)
            await played.until("Addresses in full")
            await played.press("escape")
            await played.until(lambda: len(played.app.screen_stack) == 1)
        names = {command.title for command in played.app.get_system_commands(played.main)}
        assert {"Why this verdict", "Delete the webhook", "Leave", "Addresses in full", "Theme"} <= names
        assert "Check the public URL" in names

        await played.press(":", *"test ping", "enter")
        await played.requested(SendTestPing())
