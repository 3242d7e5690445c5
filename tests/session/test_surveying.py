"""What a session says of itself as a whole: counts, answers, registration, and where its history lies."""

from __future__ import annotations

from pathlib import Path

from tests.session.running import Running, sandbox_of, session_of, settings
from webhook_tui.domain.facts import DeliveryRecorded, OverviewShown, WebhookDeleted
from webhook_tui.domain.overview import Overview
from webhook_tui.domain.route_log import Call
from webhook_tui.domain.status import WebhookState
from webhook_tui.domain.wishes import DeleteWish, OverviewWish, TestPingWish


async def next_overview(running: Running) -> Overview:
    """What is answered when it is asked now."""
    known = len(running.all(OverviewShown))
    running.ask(OverviewWish())
    await running.fact(OverviewShown, lambda _: len(running.all(OverviewShown)) > known)
    return running.all(OverviewShown)[-1].overview


async def test_the_overview_of_a_run(tmp_path: Path) -> None:
    """Two pings, their answers, the PUT and the DELETE."""
    async with sandbox_of() as (_, url), session_of(settings(tmp_path, api_url=url, replace=True)) as running:
        await running.until(lambda status: status.webhook.state is WebhookState.REGISTERED)
        running.ask(TestPingWish())
        await running.until(lambda status: status.counts.received == 2)
        running.ask(DeleteWish())
        await running.fact(WebhookDeleted)
        overview = await next_overview(running)
        while overview.acks.count < 2:  # the answer may still be on its way
            overview = await next_overview(running)

        assert overview.tally is not None
        assert overview.tally.is_done
        assert sum(overview.tally.this_run.values()) == 2
        assert [(one.event, sum(one.all_runs.values())) for one in overview.tally.events] == [("ping", 2)]
        assert 0 < overview.acks.p50 <= overview.acks.p99 <= overview.acks.longest < 20
        assert [(step.call, step.outcome) for step in overview.steps] == [
            (Call.PUT, "registered"),
            (Call.DELETE, "deleted"),
        ]
        assert overview.place is not None
        assert overview.place.path == tmp_path / "state" / "deliveries.db"
        assert overview.place.size > 4096
        assert overview.problem is None
        assert len(running.all(DeliveryRecorded)) == 2
