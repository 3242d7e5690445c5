"""The base of views with very many lines, seen in the table."""

from __future__ import annotations

import pytest

from tests.ui.terminal_view import lines
from tests.ui.widgets.stage import Clock, ManyRows, Stage
from webhook_tui.ui.widgets.line_view import movement_bindings
from webhook_tui.ui.widgets.table.delivery_table import DeliveryTable


@pytest.mark.parametrize(
    ("keys", "seq"),
    [
        (("g",), 1),
        (("g", "j", "down"), 3),
        (("g", "k"), 1),
        (("g", "pagedown"), 8),
        (("g", "pagedown", "pageup"), 1),
        (("g", "G"), 1000),
        (("g", "end", "ctrl+u"), 993),
    ],
)
async def test_keys_move_through_lines_and_pages(keys: tuple[str, ...], seq: int) -> None:
    table = DeliveryTable(now=Clock())
    async with Stage(table.widget).run_test(size=(80, 8)) as pilot:
        table.show_rows(ManyRows(1000))
        table.widget.focus()
        await pilot.press(*keys)
        assert table.seq == seq


async def test_the_line_under_the_cursor_is_in_sight() -> None:
    table = DeliveryTable(now=Clock())
    app = Stage(table.widget)
    async with app.run_test(size=(80, 8)) as pilot:
        table.show_rows(ManyRows(1000))
        for place in (500, 503, 0, 999, 5000):
            table.widget.move_to_place(place)
            await pilot.pause()
            number = str(min(place, 999) + 1)
            assert any(number in line.split() for line in lines(app))
            assert table.widget.scroll_offset.y <= table.widget.last_top


def test_each_movement_has_an_id_of_its_group() -> None:
    bindings = movement_bindings("table", "delivery", last="Follow")
    assert {str(binding.id).partition(".")[0] for binding in bindings} == {"table"}
    assert len({binding.id for binding in bindings}) == len(bindings) == 6
