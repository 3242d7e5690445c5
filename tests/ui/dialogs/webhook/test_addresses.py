"""The addresses of the route, in full."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from msgspec.structs import replace

from tests.ui.fake_session import LIVE, NOW, RUNNING, FakeSession
from tests.ui.memory_rows import mock_up_rows
from tests.ui.stage import STACKED, Stage, stage
from webhook_tui.domain.commands import (
    CheckReachability,
)
from webhook_tui.domain.events import (
    StatusChanged,
)
from webhook_tui.domain.status import TunnelState, TunnelStatus

REACHED = [
    (replace(LIVE, verified_at=NOW - timedelta(seconds=6)), "verified 6 s ago"),
    (LIVE, "not verified yet"),
    (replace(LIVE, state=TunnelState.UNVERIFIED, verified_at=NOW), "not verified: not reached from here"),
]


def _is_known(played: Stage, tunnel: TunnelStatus) -> bool:
    return played.app.context.status.tunnel == tunnel


async def test_the_addresses_are_shown_whole_and_copied() -> None:
    """A click on the status line opens them, with what PiktID saw last and when the public URL was reached."""
    seen = replace(RUNNING.webhook, last_response_status=200, last_response_at="2026-11-23T14:18:02Z")
    async with stage(FakeSession(replace(RUNNING, webhook=seen), mock_up_rows()), size=STACKED) as played:
        await played.pilot.click("StatusBar")
        await played.until("public URL    https://b7c41d09ee2f4a.lhr.life")
        await played.until("https://b7c41d09ee2f4a.lhr.life/h/4f9c0123456789abcdef0123456ae21a")
        assert "receiver      http://127.0.0.1:9876" in played.text()
        assert "last answer   200, 4 min ago (as PiktID saw it)" in played.text()
        await played.press("h")
        await played.until("Sent to the terminal: the hook's URL")
        await played.press("c")
        await played.until(lambda: played.app.clipboard == "https://b7c41d09ee2f4a.lhr.life")
        await played.press("escape")
        await played.dialog_closed()

        for tunnel, text in REACHED:
            played.session.commands.clear()
            played.session.emit(StatusChanged(replace(RUNNING, tunnel=tunnel)))
            await played.until(partial(_is_known, played, tunnel))
            await played.pilot.click("StatusBar")
            await played.until(text)
            await played.press("v")
            await played.requested(CheckReachability())
            await played.press("escape")
            await played.dialog_closed()


async def test_a_url_that_is_new_while_it_is_open_is_shown_and_copied() -> None:
    """The one before leads nowhere any more."""
    async with stage(size=STACKED) as played:
        await played.pilot.click("StatusBar")
        await played.until("public URL    https://b7c41d09ee2f4a.lhr.life")
        again = replace(LIVE, public_url="https://0123456789abcd.lhr.life")
        played.session.emit(StatusChanged(replace(RUNNING, tunnel=again)))
        await played.until("public URL    https://0123456789abcd.lhr.life")
        await played.press("c")
        await played.until(lambda: played.app.clipboard == "https://0123456789abcd.lhr.life")
