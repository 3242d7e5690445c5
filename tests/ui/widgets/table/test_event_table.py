"""The table of compared events: which columns fit, and where the cursor is."""

from __future__ import annotations

import pytest

from tests.ui.compared_events import CLOCK, LOST, ONLY_WEBHOOK, event
from tests.ui.terminal_view import lines
from tests.ui.widgets.stage import Stage
from webhook_tui.ui.widgets.table.event_table import EventTable


@pytest.mark.parametrize(
    ("width", "columns"),
    [
        (90, ["id", "event", "webhook", "SSE", "lag", "content"]),
        (66, ["id", "event", "webhook", "lag", "content"]),
        (50, ["id", "event", "content"]),
    ],
)
async def test_columns_go_where_there_is_no_room(width: int, columns: list[str]) -> None:
    table = EventTable(now=lambda: CLOCK)
    app = Stage(table.widget)
    async with app.run_test(size=(width, 8)) as pilot:
        table.show([event("90401"), LOST, ONLY_WEBHOOK])
        await pilot.pause()
        assert lines(app)[0].split() == columns


async def test_an_event_is_chosen_by_its_id() -> None:
    table = EventTable(now=lambda: CLOCK)
    app = Stage(table.widget)
    async with app.run_test(size=(90, 8)) as pilot:
        table.show([event("90401"), LOST])
        await pilot.pause()
        assert table.chosen == LOST
        table.choose("90401")
        table.choose("no such id")
        await pilot.pause()
        assert table.chosen == event("90401")
        table.show([event("90401"), LOST, ONLY_WEBHOOK])
        assert table.chosen == event("90401")
