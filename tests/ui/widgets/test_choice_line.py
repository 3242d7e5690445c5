"""A choice of a few options, by arrows, letters and clicks."""

from __future__ import annotations

import pytest

from tests.ui.terminal_view import lines
from tests.ui.widgets.stage import Stage, find
from webhook_tui.ui.widgets.choice_line import ChoiceLine, ChoiceList

CHOICES = (("json", "JSON"), ("raw", "raw bytes"), ("har", "HAR"))


@pytest.mark.parametrize(
    ("line", "before", "after"), [(ChoiceLine, "left", "right"), (ChoiceList, "up", "down")], ids=["line", "list"]
)
async def test_it_is_chosen_by_keys_and_clicks(line: type[ChoiceLine], before: str, after: str) -> None:
    widget = line(CHOICES, id="choice", keys={"raw": "r"})
    app = Stage(widget)
    async with app.run_test(size=(50, 6)) as pilot:
        widget.focus()
        found = [widget.chosen]
        for key in (after, "r", after, after, before):
            await pilot.press(key)
            found.append(widget.chosen)
        assert found == ["json", "raw", "raw", "har", "json", "har"]
        y, x = find(app, "raw bytes")
        await pilot.click(offset=(x, y))
        assert widget.chosen == "raw"
        await pilot.click(offset=(45, 5))
        assert widget.chosen == "raw"


async def test_a_list_has_a_row_for_each_option() -> None:
    app = Stage(ChoiceList(CHOICES, id="choice"))
    async with app.run_test(size=(20, 5)):
        assert [text.strip() for text in lines(app)][:3] == ["● JSON", "○ raw bytes", "○ HAR"]
