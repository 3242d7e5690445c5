"""Key r: where a delivery is replayed to."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from tests.ui.fake_session import NOW, RUNNING, FakeSession
from tests.ui.forwards import APP, forwarding
from tests.ui.memory_rows import mock_up_rows
from tests.ui.stage import STACKED, stage
from webhook_tui.domain.commands import ReplayDeliveries
from webhook_tui.domain.forwarding.forward_result import UsedUrl


async def test_replay_asks_where_to_once() -> None:
    """The second time the URL is there, and enter sends."""
    async with stage(size=STACKED) as played:
        await played.press("r")
        await played.until("Sends #")
        assert played.is_focused("url")
        await played.press("enter")
        await played.until("The URL is empty")
        await played.press(*"example.com", "enter")
        await played.until("write https://example.com")
        await played.press(*["backspace"] * 11, *APP.removeprefix("http://"), "enter")
        await played.until(lambda: len(played.session.commands) == 1)
        await played.dialog_closed()
        await played.until(lambda: bool(played.main.context.status.used_urls))
        await played.press("r")
        await played.until(APP)
        await played.press("tab", "tab", "s", "enter")
        await played.until(lambda: len(played.session.commands) == 2)
        seq = played.main.deliveries.detail.seq
        assert seq is not None
        assert played.session.commands == [ReplayDeliveries((seq,), APP), ReplayDeliveries((seq,), APP, re_sign=True)]


async def test_replay_as_drawn() -> None:
    """No letter is a key while the URL has the focus; what is sent, and to where, is shown."""
    used = (
        UsedUrl(APP, NOW - timedelta(minutes=2)),
        UsedUrl("http://[::1]:9/", NOW),
        UsedUrl("https://a.example/x", NOW),
    )
    session = FakeSession(replace(RUNNING, used_urls=used), mock_up_rows())
    async with stage(session, size=STACKED) as played:
        await played.press("g", *["j"] * 7, "r")
        await played.until("Sends #8")
        await played.until("0 marked")

        assert played.dialog_lines() == [
            "Replay",
            "send     #8   0 marked   from #8 on   a time",
            "as       ● original bytes, keep original signature",
            "         ○ original bytes, re-sign with the current secret",
            f"to       {APP}",
            "         last used 2 min ago · ↓ 2 earlier · this machine",
            "Sends #8 once, from this machine. The body stays as received.",
            "Its signature is invalid: a handler that verifies should answer 401.",
            "  Replay enter      Cancel esc",
        ]
        await played.press("down", "down", "down")
        await played.until("a.example is not this machine: real systems may act on it.")
        await played.until("Replay to a.example enter")
        await played.press("tab", "m")
        await played.until("Nothing is marked: esc, then m on a row.")
        await played.press("left", "tab", "s")
        await played.until("Its signature will be valid with the current secret.")
        await played.press("o", "s", "enter")
        await played.requested(ReplayDeliveries((8,), "https://a.example/x", re_sign=True))


async def test_replay_knows_where_deliveries_are_forwarded_to() -> None:
    """r and enter are all; esc sends nothing."""
    async with stage(forwarding(), size=STACKED) as played:
        await played.press("r")
        await played.until(APP)
        await played.press("escape")
        await played.dialog_closed()
        assert not played.session.commands
        await played.press("r")
        await played.until(APP)
        await played.press("enter")
        await played.until(lambda: len(played.session.commands) == 1)
