"""The headline of the detail."""

from __future__ import annotations

from tests.ui.terminal_view import lines
from tests.ui.widgets.stage import Clock, Stage, delivery
from webhook_tui.domain.comparison.compared_event import DifferingDelivery
from webhook_tui.ui.widgets.detail.headline import Headline


async def test_the_second_line_gives_the_reason_the_difference_or_another_text() -> None:
    headline = Headline(now=Clock())
    app = Stage(headline)
    async with app.run_test(size=(60, 3)) as pilot:
        assert lines(app)[0].strip() == ""
        row = delivery(7)
        headline.show(row)
        await pilot.pause()
        first = lines(app)[0]
        assert "ping" in first
        assert "#7" in first
        headline.show_differing({7: DifferingDelivery(7, "$.data.status", 1)})
        await pilot.pause()
        assert "SSE" in lines(app)[1]
        headline.show_differing({8: DifferingDelivery(8, "$", 1)})
        await pilot.pause()
        assert "SSE" not in lines(app)[1]
        headline.show(row, text="It cannot be read.")
        await pilot.pause()
        assert [lines(app)[0], lines(app)[1].strip()] == [first, "It cannot be read."]
