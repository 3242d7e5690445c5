"""Replaying several: which, how far, the outcome; keys in, commands and the screen out."""

from __future__ import annotations

import contextlib

import pytest
from msgspec.structs import replace

from tests.ui.fake_session import FakeSession
from tests.ui.forwards import APP, SENT, forwarding
from tests.ui.stage import SMALL, STACKED, WIDE, Stage, stage
from webhook_tui.domain.commands import PauseReplay, ReplayDeliveries, StopReplay
from webhook_tui.domain.events import ReplayAdvanced, Replayed
from webhook_tui.domain.failure import Failure
from webhook_tui.domain.forwarding.forward_result import ReplayProgress, ReplayState
from webhook_tui.ui.app import WebhookTuiApp

FIRST = ReplayProgress(APP, 12)
REFUSED = replace(SENT, seq=3, status=None, failure="the connection was refused", cause=Failure.REFUSED)


def marking(*seqs: int) -> FakeSession:
    """A session that forwards, some of whose deliveries are marked."""
    session = forwarding()
    for seq in seqs:
        session.rows.set(seq, marked=True)
    session.rows.refresh()
    return session


async def sent(played: Stage, *keys: str) -> ReplayDeliveries:
    """What those keys ask of the session, the last one in the dialog."""
    count = len(played.session.commands)
    await played.press(*keys)
    await played.until(lambda: len(played.session.commands) > count)
    await played.dialog_closed()
    command = played.session.commands[-1]
    assert isinstance(command, ReplayDeliveries)
    return command


async def test_which_deliveries_are_chosen_by_left_and_right() -> None:
    """This one is first, so that r and enter mean it; each choice says how many and which."""
    async with stage(marking(3, 8, 5), size=STACKED) as played:
        await played.press("/", *"event:ping", "enter", "g")
        await played.until(lambda: played.main.deliveries.detail.seq == 1)
        assert await sent(played, "r", "enter") == ReplayDeliveries((1,), APP)

        await played.press("r")
        await played.until("#1   3 marked   3 filtered   from #1 on   a time")
        await played.press("tab", "right")
        await played.until("Sends 3 deliveries, #3 to #8, in order, from this machine.")
        assert await sent(played, "enter") == ReplayDeliveries((3, 5, 8), APP)

        keys = ("r", "tab", "right", "right", "tab", "s", "enter")
        assert await sent(played, *keys) == ReplayDeliveries((1, 5, 12), APP, re_sign=True)
        assert await sent(played, "r", "tab", *["right"] * 3, "enter") == ReplayDeliveries(tuple(range(1, 13)), APP)


async def test_a_range_of_time() -> None:
    """What is typed is counted; a mistake is a sentence, and sends nothing."""
    async with stage(forwarding(), size=STACKED) as played:
        await played.press("r", "tab", "left")
        await played.until("Write a time, or two: 10m or 14:02 or 14:02-14:19.")
        await played.press("tab")
        assert played.is_focused("when")
        await played.press(*"soon", "enter")
        await played.until("“soon” is no time")
        assert not played.session.commands
        await played.press(*["backspace"] * 4, *"14:02:58-14:19:05")
        await played.until("Sends 4 deliveries")
        assert await sent(played, "enter") == ReplayDeliveries((3, 4, 5, 6), APP)


async def test_none_marked_sends_nothing() -> None:
    """A line says so, and another choice enables the buttons again."""
    async with stage(forwarding(), size=SMALL) as played:
        await played.press("r", "tab", "m")
        await played.until("Nothing is marked: esc, then m on a row.")
        await played.press("enter")
        assert not played.session.commands
        assert await sent(played, "left", "enter") == ReplayDeliveries((12,), APP)


async def test_edit_and_replay_means_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """There are no other deliveries to choose."""
    monkeypatch.setattr(WebhookTuiApp, "suspend", lambda _: contextlib.nullcontext())
    async with stage(marking(3), size=STACKED) as played:
        played.main.controllers.editor.run_editor = lambda body, _seq: body.replace(b"ping", b"pong")
        await played.press("R")
        await played.until("with your changes?")
        assert "marked" not in "".join(played.dialog_lines())
        assert isinstance(await sent(played, "enter"), ReplayDeliveries)


async def test_progress_as_it_comes_and_the_rows_say_so() -> None:
    """A bar, the one under way, counts, the first odd ones with what they mean; x stops."""
    async with stage(forwarding(), size=WIDE) as played:
        played.session.emit(ReplayAdvanced(replace(FIRST, current=1)))
        await played.until("Replaying 12 deliveries")
        await played.until("#1 is under way")
        played.session.emit(Replayed(replace(SENT, seq=1), alone=False))
        played.session.emit(Replayed(replace(SENT, seq=2, status=503, re_signed=True), alone=False))
        played.session.emit(Replayed(REFUSED, alone=False))
        half = replace(FIRST, current=4, good=1, other=1, failed=1, last=REFUSED, odd=(REFUSED,))
        played.session.emit(ReplayAdvanced(half))
        await played.until("3 of 12")
        assert "#4 is under way; before it #3: no answer: the connection was refused" in played.text()
        assert "1 answered 2xx   1 something else   1 not at all" in played.text()
        assert "Nothing listens there" in played.text()
        assert "and 1 more" in played.text()
        assert "Replayed #" not in played.text()
        await played.press("x")
        await played.requested(StopReplay())
        played.session.emit(ReplayAdvanced(replace(half, state=ReplayState.STOPPED, missed=(2, 3))))
        await played.until("Replayed 3 of 12: 1 answered 2xx, 1 something else, 1 nothing.")
        assert "Stopped. #4 was under way: it may have arrived." in played.text()
        assert await sent(played, "a") == ReplayDeliveries((2, 3), APP)

        rows = {int(line.split()[0]): line for line in played.lines()[5:17] if line.split()[0].isdigit()}
        assert [sign in rows[at] for at, sign in ((1, " →200 "), (2, " re-signed→503 "), (3, " →none "))] == [True] * 3
        assert "→" not in rows[4]


async def test_hidden_it_goes_on_and_r_shows_it_again() -> None:
    """It is paused and resumed there and here. What ends while hidden is shown in the notice."""
    async with stage(forwarding(), size=STACKED) as played:
        played.session.emit(ReplayAdvanced(replace(FIRST, current=1)))
        await played.until("#1 is under way")
        await played.press("escape")
        await played.dialog_closed()
        played.session.emit(ReplayAdvanced(replace(FIRST, current=6, good=5, last=SENT)))
        await played.press("r")
        await played.until("5 of 12")
        await played.press("p")
        await played.requested(PauseReplay(is_paused=True))
        paused = replace(FIRST, good=5, last=SENT, state=ReplayState.PAUSED, current=6)
        played.session.emit(ReplayAdvanced(paused))
        await played.until("#6 is under way, the last before the pause; before it #8: 200")
        played.session.emit(ReplayAdvanced(replace(paused, current=None, good=6)))
        await played.until("Paused. Nothing is sent until it is resumed.")
        await played.until("Resume p")
        await played.press("h")
        await played.dialog_closed()
        await played.until("◐ paused 50 %")
        await played.until(lambda: "P Resume" in played.lines()[-1])
        await played.press("P")
        await played.requested(PauseReplay(is_paused=False))
        played.session.emit(ReplayAdvanced(replace(FIRST, good=6, current=7)))
        await played.until("◐ 50 %")
        played.session.emit(ReplayAdvanced(replace(FIRST, good=12, state=ReplayState.ENDED)))
        await played.until("Replayed all 12: 12 answered 2xx.")
        assert len(played.app.screen_stack) == 1
        await played.press("r")
        await played.until("Sends #12 once")


async def test_a_replay_ends_with_its_session() -> None:
    """Hidden or not; the next session can replay again."""
    others = [forwarding(), forwarding()]
    async with stage(forwarding(), size=STACKED, restart=iter(others).__next__) as played:
        played.session.emit(ReplayAdvanced(replace(FIRST, good=6, current=7)))
        await played.until("6 of 12")
        await played.press("escape")
        await played.until("◐ 50 %")
        played.session.die()
        await played.until("session ended")
        await played.until(lambda: "50 %" not in played.text())

        await played.press("u")
        await played.until(lambda: others[0].may_register and "● 41" in played.lines()[0])
        await played.press("r")
        await played.until("Sends #12 once")
        await played.press("escape")
        others[0].emit(ReplayAdvanced(replace(FIRST, good=6, current=7)))
        await played.until("6 of 12")
        others[0].die()
        await played.until("Stopped. #7 was under way: it may have arrived.")


async def test_a_set_that_is_over_at_once_shows_its_end() -> None:
    """However fast it was; enter closes."""
    async with stage(forwarding(), size=SMALL) as played:
        played.session.emit(ReplayAdvanced(replace(FIRST, good=12, last=SENT, state=ReplayState.ENDED)))
        await played.until("Replayed all 12: 12 answered 2xx.")
        assert "Retry" not in played.text()
        assert "Close esc" in played.text()
        await played.press("enter")
        await played.dialog_closed()
