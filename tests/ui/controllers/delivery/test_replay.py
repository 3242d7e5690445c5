"""Answering by a rule, forwarding and replaying: keys in, commands and the screen out."""

from __future__ import annotations

from msgspec.structs import replace

from tests.ui.fake_session import NOW
from tests.ui.forwards import APP, SENT, forwarding
from tests.ui.stage import WIDE, stage
from webhook_tui.domain.events import Forwarded, Replayed
from webhook_tui.domain.failure import Failure
from webhook_tui.domain.forwarding.forward_result import ForwardOrigin, ForwardResult


async def test_what_a_replay_brought_is_a_toast_and_a_tab() -> None:
    """The tab is there when there is something in it; with it in sight there is no toast."""
    async with stage(size=WIDE) as played:
        seq = played.main.deliveries.detail.seq
        assert seq is not None
        assert "Answer" not in played.main.deliveries.detail.tabs
        played.session.emit(Replayed(replace(SENT, seq=seq)))
        await played.until(f"Replayed #{seq}: 200 in 31 ms")
        played.main.deliveries.detail.choose("Answer")
        await played.until("200 OK in 31 ms")

        text = played.text()
        assert '{"ok": true}' in text
        assert "X-App: mine" in text
        assert "canary" not in text
        assert "original signature" in text


async def test_a_forward_without_an_app_has_a_hint() -> None:
    """The row's answer is read again, and the tab says what to do."""
    async with stage(forwarding(), size=WIDE) as played:
        seq = played.main.deliveries.detail.seq
        assert seq is not None
        played.session.emit(
            Forwarded(
                ForwardResult(
                    seq,
                    ForwardOrigin.FORWARDED,
                    APP,
                    NOW,
                    None,
                    tries=3,
                    failure="the connection was refused",
                    cause=Failure.REFUSED,
                )
            )
        )
        await played.until("Raw  Answer")
        played.main.deliveries.detail.choose("Answer")
        await played.until("Nothing listens there")
        assert "Forwarded, 3 tries" in played.text()


async def test_hostile_answers_are_harmless() -> None:
    """What the app says is received text like any other."""
    async with stage(size=WIDE) as played:
        seq = played.main.deliveries.detail.seq
        assert seq is not None
        evil = replace(SENT, seq=seq, headers=((b"X-[bold]", b"\x1b]0;x\x07"),), body=b"\x1b[2J[red]x[/red]\x9b")
        played.session.emit(Replayed(evil))
        await played.until(f"Replayed #{seq}")
        played.main.deliveries.detail.choose("Answer")
        await played.until("[red]x[/red]")
        assert not any(ord(character) < 32 for line in played.lines() for character in line)
