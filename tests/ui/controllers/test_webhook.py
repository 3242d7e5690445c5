"""Ping and registration, by key and by mouse."""

from __future__ import annotations

from functools import partial

from msgspec.structs import replace

from tests.ui.fake_session import LISTENING, RUNNING, FakeSession
from tests.ui.memory_rows import mock_up_rows
from tests.ui.stage import STACKED, stage
from webhook_tui.domain.commands import RegisterWebhook, SendTestPing
from webhook_tui.domain.status import ReceiverState, ReceiverStatus, WebhookState, WebhookStatus


async def test_ping_and_register_by_key_and_by_mouse() -> None:
    """Both ask the session for the same."""
    deleted = replace(RUNNING, webhook=WebhookStatus(WebhookState.DELETED))
    async with stage(FakeSession(deleted, mock_up_rows()), size=STACKED) as played:
        for key, button, command in (("t", "ping", SendTestPing()), ("u", "register", RegisterWebhook())):
            played.session.commands.clear()
            await played.press(key)
            await played.requested(command)
            await played.pilot.click(f"#{button}")
            await played.until(partial(played.session.commands.__eq__, [command, command]))


async def test_the_copied_address_of_an_ipv6_receiver_has_brackets() -> None:
    receiver = ReceiverStatus(ReceiverState.LISTENING, "::1", 9876)
    async with stage(FakeSession(replace(LISTENING, receiver=receiver)), size=STACKED) as played:
        await played.press("c")
        await played.until(lambda: played.app.clipboard == "http://[::1]:9876")
