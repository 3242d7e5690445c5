"""Buttons that do not fit into one line go on in the next one."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult
from textual.widgets import Static

from webhook_tui.ui.theme import variable_defaults
from webhook_tui.ui.widgets.keys.button_row import ButtonRow
from webhook_tui.ui.widgets.keys.key_button import KeyButton


class Row(App[None]):
    """Three buttons of 10 cells, a hidden one, and a line below them."""

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults(self.current_theme)

    def compose(self) -> ComposeResult:
        with ButtonRow(id="row"):
            for name in ("one", "two", "hid", "six"):
                yield KeyButton(f"The {name}"[:7], id=name)
        yield Static("below", id="below")


@pytest.mark.parametrize(
    ("width", "places"),
    [
        (40, [(0, 0), (12, 0), (24, 0)]),
        (35, [(0, 0), (12, 0), (24, 0)]),
        (34, [(0, 0), (12, 0), (0, 1)]),
        (20, [(0, 0), (0, 1), (0, 2)]),
        (8, [(0, 0), (0, 1), (0, 2)]),
    ],
)
async def test_where_they_stand(width: int, places: list[tuple[int, int]]) -> None:
    """From left to right, and what follows stands below the last line."""
    app = Row()
    async with app.run_test(size=(width, 10)) as pilot:
        app.query_one("#hid").display = False
        await pilot.pause()
        regions = [button.region for button in app.query(KeyButton) if button.display]
        assert [(region.x, region.y) for region in regions] == places
        assert all(region.right <= width for region in regions)
        assert app.query_one("#below").region.y == places[-1][1] + 1
