"""The prompt for the API token."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.ui.fake_session import RUNNING, STARTING, FakeSession
from tests.ui.memory_rows import mock_up_rows
from tests.ui.stage import STACKED, stage
from webhook_tui.domain.commands import (
    SendTestPing,
    UseToken,
)
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.events import (
    TokenRequired,
)
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.status import WebhookState, WebhookStatus
from webhook_tui.ui.dialogs.dialog import Dialog


async def test_the_first_run_asks_for_a_token_masked() -> None:
    """It names the sandbox; nothing, or two words, are no token; it is never on the screen."""
    async with stage(FakeSession(STARTING), size=STACKED, sandbox=FakeSession.running) as played:
        played.session.emit(TokenRequired(None))
        await played.until("API token")
        text = played.text()
        for line in (
            "make one at app.on-model.com/profile?tab=tokens",
            "Start enter",
            "Try the sandbox",
            "Leave ctrl+q",
            "The sandbox needs no token, no tunnel and no internet.",
        ):
            assert line in text

        await played.press("enter")
        await played.until("A token is one word. Paste all of it.")
        await played.press("escape")
        assert played.is_focused("leave")
        assert played.session.commands == []

        await played.pilot.click("#token")
        await played.press(*"hunter2q?")
        await played.until("•••••••••")
        assert "hunter" not in played.text()
        await played.press("enter")
        await played.requested(UseToken(Secret("hunter2q?")))
        await played.dialog_closed()


async def test_a_token_typed_at_once_keeps_its_first_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dialogs ignore the first keys; this one need not."""
    monkeypatch.setattr(Dialog, "ENABLE_DELAY_SECONDS", 600.0)
    async with stage(FakeSession(STARTING), size=STACKED) as played:
        played.session.emit(TokenRequired(None))
        await played.until("API token")
        await played.press(*"abc", "enter")
        await played.requested(UseToken(Secret("abc")))


async def test_a_token_is_taken_out_of_its_header() -> None:
    """As it is copied from a command or from the network tab of a browser."""
    async with stage(FakeSession(STARTING), size=STACKED) as played:
        played.session.emit(TokenRequired(None))
        await played.until("API token")
        await played.press(*"Bearer", "space", *"abc", "enter")
        await played.requested(UseToken(Secret("abc")))


async def test_the_sandbox_takes_the_place_of_the_session_without_a_token() -> None:
    """The first session ends before the second is made."""
    first, second = FakeSession(STARTING), FakeSession.running()

    def sandbox() -> FakeSession:
        assert first.ended.is_set()
        return second

    async with stage(first, size=STACKED, sandbox=sandbox) as played:
        played.session.emit(TokenRequired(None))
        await played.until("Try the sandbox")
        await played.pilot.click("#sandbox")
        await played.until("12  ✓ 8  ✗ 3")
        await played.until("image_result")
        played.session = second
        await played.press("t")
        await played.requested(SendTestPing())
    assert (first.stops, second.stops) == (1, 1)


async def test_the_token_is_kept_if_the_user_wants_it() -> None:
    """Where there is a place for it."""
    async with stage(FakeSession(STARTING), size=STACKED) as played:
        played.session.emit(TokenRequired(None, "the system keyring"))
        await played.until("[ ] Keep it in the system keyring")
        await played.press(*"abc", "tab", "space")
        await played.until("[x] Keep it in the system keyring")
        await played.press("tab", "enter")
        await played.requested(UseToken(Secret("abc"), keep=True))


async def test_after_a_refused_token_another_can_be_given_or_not() -> None:
    """u opens the prompt with the reason; esc goes back; enter gives it to the session."""
    refused = Problem("PiktID refused the token (401): it is wrong or has expired.", "…", needs_token=True)
    status = replace(RUNNING, webhook=WebhookStatus(WebhookState.REFUSED, problem=refused))
    async with stage(FakeSession(status, mock_up_rows()), size=STACKED) as played:
        played.session.emit(TokenRequired(refused))
        await played.press("u")
        await played.until("Another token")
        await played.press("escape")
        await played.dialog_closed()
        await played.pilot.click("#register")
        await played.until("Another token")
        await played.press(*"new", "enter")
        await played.requested(UseToken(Secret("new")))
