"""The statistics of a session: counts, answers, registration, and the path of its history."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.http.plain_client import plain_client
from tests.session.running import Running, sandbox_of, session_of, settings
from webhook_tui.domain.commands import DeleteWebhook, SendTestPing
from webhook_tui.domain.errors import Problem, ProblemError
from webhook_tui.domain.events import DeliveryStored, WebhookDeleted
from webhook_tui.domain.jobs.job import JobFields
from webhook_tui.domain.queries import GetJob, GetStatistics, ListJobs
from webhook_tui.domain.statistics.overview import Overview
from webhook_tui.domain.statistics.route_history import Call
from webhook_tui.domain.status import WebhookState
from webhook_tui.storage.history import DeliveryStore


async def next_overview(running: Running) -> Overview:
    """What is answered when it is asked now."""
    return await running.answer(GetStatistics())


async def test_the_overview_of_a_run(tmp_path: Path) -> None:
    """Two pings, their answers, the PUT and the DELETE."""
    async with sandbox_of() as (_, url), session_of(settings(tmp_path, api_url=url, replace=True)) as running:
        await running.until(lambda status: status.webhook.state is WebhookState.REGISTERED)
        running.ask(SendTestPing())
        await running.until(lambda status: status.counts.received == 2)
        running.ask(DeleteWebhook())
        await running.event(WebhookDeleted)
        overview = await next_overview(running)
        while overview.answer_times.count < 2:  # the answer may still be on its way
            overview = await next_overview(running)

        assert overview.counts is not None
        assert overview.counts.is_done
        assert sum(overview.counts.this_run.values()) == 2
        assert [(one.event, sum(one.all_runs.values())) for one in overview.counts.events] == [("ping", 2)]
        assert 0 < overview.answer_times.p50 <= overview.answer_times.p99 <= overview.answer_times.longest < 20
        assert [(step.call, step.outcome) for step in overview.steps] == [
            (Call.PUT, "registered"),
            (Call.DELETE, "deleted"),
        ]
        assert overview.place is not None
        assert overview.place.path == tmp_path / "state" / "deliveries.db"
        assert overview.place.size > 4096
        assert overview.problem is None
        assert len(running.all(DeliveryStored)) == 2


async def test_the_jobs_of_a_run(tmp_path: Path) -> None:
    """Which there are, and all of one, by the field that the settings name."""
    fields = JobFields(ids=("nr",))
    chosen = settings(tmp_path, register=False, sse=False, job_fields=fields)
    async with session_of(chosen) as running, plain_client() as client:
        url = (await running.until(lambda status: status.webhook.url is not None)).webhook.url
        assert url is not None
        for number in (1, 2, 1):
            await client.post(url, content=b'{"data": {"nr": %d, "job_id": "no", "status": "processing"}}' % number)
        found = await running.answer(ListJobs())
        while not found.is_done:
            found = await running.answer(ListJobs())
        detail = await running.answer(GetJob("1"))

        assert [(job.job_id, job.events, job.status) for job in found.jobs] == [
            ("2", 1, "processing"),
            ("1", 2, "processing"),
        ]
        assert [event.seq for event in detail.events] == [1, 3]
        assert [row.row.summary.text for row in running.all(DeliveryStored)] == [
            "1 processing",
            "2 processing",
            "1 processing",
        ]


async def test_a_history_that_cannot_be_read_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It can be asked for again later."""

    async def broken(*_: object) -> None:
        raise ProblemError(Problem("The history cannot be read.", ""))

    async with session_of(settings(tmp_path, register=False, sse=False)) as running:
        await running.until(lambda status: status.webhook.url is not None)
        for method in ("counts", "jobs"):
            monkeypatch.setattr(DeliveryStore, method, broken)
        for _ in range(2):
            overview = await next_overview(running)
            assert overview.problem is not None
            assert (overview.counts, overview.place) == (None, None)
            with pytest.raises(ProblemError, match="cannot be read"):
                await running.answer(ListJobs())
