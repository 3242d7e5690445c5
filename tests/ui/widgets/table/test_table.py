"""Following the newest: when it is on, and that nothing moves when it is off."""

from __future__ import annotations

from textual.events import MouseEvent, MouseScrollDown, MouseScrollUp
from textual.pilot import Pilot

from tests.ui.memory_rows import MemoryRows
from tests.ui.terminal_view import lines, wheel
from tests.ui.widgets.stage import Clock, ManyRows, Stage, delivery, twelve
from webhook_tui.domain.delivery.delivery import DeliveryRow
from webhook_tui.ui.widgets.table.delivery_table import DeliveryTable
from webhook_tui.ui.widgets.table.table import Table


def reported(app: Stage) -> list[tuple[bool, int]]:
    """What the table said of following."""
    return [(message.following, message.below) for message in app.heard if isinstance(message, Table.FollowChanged)]


def more(count: int) -> list[DeliveryRow]:
    """So many rows in all, the first twelve as drawn."""
    return [*twelve(), *(delivery(seq) for seq in range(13, count + 1))]


def follows(table: DeliveryTable) -> bool:
    """Whether the table follows the newest."""
    return table.widget.following


def cursor_line_of(app: Stage) -> int:
    """The line of the screen with the cursor's bar."""
    return next(place for place, line in enumerate(lines(app)) if line.startswith("▌"))


async def turn_wheel(pilot: Pilot[None], event: type[MouseEvent]) -> None:
    """Turn the wheel once over the table."""
    await wheel(pilot, event, Table, (5, 3))
    await pilot.pause()


async def test_the_cursor_goes_with_the_newest() -> None:
    """At the start the newest is followed, and its row is the last that can be seen."""
    table, rows = DeliveryTable(now=Clock()), MemoryRows.of(twelve())
    app = Stage(table.widget)
    async with app.run_test(size=(84, 8)) as pilot:
        table.show_rows(rows)
        rows.put(more(20))
        table.refresh_rows()
        await pilot.pause()
        assert table.seq == 20
        assert lines(app)[-1].startswith("▌  20")
        assert reported(app) == []


async def test_moving_up_ends_it_and_the_last_row_begins_it() -> None:
    """f, G and reaching the last row turn it on again; each change is reported with what is below."""
    table, rows = DeliveryTable(now=Clock()), MemoryRows.of(twelve())
    app = Stage(table.widget)
    async with app.run_test(size=(84, 8)) as pilot:
        table.show_rows(rows)
        await pilot.press("up", "up")
        assert not follows(table)
        await pilot.press("down", "down")
        assert follows(table)
        await pilot.press("g")
        assert not follows(table)
        table.widget.follow()
        await pilot.pause()
        assert follows(table)
        assert table.seq == 12
        assert reported(app) == [(False, 1), (False, 2), (False, 1), (True, 0), (False, 11), (True, 0)]


async def test_new_rows_shift_nothing_when_not_followed() -> None:
    """Neither the cursor nor any line moves; only the number below is reported."""
    table, rows = DeliveryTable(now=Clock()), MemoryRows.of(twelve())
    app = Stage(table.widget)
    async with app.run_test(size=(84, 8)) as pilot:
        table.show_rows(rows)
        await pilot.press("up", "up", "up")
        await pilot.pause()
        before = [line[:82] for line in lines(app)]
        rows.put(more(40))
        table.refresh_rows()
        await pilot.pause()
        assert [line[:82] for line in lines(app)] == before
        assert table.seq == 9
        assert reported(app)[-1] == (False, 31)


async def test_the_wheel_ends_following_and_the_end_begins_it() -> None:
    """Who scrolls away reads on in peace; who scrolls back to the end follows again."""
    table, rows = DeliveryTable(now=Clock()), MemoryRows.of(more(40))
    app = Stage(table.widget)
    async with app.run_test(size=(84, 8)) as pilot:
        table.show_rows(rows)
        await pilot.pause()
        await turn_wheel(pilot, MouseScrollUp)
        assert not follows(table)
        top = table.widget.scroll_offset.y
        rows.put(more(50))
        table.refresh_rows()
        await pilot.pause()
        assert table.widget.scroll_offset.y == top
        assert table.seq == 40
        await pilot.press("G")
        await turn_wheel(pilot, MouseScrollUp)
        assert not follows(table)
        await turn_wheel(pilot, MouseScrollDown)
        assert follows(table)


async def test_the_cursor_keeps_its_delivery_through_a_filter() -> None:
    """In other rows the cursor stays on its number, or goes to where it would stand."""
    table = DeliveryTable(now=Clock())
    app = Stage(table.widget)
    async with app.run_test(size=(84, 20)) as pilot:
        table.show_rows(MemoryRows.of(twelve()))
        table.widget.move_to_place(7)
        table.show_rows(MemoryRows.of([row for row in twelve() if row.verdict.is_bad]))
        seen = [table.seq]
        table.show_rows(MemoryRows.of([row for row in twelve() if row.event == "batch_edit"]))
        seen.append(table.seq)
        table.show_rows(MemoryRows.of())
        seen.append(table.seq)
        table.show_rows(MemoryRows.of(twelve()))
        await pilot.pause()
        assert [*seen, table.seq] == [8, 11, None, 12]


async def test_rows_that_go_above_the_cursor_do_not_move_it() -> None:
    """When a filtered row above matches no more, the cursor's row keeps its line of the screen."""
    table, rows = DeliveryTable(now=Clock()), MemoryRows.of(more(60))
    app = Stage(table.widget)
    async with app.run_test(size=(84, 12)) as pilot:
        table.show_rows(rows)
        table.widget.move_to_place(30)
        await pilot.pause()
        line = next(number for number, text in enumerate(lines(app)) if text.startswith("▌"))
        rows.put([row for row in more(60) if row.seq not in {2, 5, 7}])
        table.refresh_rows()
        await pilot.pause()
        assert lines(app)[line].startswith("▌  31")
        assert sum(text.startswith("▌") for text in lines(app)) == 1


async def test_most_rows_go_above_the_cursor_near_the_end() -> None:
    """Fewer are left than were scrolled by: it keeps its line, and never goes out of sight."""
    table, rows = DeliveryTable(now=Clock()), MemoryRows.of(more(100))
    app = Stage(table.widget)
    async with app.run_test(size=(84, 10)) as pilot:
        table.show_rows(rows)
        await pilot.press("up", "up", "up", "up")
        line = cursor_line_of(app)
        rows.put(more(100)[50:])
        table.refresh_rows()
        await pilot.pause()
        assert table.seq == 96
        assert cursor_line_of(app) == line


async def test_a_hidden_table_takes_rows() -> None:
    """While the detail is zoomed the table is not displayed; what arrived meanwhile is there when it is."""
    table, rows = DeliveryTable(now=Clock()), MemoryRows.of(twelve())
    app = Stage(table.widget)
    async with app.run_test(size=(84, 8)) as pilot:
        table.show_rows(rows)
        table.widget.display = False
        await pilot.pause()
        rows.put(more(40))
        table.refresh_rows()
        await pilot.pause()
        table.widget.display = True
        await pilot.pause()
        assert table.seq == 40
        assert lines(app)[-1].startswith("▌  40")


async def test_a_smaller_screen_keeps_the_cursor_in_sight() -> None:
    """After a change of size the cursor's row is on the screen, the last line when following."""
    table = DeliveryTable(now=Clock())
    app = Stage(table.widget)
    async with app.run_test(size=(84, 30)) as pilot:
        table.show_rows(ManyRows(1000))
        await pilot.resize_terminal(84, 8)
        await pilot.pause()
        assert lines(app)[-1].startswith("▌ 1000")
        table.widget.move_to_place(500)
        await pilot.pause()
        await pilot.resize_terminal(60, 5)
        await pilot.pause()
        assert any(line.startswith("▌  501") for line in lines(app))
        table.widget.follow()
        await pilot.resize_terminal(84, 30)
        await pilot.pause()
        assert lines(app)[-1].startswith("▌ 1000")
