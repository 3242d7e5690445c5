"""Long work in the status line."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from msgspec.structs import replace

from tests.ui.fake_session import FakeSession
from tests.ui.stage import WIDE, Stage, stage
from webhook_tui.domain.commands import StopReplay
from webhook_tui.domain.events import ReplayAdvanced
from webhook_tui.domain.forwarding.forward_result import ReplayProgress, ReplayState
from webhook_tui.ui.long_work import LongWork, WorkStoppedError

PROGRESS = ReplayProgress("http://127.0.0.1:1/", 3, re_sign=False, good=1, current=2)


@asynccontextmanager
async def replaying() -> AsyncIterator[tuple[FakeSession, Stage]]:
    """The dialog of a replay under way is open."""
    session = FakeSession.running()
    async with stage(session, size=WIDE) as played:
        session.emit(ReplayAdvanced(PROGRESS))
        await played.until("1 of 3")
        yield session, played


async def test_a_hidden_replay_is_in_the_status_line_and_x_stops_it() -> None:
    """With what else is under way; r shows its dialog again, and then the line does not."""
    async with replaying() as (session, played):
        assert "replay 33 %" not in played.text()
        await played.press("h")
        await played.until("◐ replay 33 %")
        export = LongWork("export", 97)
        played.main.controllers.work.add(export)
        await played.until("◐ 2 tasks 1 %")
        await played.press("x")
        with pytest.raises(WorkStoppedError):
            export.advance()
        played.main.controllers.work.remove(export)
        await played.press("x")
        await played.requested(StopReplay())
        await played.press("r")
        await played.until("1 of 3")
        await played.until(lambda: "replay 33 %" not in played.text())
        await played.press("h")
        session.emit(ReplayAdvanced(replace(PROGRESS, state=ReplayState.STOPPED)))
        await played.until(lambda: "◐ replay" not in played.lines()[1])


async def test_the_footer_has_the_keys_of_the_work_wherever_the_focus_is() -> None:
    """Also in the detail, whose own keys would fill it; P says what it does."""
    async with replaying() as (session, played):
        await played.press("h")
        await played.press("enter")
        await played.until(lambda: "x Stop  P Pause  [ ] Tabs" in played.lines()[-1])
        session.emit(ReplayAdvanced(replace(PROGRESS, state=ReplayState.PAUSED)))
        await played.until(lambda: "x Stop  P Resume  [ ] Tabs" in played.lines()[-1])
        session.emit(ReplayAdvanced(replace(PROGRESS, state=ReplayState.STOPPED)))
        await played.until(lambda: "Stop" not in played.lines()[-1])
