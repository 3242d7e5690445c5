"""The line between table and detail: by mouse and keys, at every size, between runs; a resize loses no place."""

from __future__ import annotations

import json
from pathlib import Path

from tests.ui.fake_session import RUNNING, FakeSession
from tests.ui.memory_rows import stored_delivery
from tests.ui.stage import STACKED, WIDE, Stage, stage
from webhook_tui.ui.preferences import Preferences, PreferencesFile
from webhook_tui.ui.widgets.payload.view import PayloadView
from webhook_tui.ui.widgets.split_pane import Split

SIZES = (*((100, 30), (80, 24), (60, 20), (200, 60), (119, 30)), WIDE)


def line(played: Stage) -> tuple[int, int]:
    """Where the detail begins, and its width or height."""
    region = played.main.deliveries.detail.region
    beside = region.y == played.main.deliveries.table.region.y
    return (region.x, region.width) if beside else (region.y, region.height)


async def drag(played: Stage, start: tuple[int, int], end: tuple[int, int]) -> None:
    """Press there, move, release."""
    await played.pilot.mouse_down(offset=start)
    await played.pilot.hover(offset=((start[0] + end[0]) // 2, (start[1] + end[1]) // 2))
    await played.pilot.hover(offset=end)
    await played.pilot.mouse_up(offset=end)
    await played.pilot.pause()


async def test_the_line_moves_and_is_kept(tmp_path: Path) -> None:
    """Its share holds at other sizes; it stays within limits; a double click and the command restore it."""
    path = tmp_path / "screen.json"
    async with stage(size=WIDE, preferences=PreferencesFile(path)) as played:
        assert line(played) == (90, 50)
        await drag(played, (90, 20), (70, 22))
        assert line(played) == (70, 70)
        assert not played.app.screen.get_selected_text()
        await played.press("greater_than_sign")
        assert line(played) == (74, 66)
        await played.press("less_than_sign", "less_than_sign")
        assert line(played) == (66, 74)
        await played.press("z")
        assert played.main.deliveries.detail.region.width == 140
        await drag(played, (66, 20), (40, 20))
        await played.press("z")
        assert line(played) == (66, 74)
        await drag(played, (66, 20), (2, 20))
        assert line(played) == (24, 116)
        await played.pilot.resize_terminal(100, 30)
        assert line(played) == (24, 76)
        await played.press(*["greater_than_sign"] * 20)
        assert line(played) == (70, 30)

        await played.pilot.resize_terminal(*STACKED)
        top, height = line(played)
        await drag(played, (20, top), (20, top - 3))
        assert line(played) == (top - 3, height + 3)
        await played.press("greater_than_sign")
        assert line(played) == (top - 1, height + 1)
        await played.press("q")
    kept = PreferencesFile(path).read().split
    assert (kept.width, kept.height > 0) == (300, True)

    async with stage(size=WIDE, preferences=PreferencesFile(path)) as played:
        assert line(played) == (98, 42)
        await played.pilot.click(offset=(98, 20), times=2)
        await played.until(lambda: line(played) == (90, 50))
        await played.press("less_than_sign")
        assert line(played) == (86, 54)
        played.main.action_run("screen.reset")
        await played.until(lambda: line(played) == (90, 50))
    assert PreferencesFile(path).read() == Preferences()


async def test_a_kept_line_is_where_it_was_before_the_detail_is_there(tmp_path: Path) -> None:
    """The heading does not jump with the first delivery."""
    path = tmp_path / "screen.json"
    PreferencesFile(path).write(Preferences(split=Split(500)))
    async with stage(FakeSession(RUNNING), size=WIDE, preferences=PreferencesFile(path)) as played:
        assert played.main.deliveries.table.region.width == 70
        played.session.deliver(stored_delivery(1, event="batch_edit"))
        await played.until(lambda: line(played) == (70, 70))


async def test_a_resize_loses_no_place() -> None:
    """The row under the cursor, the line of the payload under the cursor and the focus stay, and are in sight."""
    body = json.dumps({"id": 1, "name": "batch_edit", "data": {f"field_{number}": number for number in range(90)}})
    rows = [stored_delivery(seq, event="batch_edit", body=body.encode()) for seq in range(1, 91)]
    async with stage(FakeSession(RUNNING, rows), size=WIDE) as played:
        table = played.main.deliveries.table
        await played.press("g", *["j"] * 44)
        await played.until(lambda: played.main.deliveries.detail.seq == 45)
        await played.press("enter", *["j"] * 40)
        await played.until("$.data.field_36")
        for size in SIZES:
            await played.pilot.resize_terminal(*size)
            await played.until(lambda: line(played)[1] > 0)
            text = played.text()
            assert "$.data.field_36" in text
            assert '"field_36": 36' in text
            assert any(row.split()[:2][-1] == "45" for row in text.split("\n") if row.startswith("▌"))
            assert (played.main.deliveries.delivery_table.seq, table.following) == (45, False)
            assert played.is_focused("PayloadView")
        view = played.main.deliveries.detail.query_one("#payload", PayloadView)
        assert view.path == "$.data.field_36"
        await played.press("escape", "j")
        await played.until(lambda: played.main.deliveries.delivery_table.seq == 46)


async def test_a_terminal_without_room_for_the_panes_keeps_the_line() -> None:
    """The keys that move it do nothing there."""
    async with stage(size=WIDE) as played:
        before = line(played)
        for size in ((30, 8), (80, 5), (20, 3)):
            await played.pilot.resize_terminal(*size)
            await played.press("less_than_sign", "greater_than_sign")
        await played.pilot.resize_terminal(*WIDE)
        await played.until(lambda: line(played) == before)
