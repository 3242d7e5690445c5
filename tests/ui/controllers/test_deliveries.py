"""New rows are followed until the user moves, and the detail goes with the cursor."""

from __future__ import annotations

from functools import partial

import pytest
from msgspec.structs import replace
from textual import events

from tests.ui.fake_session import RUNNING, WAITING, FakeSession
from tests.ui.memory_rows import MemoryRows, stored_delivery
from tests.ui.stage import STACKED, stage
from webhook_tui.domain.events import StatusChanged
from webhook_tui.domain.signature.verdict import Verdict


def count_calls(target: MemoryRows, name: str, monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """A list that gets an item whenever that method is called."""
    calls: list[None] = []
    method = getattr(target, name)

    def counted() -> object:
        calls.append(None)
        return method()

    monkeypatch.setattr(target, name, counted)
    return calls


async def test_the_first_delivery_brings_the_table_and_the_focus() -> None:
    """Steps go, table and detail come."""
    async with stage(FakeSession(WAITING), size=STACKED) as played:
        await played.until(lambda: played.is_focused("ping"))
        played.session.deliver(stored_delivery(1, event="batch_edit"))

        await played.until("✓ valid       batch_edit")
        await played.until(lambda: played.is_focused("deliveries"))
        await played.until("batch_edit  #1")
        assert "following the newest" in played.text()


async def test_new_rows_are_followed_until_the_user_moves() -> None:
    """Following waits while the detail is read, or the terminal has no focus; f goes back to the newest."""
    async with stage(size=STACKED) as played:
        detail = played.main.deliveries.detail

        def shows(seq: int) -> bool:
            return detail.seq == seq

        played.session.deliver(stored_delivery(13))
        await played.until(lambda: detail.seq == 13)

        await played.press("k")
        played.session.deliver(stored_delivery(14))
        await played.until("2 below · f follow the newest")
        assert detail.seq == 12

        await played.press("f")
        await played.until("following the newest")
        assert detail.seq == 14

        newest = 14
        for into, back in (("enter", "escape"), ("z", "z"), ("w", "escape")):
            await played.press(into)
            await played.until("following waits")
            played.session.deliver(stored_delivery(newest + 1))
            played.session.deliver(stored_delivery(newest + 2))
            await played.until("2 below · f follow the newest")
            assert detail.seq == newest

            newest += 3
            await played.press("f")
            await played.until(partial(shows, newest - 1))
            played.session.deliver(stored_delivery(newest))
            await played.until("1 below · f follow the newest")
            await played.press(back)
            await played.until("following the newest")
            await played.until(partial(shows, newest))

        await played.press("enter")
        await played.until("following waits")
        played.app.post_message(events.AppBlur())
        await played.until(lambda: played.focused() is None)
        played.session.deliver(stored_delivery(newest + 1))
        await played.until("1 below · f follow the newest")
        played.app.post_message(events.AppFocus())
        await played.until(lambda: played.focused() is not None)
        assert detail.seq == newest


async def test_a_changed_verdict_shows_in_table_and_headline() -> None:
    """pending becomes valid without a key."""
    async with stage(size=STACKED) as played:
        await played.choose(12)
        assert "… pending   ping  #12" in played.text()

        played.session.check_signature(12, Verdict.VALID)

        await played.until("✓ valid   ping  #12")
        await played.until("▌  12  14:21:37   ✓ valid")


async def test_a_flood_of_facts_makes_few_refreshes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand deliveries and statuses are a handful of refreshes, and the last of them is shown."""
    async with stage(size=STACKED) as played:
        refreshes = count_calls(played.session.rows, "refresh", monkeypatch)
        for seq in range(13, 1013):
            played.session.deliver(stored_delivery(seq))
            played.session.emit(StatusChanged(replace(RUNNING, counts=replace(RUNNING.counts, received=seq))))

        await played.until("1,012  ✓ 8")
        await played.until(lambda: played.main.deliveries.detail.seq == 1012)

    assert len(refreshes) < 100
