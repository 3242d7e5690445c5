"""Testing the user's own handler: what is asked first, and when progress is shown."""

from __future__ import annotations

from msgspec.structs import replace

from tests.ui.fake_session import RUNNING, FakeSession
from tests.ui.stage import stage
from webhook_tui.domain.commands import CheckHandler
from webhook_tui.domain.events import HandlerCheckAdvanced
from webhook_tui.domain.forwarding.handler_check import CaseResult, CheckState, Expected, HandlerCheck

URL = "http://127.0.0.1:3000/hook"
ENDED = HandlerCheck(URL, (CaseResult("ping", "valid: ping", Expected.ACCEPTED),), 1, CheckState.ENDED)


async def test_it_starts_by_itself_only_where_deliveries_are_forwarded_to() -> None:
    async with stage() as played:
        await played.press("T")
        await played.until(lambda: played.is_focused("url"))
        assert not any(isinstance(command, CheckHandler) for command in played.session.commands)
    async with stage(FakeSession(replace(RUNNING, forward_to=URL))) as played:
        await played.press("T")
        await played.requested(CheckHandler(URL))


async def test_progress_after_the_dialog_was_closed_is_not_shown() -> None:
    async with stage() as played:
        await played.press("T")
        await played.until(lambda: played.is_focused("url"))
        await played.press("escape")
        await played.dialog_closed()
        played.session.emit(HandlerCheckAdvanced(ENDED))
        await played.pilot.pause()
        assert "valid: ping" not in played.text()
