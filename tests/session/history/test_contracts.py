"""The contract of a session's account: read while there is time, asked for, and used for the jobs."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.http.plain_client import plain_client
from tests.session.running import TOKEN, session_of, settings
from tests.storage.contracts.histories import body, record
from webhook_tui.domain.account import Account
from webhook_tui.domain.events import DeliveryStored, HistoryOpened
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


async def test_a_delivery_of_another_account_departs_from_nothing(tmp_path: Path) -> None:
    """As the contract holds none of its deliveries: neither those of another token nor of another API."""
    path = tmp_path / "h.db"
    chosen = settings(tmp_path, register=False, sse=False, db=path)
    own = Account.of(chosen.api_url, TOKEN)
    others = (Account(own.api_url, "another"), Account("https://api.example", own.token_fingerprint))
    contracts, notes = [], []
    for account in (*others, own):
        await asyncio.to_thread(record, path, [*[body({"n": 1})] * 25, body({"n": "x"})], account=account)
        async with session_of(chosen) as running:
            await running.event(HistoryOpened)
            while not (contract := await running.answer(GetContract())).is_done:
                pass
            contracts.append(contract.events)
            found = [await running.answer(GetDepartures(seq)) for seq in (26, 52, 78)]
            notes.append([len(departures) for departures in found])

    assert contracts == [(), (), (("image_result", 26),)]
    assert notes == [[0, 0, 0], [0, 0, 0], [0, 0, 1]]
