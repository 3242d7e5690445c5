"""Marks, comments, deletions, copies and exports: keys in, commands, files and the clipboard out."""

from __future__ import annotations

from msgspec.structs import replace

from tests.ui.fake_session import RUNNING, FakeSession
from tests.ui.stage import WIDE, stage
from webhook_tui.domain.commands import MarkDelivery, StopDeletion
from webhook_tui.domain.events import StatusChanged
from webhook_tui.domain.status import Deletion


async def test_a_mark_is_on_the_row_and_off_again() -> None:
    """m commands, the row shows it, and the filter `marked` finds it."""
    async with stage() as played:
        await played.choose(8)
        await played.press("m")
        await played.requested(MarkDelivery(8, marked=True))
        await played.until("▌◆  8  ")
        await played.press("slash", *"marked", "enter")
        await played.until("1 of 12")
        await played.press("m")
        await played.until("No matches in 12 deliveries.  esc clears the filter.")


async def test_a_key_right_after_moving_means_the_row_under_the_cursor() -> None:
    """Though the detail still shows the row before."""
    async with stage() as played:
        detail = played.main.deliveries.detail
        await played.until(lambda: detail.seq == 12)
        for place, action in enumerate(("delivery.mark", "delivery.copy_as", "delivery.diff", "delivery.why")):
            before = detail.seq
            played.main.deliveries.table.move_to_place(place)
            assert detail.seq == before
            played.main.action_run(action)
            assert detail.seq == place + 1
            await played.press("escape")


async def test_the_attempts_that_are_deleted_leave_the_detail() -> None:
    """With their tab when one is left, which may be the one that is shown."""
    async with stage(size=WIDE) as played:
        await played.choose(4)
        await played.press("m", "enter")
        played.main.deliveries.detail.choose("Attempts")
        await played.until("Answered 200 after 1 refusal.")
        played.main.action_run("history.clear")
        await played.until("Delete all deliveries except the marked?")
        await played.press("d")
        await played.until("Deleted 11 deliveries")
        await played.until(lambda: played.main.deliveries.detail.tab == "Payload")
        assert "Attempts" not in played.text()
        assert played.is_focused("payload")


async def test_old_deliveries_that_the_session_deletes_by_itself_leave_the_table() -> None:
    """Within a second, without an event; the filter counts them no more."""
    async with stage(size=WIDE) as played:
        await played.type_filter("event:ping")
        await played.until("3 of 12")
        await played.press("enter", "g")
        await played.until(lambda: played.main.deliveries.detail.seq == 1)
        played.session.rows.delete((1, 2))
        await played.until("2 of 10")
        await played.until(lambda: played.main.deliveries.detail.seq == 5)


async def test_a_long_deletion_shows_how_far_it_is_and_x_stops_it() -> None:
    """In the status line, also one that the session began by itself."""
    session = FakeSession.running()
    async with stage(session, size=WIDE) as played:
        session.emit(StatusChanged(replace(RUNNING, deletion=Deletion(200, 1000))))
        await played.until("◐ deletion 20 %")
        session.emit(StatusChanged(replace(RUNNING, deletion=Deletion(600, 1000))))
        await played.until("◐ deletion 60 %")
        await played.press("x")
        await played.requested(StopDeletion())
        session.emit(StatusChanged(RUNNING))
        await played.until(lambda: "◐" not in played.lines()[1])
        session.emit(StatusChanged(replace(RUNNING, deletion=Deletion(600, 1000))))
        await played.until("◐ deletion 60 %")
        session.die()
        await played.until("session ended")
        await played.until(lambda: "◐" not in played.lines()[1])
