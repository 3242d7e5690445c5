"""The jobs of stored deliveries: read newest first, a step at a time, and the same that the filter `job:X` finds."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.factories import INVALID, NOW, PENDING, VALID, delivery
from tests.storage.finding import finding
from webhook_tui.domain.account import Account
from webhook_tui.domain.delivery.delivery import DeliveryRow
from webhook_tui.domain.images.image import ImageLink
from webhook_tui.domain.jobs.job import Job, JobFields, Jobs
from webhook_tui.domain.signature.verdict import Verdict, VerificationResult
from webhook_tui.storage.history import DeliveryStore
from webhook_tui.storage.statistics import aggregate, jobs


def body(job_id: object, *, at: float | None = None, **data: Any) -> bytes:
    """An event about a job."""
    return json.dumps({"id": 1, "name": "x", "data": {"job_id": job_id, **data}, "timestamp": at}).encode()


async def record(
    store: DeliveryStore,
    account: Account,
    content: bytes,
    verification: VerificationResult = VALID,
    *,
    seconds: int = 0,
) -> int:
    """Store one delivery; its number."""
    received = delivery(content, received_at=NOW + timedelta(seconds=seconds))
    row: DeliveryRow = await store.record(received, verification, account=account, answered=200)
    return row.seq


async def read(store: DeliveryStore) -> Jobs:
    """The jobs when all is read."""
    found = await store.jobs()
    while not found.is_done:
        found = await store.jobs()
    return found


def named(found: Jobs, job_id: str) -> Job:
    """That one."""
    return next(job for job in found.jobs if job.job_id == job_id)


async def test_an_empty_history_has_none(store: DeliveryStore) -> None:
    """And there is nothing more to read."""
    found = await read(store)
    assert (found.jobs, found.examined, found.is_all) == ((), 0, True)


async def test_events_are_grouped_and_the_newest_job_is_last(store: DeliveryStore, account: Account) -> None:
    """Status and progress, images, times and the worst verdict; what names no job is in none."""
    link = "https://cdn.example.com/{}.png"
    await record(store, account, body("a", status="processing", processed_images=0, total_images=2))
    await record(store, account, body("b", status="processing"), INVALID, seconds=1)
    await record(store, account, body("a", output={"full_size": link.format(1)}), seconds=2)
    await record(store, account, body("a", output={"full_size": link.format(1)}), seconds=3)
    await record(store, account, b"not json", seconds=4)
    await record(store, account, b'{"data": {}}', seconds=4)
    await record(store, account, body("a", output={"full_size": link.format(2)}), seconds=5)
    seq = await record(store, account, body("a", status="completed", processed_images=2, total_images=2), seconds=6)

    found = await read(store)
    assert found.is_all
    assert found.examined == 8
    assert [job.job_id for job in found.jobs] == ["b", "a"]
    assert named(found, "a") == Job(
        "a", 5, "completed", "2/2", NOW, NOW + timedelta(seconds=6), seq, images=2, worst=Verdict.VALID
    )
    assert named(found, "b").worst is Verdict.INVALID

    detail = await store.job("a")
    assert [(event.seq, event.status, event.images) for event in detail.events] == [
        (1, "processing", ()),
        (3, "", (ImageLink(link.format(1)),)),
        (4, "", (ImageLink(link.format(1)),)),
        (7, "", (ImageLink(link.format(2)),)),
        (8, "completed", ()),
    ]
    assert (await store.job("a")).events is detail.events
    assert (await store.job("none")).job is None


async def test_what_comes_later_is_added(store: DeliveryStore, account: Account) -> None:
    """And until then the same object is given."""
    await record(store, account, body("a", status="processing"))
    found = await read(store)
    assert await store.jobs() is found
    await record(store, account, body("b"))
    await record(store, account, body("a", status="completed"))
    found = await read(store)
    assert [job.job_id for job in found.jobs] == ["b", "a"]
    assert named(found, "a").status == "completed"


async def test_the_status_is_that_of_the_event_that_happened_last(store: DeliveryStore, account: Account) -> None:
    """A redelivery that comes late takes nothing back, and a forgery says nothing where there is better."""
    await record(store, account, body("a", at=200.0, status="completed"))
    await record(store, account, body("a", at=100.0, status="processing"))
    await record(store, account, body("a", at=300.0, status="forged"), INVALID)
    await record(store, account, body("b", at=300.0, status="forged"), INVALID)
    found = await read(store)
    assert named(found, "a").status == "completed"
    assert named(found, "a").worst is Verdict.INVALID
    assert named(found, "b").status == "forged"


async def test_the_status_of_an_image_is_not_that_of_its_job(store: DeliveryStore, account: Account) -> None:
    """Unless nothing else is known."""
    await record(store, account, body("a", at=100.0, status="processing"))
    await record(store, account, body("a", at=200.0, status="completed", image_index=0))
    await record(store, account, body("b", at=200.0, status="completed", image_index=0))
    found = await read(store)
    assert (named(found, "a").status, named(found, "b").status) == ("processing", "completed")


async def test_a_new_verdict_and_a_deletion_are_read_again(
    store: DeliveryStore, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the list and of one job."""
    monkeypatch.setattr(aggregate, "REBUILD_FACTOR", 0)
    first = await record(store, account, body("a"), PENDING)
    second = await record(store, account, body("a"))
    assert named(await read(store), "a").worst is Verdict.PENDING
    await store.set_verdicts([(first, VALID)])
    assert named(await read(store), "a").worst is Verdict.VALID
    assert [event.verdict for event in (await store.job("a")).events] == [Verdict.VALID, Verdict.VALID]
    await store.delete([second])
    assert named(await read(store), "a").events == 1
    assert [event.seq for event in (await store.job("a")).events] == [first]


async def test_only_the_newest_are_read_and_that_is_reported(
    store: DeliveryStore, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In steps; of one job no more events than a screen can hold; a flood meanwhile is not read twice over."""
    monkeypatch.setattr(jobs, "MOST_READ", 5)
    monkeypatch.setattr(jobs, "MOST_EVENTS", 2)
    monkeypatch.setattr(aggregate, "STEP_SECONDS", -1)
    for number in range(9):
        await record(store, account, body("old" if number < 4 else "new"))
    found = await store.jobs()
    examined = [found.examined]
    while not found.is_done:
        found = await store.jobs()
        examined.append(found.examined)
    assert examined == [1, 2, 3, 4, 5]
    assert not found.is_all
    assert [(job.job_id, job.events) for job in found.jobs] == [("new", 5)]
    assert [event.seq for event in (await store.job("new")).events] == [8, 9]
    for _ in range(12):
        await record(store, account, body("flood"))
    found = await read(store)
    assert [(job.job_id, job.events) for job in found.jobs] == [("flood", 5)]


@pytest.mark.parametrize("field", ["job_id", "order.nr"])
async def test_the_filter_finds_the_same_by_the_same_setting(tmp_path: Path, account: Account, field: str) -> None:
    """One definition of what a job id is, hostile ids included."""
    contents = [
        b'{"data": {"job_id": "a b", "order": {"nr": 7}}}',
        b'{"data": {"job_id": 7, "order": {"nr": "a b"}}}',
        b'{"data": {"job_id": "\\u001b]0;x\\u0007[b]", "order": {"nr": "\\u001b]0;x\\u0007[b]"}}}',
        b'{"data": {"job_id": "7x", "order": {"nr": true}}}',
        b'{"data": ["job_id"]}',
        b'{"data": {"job_id": "a b", "order": 3}',
    ]
    fields = JobFields(ids=(field,))
    path = tmp_path / "deliveries.db"
    with closing(DeliveryStore.open(path, started_at=NOW, job_fields=fields)) as store:
        for content in contents:
            await record(store, account, content)
        for job in (await read(store)).jobs:
            quoted = job.job_id.replace("\\", "\\\\").replace('"', '\\"')
            with finding(store, f'job:"{quoted}"') as found:
                seqs = found.seqs()
            assert seqs == [event.seq for event in (await store.job(job.job_id)).events]
            assert len(seqs) == job.events


async def test_a_body_that_is_too_large_has_no_job(store: DeliveryStore, account: Account) -> None:
    """It is not decoded for its job; the others are."""
    await record(store, account, b'{"data": {"job_id": "big", "x": "' + b"y" * 1_100_000 + b'"}}')
    await record(store, account, b'{"data": {"job_id": "many", "x": [' + b"1," * 250_000 + b"1]}}")
    await record(store, account, b'{"data": {"job_id": "deep", "x": ' + b"[" * 90_000 + b"]" * 90_000 + b"}}")
    await record(store, account, body("a"))
    assert [job.job_id for job in (await read(store)).jobs] == ["a"]
