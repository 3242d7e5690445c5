"""Things in memory in a table: columns, the cursor on its thing, and a line in place of rows."""

from __future__ import annotations

from textual.events import MouseScrollDown

from tests.ui.terminal_view import lines, wheel
from tests.ui.widgets.stage import Stage
from webhook_tui.ui.widgets.table.list_table import Cell, ListColumn, ListTable, TableSpec, fitted
from webhook_tui.ui.widgets.table.table import Table

COLUMNS = (ListColumn("name", "name", 0), ListColumn("size", "size", 4, is_right=True))


def cell(thing: str, column: str) -> Cell:
    """The thing itself, or how long it is."""
    return (thing, "") if column == "name" else (str(len(thing)), "muted")


async def test_the_cursor_stays_on_its_thing_or_on_the_last_one() -> None:
    """Whatever is added before it; when its thing is gone it stays where it was."""
    spec: TableSpec[str] = TableSpec(lambda width: fitted(COLUMNS, width, least=6, most=8), cell, key=str)
    table = ListTable(spec)
    app = Stage(table.widget)
    async with app.run_test(size=(24, 6)) as pilot:
        table.widget.empty = "Nothing yet."
        await pilot.pause()
        assert lines(app)[:2] == ["  name      size".ljust(24), "  Nothing yet.".ljust(24)]

        table.show(["one", "three"])
        assert table.chosen == "three"
        table.show(["one", "three", "seven"])
        assert table.chosen == "seven"
        await pilot.press("up")
        table.show(["zero", "one", "three", "seven"])
        await pilot.pause()
        assert table.chosen == "three"
        assert lines(app)[3].rstrip() == "▌ three        5"

        table.show(["zero", "one"])
        assert table.chosen == "one"


async def test_what_the_wheel_has_scrolled_to_stays_when_things_are_shown_again() -> None:
    """A dialog that is live shows them once a second; the cursor is elsewhere."""
    spec: TableSpec[str] = TableSpec(lambda width: fitted(COLUMNS, width, least=6, most=8), cell, key=str)
    table = ListTable(spec)
    app = Stage(table.widget)
    things = [f"thing {number}" for number in range(30)]
    async with app.run_test(size=(24, 6)) as pilot:
        table.show(things)
        await pilot.press("home")
        await wheel(pilot, MouseScrollDown, Table, (5, 3))
        await pilot.pause()
        seen = [line[:20] for line in lines(app)]
        assert "thing 3" in seen[1]
        table.show([*things, "thing 30"])
        await pilot.pause()
        assert [line[:20] for line in lines(app)] == seen
        assert table.chosen == "thing 0"
