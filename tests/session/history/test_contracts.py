"""The contract of a session's account: read while there is time, asked for, and used for the jobs."""

from __future__ import annotations

from pathlib import Path

from tests.http.plain_client import plain_client
from tests.session.running import session_of, settings
from webhook_tui.domain.events import DeliveryStored
from webhook_tui.domain.queries import GetContract, GetDepartures, ListJobs


async def test_what_arrives_is_in_the_contract_and_its_fields_lead_to_jobs(tmp_path: Path) -> None:
    """Without an option for the job's id; unsigned deliveries are in that of every verdict only."""
    async with (
        session_of(settings(tmp_path, register=False, sse=False)) as running,
        plain_client() as client,
    ):
        url = (await running.until(lambda status: status.webhook.url is not None)).webhook.url
        assert url is not None
        await client.post(url, json={"id": 1, "name": "made", "data": {"jobId": "j1"}, "timestamp": 1})
        await running.event(DeliveryStored)

        valid = await running.answer(GetContract())
        of_all = await running.answer(GetContract("made", all_verdicts=True))
        while not of_all.is_done:
            of_all = await running.answer(GetContract("made", all_verdicts=True))

        assert (valid.events, valid.chosen) == ((), None)
        assert of_all.events == (("made", 1),)
        assert of_all.chosen is not None
        assert of_all.chosen.field_at(("data", "jobId")) is not None
        assert await running.answer(GetDepartures(1)) == ()
        assert (await running.answer(ListJobs())).jobs == ()
