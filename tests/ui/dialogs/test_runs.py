"""The runs of the history, one of which becomes the filter."""

from __future__ import annotations

from datetime import timedelta

from tests.ui.fake_session import NOW, FakeSession
from tests.ui.stage import stage
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.domain.statistics.counts import Run


async def test_the_runs_are_listed_and_one_is_chosen() -> None:
    """Newest first, with what is stored of each; enter filters by it."""
    session = FakeSession.running()
    day = timedelta(days=1)
    session.runs = (
        Run(1, NOW - day, NOW - day + timedelta(hours=2), {Verdict.VALID: 3, Verdict.INVALID: 1}),
        Run(2, NOW, None, {}),
    )
    async with stage(session) as played:
        played.main.action_run("history.runs")
        await played.until("nothing stored")
        assert "   1  22 Nov 2026, 14:22  2 h         " in played.text()
        assert "4 stored  ✓ 3  ✗ 1" in played.text()
        await played.press("down", "enter")
        await played.until("12 of 12  / run:1")
