"""What the status line counts and the list of runs set as the filter."""

from __future__ import annotations

from datetime import timedelta

from tests.ui.fake_session import NOW, FakeSession
from tests.ui.stage import STACKED, stage
from webhook_tui.domain.queries import ListRuns
from webhook_tui.domain.statistics.counts import Run


async def test_a_count_filters_the_table() -> None:
    async with stage() as played:
        statistics, search = played.main.controllers.statistics, played.main.controllers.filter.search
        statistics.show_counted("pending")
        assert search.text == "verdict:pending"
        statistics.show_counted("bad")
        assert search.text == "verdict:invalid or verdict:missing or verdict:malformed"


async def test_a_run_filters_the_table() -> None:
    session = FakeSession.running()
    session.answers[ListRuns()] = [Run(number, NOW - timedelta(days=1), None, {}) for number in (1, 2)]
    async with stage(session) as played:
        played.main.controllers.statistics.show_runs()
        await played.until("Runs")
        await played.press("enter")
        await played.dialog_closed()
        assert played.main.controllers.filter.search.text == "run:2"


async def test_a_count_shows_the_table_that_a_zoomed_detail_hides() -> None:
    async with stage(size=STACKED) as played:
        await played.press("z")
        await played.until(lambda: "verdict" not in played.lines()[1])
        played.main.controllers.statistics.show_counted("bad")
        await played.until(lambda: "verdict" in played.lines()[1])
        assert played.numbers() == [8, 9, 10]
