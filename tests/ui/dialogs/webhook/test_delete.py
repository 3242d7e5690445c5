"""The question before the webhook is deleted."""

from __future__ import annotations

from functools import partial

from msgspec.structs import replace
from textual.widget import Widget

from tests.ui.fake_session import LISTENING, LIVE, FakeSession
from tests.ui.memory_rows import mock_up_rows
from tests.ui.stage import STACKED, stage
from webhook_tui.domain.commands import (
    DeleteWebhook,
)
from webhook_tui.domain.status import WebhookState, WebhookStatus


def _is_released(button: Widget) -> bool:
    return not button.has_class("-active")


async def test_deleting_asks() -> None:
    """esc and enter keep it, as does the key that opened the dialog; d deletes."""
    async with stage(size=STACKED) as played:
        for key in ("escape", "enter"):
            await played.pilot.click("#delete")
            await played.until("Delete the webhook?")
            await played.press(key)
            await played.dialog_closed()
            button = played.main.query_one("#delete")  # while it is shown as pressed, it takes no click
            await played.until(partial(_is_released, button))
        assert played.session.commands == []
        await played.pilot.click("#deliveries", offset=(10, 3))

        await played.press("X")
        await played.until("Delete the webhook?")
        assert played.dialog_lines() == [
            "Delete the webhook?",
            "PiktID stops sending to https://b7c41d09ee2f4a.lhr.life/h/4f9c…e21a.",
            "The 12 deliveries received stay here. u registers again, with a new",
            "secret.",
            "  Keep it esc      Delete it d",
        ]
        await played.press("X", "x")
        assert played.session.commands == []
        await played.press("d")
        await played.requested(DeleteWebhook())
        await played.dialog_closed()
        assert played.is_focused("deliveries")


async def test_the_button_deletes_as_the_key_does() -> None:
    async with stage(size=STACKED) as played:
        await played.press("X")
        await played.until("Delete the webhook?")
        await played.pilot.click("#sheet #delete")
        await played.requested(DeleteWebhook())
        await played.dialog_closed()


async def test_there_is_nothing_to_delete_without_a_webhook() -> None:
    """The notice shows it; no dialog opens."""
    status = replace(LISTENING, tunnel=LIVE, webhook=WebhookStatus(WebhookState.NOT_REGISTERED))
    async with stage(FakeSession(status, mock_up_rows()), size=STACKED) as played:
        await played.press("X")
        await played.until("There is no webhook of ours to delete.")
        assert len(played.app.screen_stack) == 1
