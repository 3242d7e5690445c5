"""The question before a new signing secret is issued."""

from __future__ import annotations

from msgspec.structs import replace

from tests.ui.fake_session import RUNNING, FakeSession
from tests.ui.memory_rows import mock_up_rows
from tests.ui.stage import STACKED, stage
from webhook_tui.domain.commands import (
    CheckReachability,
    RegisterWebhook,
)


async def test_a_working_registration_is_made_again_only_after_a_question() -> None:
    """By u and by the button; it says what the new secret breaks. esc and enter keep the present one."""
    webhook = replace(RUNNING.webhook, secret_short_id="9f2c")
    async with stage(FakeSession(replace(RUNNING, webhook=webhook), mock_up_rows()), size=STACKED) as played:
        await played.press("u")
        await played.until("Create a new signing secret?")
        assert played.dialog_lines() == [
            "Create a new signing secret?",
            "Webhook 41 is registered and working. Registering again keeps the URL",
            "and replaces the secret: servers that use the present one will refuse",
            "PiktID's deliveries until they get the new one.",
            "present secret   14:19:00 · 9f2c · 3 min old · kept as an older secret",
            "  Keep it esc      Create a new secret n      Check the route v",
        ]
        assert played.is_focused("safe")
        await played.press("escape")
        await played.dialog_closed()
        await played.pilot.click("#register")
        await played.until("Create a new signing secret?")
        await played.press("enter")
        await played.dialog_closed()
        assert played.session.commands == []

        for key, command in (("n", RegisterWebhook(new_secret=True)), ("v", CheckReachability())):
            await played.press("u")
            await played.until("Create a new signing secret?")
            await played.press(key)
            await played.requested(command)
            await played.dialog_closed()
