"""Searches in the background: newest first, within a budget of processor time, ended when the session ends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.factories import INVALID, delivery, row
from tests.http.plain_client import plain_client
from tests.session.running import Running, session_of, settings
from tests.timeouts import own_time, until
from webhook_tui.domain.commands import AddSecret, RemoveSecret
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.diagnostics.report import Examination, stored_report
from webhook_tui.domain.events import DeliveryStored, SessionReady, VerdictChanged
from webhook_tui.domain.queries import ExplainSignature
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.signature import sign
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.headless.output import json_line
from webhook_tui.session.bus import DeliveriesStored
from webhook_tui.session.verification.diagnostics import Diagnostics, SearchBudget

SECRET = Secret("whsec_given")
BODY = b'{"id": 7, "name": "ping", "data": {}, "timestamp": 1795443602.5}'


def test_the_budget_keeps_a_reserve_for_small_bodies() -> None:
    """Large bodies spend six of ten seconds; then they wait, and small ones do not."""
    budget = SearchBudget(now=100.0)
    assert budget.wait_seconds(10_000_000, 100.0) == 0
    budget.spend(7.0, 101.0)
    assert budget.wait_seconds(10_000_000, 101.0) > 0
    assert budget.wait_seconds(1_000, 101.0) == 0


def test_the_budget_grows_back_within_a_minute() -> None:
    """Ten seconds of processor time a minute, never more."""
    budget = SearchBudget(now=0.0)
    budget.spend(20.0, 0.0)
    waits = budget.wait_seconds(1_000, 0.0)
    assert 55 < waits <= 60
    assert budget.wait_seconds(1_000, 61.0) == 0
    assert budget.wait_seconds(1_000, 10_000.0) == 0


@asynccontextmanager
async def _receiving(tmp_path: Path) -> AsyncIterator[tuple[Running, str]]:
    """Run a session without an account until the block ends; the URL is that of its webhook."""
    chosen = settings(tmp_path, api_url="http://127.0.0.1:1", register=False, secrets=(SECRET,))
    async with session_of(chosen) as running:
        ready = await running.event(SessionReady)
        assert ready.public_url is not None
        yield running, ready.public_url


async def _post(url: str, body: bytes, headers: dict[str, str]) -> None:
    async with plain_client() as client:
        await client.post(url, content=body, headers={"Content-Type": "application/json", **headers})


async def test_a_cause_reaches_ndjson_with_why_and_change(tmp_path: Path) -> None:
    """A compact body signed as PiktID writes it."""
    async with _receiving(tmp_path) as (running, url):
        compact = json.dumps(json.loads(BODY), separators=(",", ":")).encode()
        await _post(url, compact, {"X-Webhook-Signature": sign(SECRET, BODY)})
        changed = await running.event(VerdictChanged)
        record = json.loads(json_line(changed) or "")

    assert (record["verdict"], record["cause"]) == ("invalid", "json-spaced")
    assert record["reason"] == "It fits the same JSON, spaced."
    assert record["why"].startswith("The JSON was signed with a space after each comma and colon.")
    assert "stands between PiktID and this receiver" in record["change"]


async def test_no_cause_is_reported_when_the_search_ended(tmp_path: Path) -> None:
    """Before: what is certain; after: that nothing matches, and how much was checked."""
    async with _receiving(tmp_path) as (running, url):
        await _post(url, BODY, {"X-Webhook-Signature": "sha256=" + "5f" * 32})
        stored = await running.event(DeliveryStored)
        changed = await running.event(VerdictChanged)

    assert stored.row.reason == "Not the signature of this body with any known secret."
    assert changed.row.reason.startswith("No known cause matches (")
    assert changed.row.short_reason == stored.row.short_reason == "Matches no known secret."
    assert changed.cause is None


async def test_a_secret_that_is_added_later_names_the_cause_of_stored_deliveries(tmp_path: Path) -> None:
    """Also where the verdict stays: the reason names the cause with the new secret, and loses it with the secret."""
    async with _receiving(tmp_path) as (running, url):
        await _post(url, BODY + b"\n", {"X-Webhook-Signature": sign(Secret("whsec_later"), BODY)})
        first = await running.event(VerdictChanged)
        running.ask(AddSecret(Secret("whsec_later"), keep=False))
        later = await running.event(VerdictChanged, lambda event: event.cause is not None)
        running.ask(RemoveSecret(Secret("whsec_later").fingerprint()))
        again = await running.event(VerdictChanged, lambda event: event.cause is None and event is not first)

    assert first.row.reason.startswith("No known cause matches (")
    assert later.row.reason == "It fits without the newline at the end of the body."
    assert later.row.short_reason == "Fits without the last newline."
    assert again.row.reason.startswith("No known cause matches (")
    assert again.row.short_reason == "Matches no known secret."


async def test_a_mistake_in_the_search_does_not_end_the_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is in the log, with its delivery, and the next one is explained."""

    def fails_once(stored: StoredDelivery, *arguments: Any, **named: Any) -> Any:
        if stored.row.seq == 1:
            raise ValueError("as by bytes that are not expected")
        return stored_report(stored, *arguments, **named)

    monkeypatch.setattr("webhook_tui.session.verification.diagnostics.stored_report", fails_once)
    async with _receiving(tmp_path) as (running, url):
        for _ in range(2):
            await _post(url, BODY + b"\n", {"X-Webhook-Signature": sign(SECRET, BODY)})
        changed = await running.event(VerdictChanged)
        assert changed.row.seq == 2
        await until(lambda: "The signature of delivery #1 was not explained" in caplog.text)


async def test_a_signature_in_another_header_is_named(tmp_path: Path) -> None:
    """The verdict stays missing, and its reason names the header."""
    async with _receiving(tmp_path) as (running, url):
        await _post(url, BODY, {"X-Hub-Signature-256": sign(SECRET, BODY)})
        changed = await running.event(VerdictChanged)

    assert changed.row.verdict is Verdict.MISSING
    assert "X-Hub-Signature-256" in changed.row.reason


async def test_the_same_event_with_other_bytes_is_a_hint(tmp_path: Path) -> None:
    """It arrived valid before: the difference is shown, and called a hint."""
    async with _receiving(tmp_path) as (running, url):
        await _post(url, BODY, {"X-Webhook-Signature": sign(SECRET, BODY)})
        changed = BODY.replace(b'"ping"', b'"pong"')
        await _post(url, changed, {"X-Webhook-Signature": "sha256=" + "5f" * 32})
        await running.event(DeliveryStored, lambda event: event.row.seq == 2)
        report = await running.answer(ExplainSignature(2))

    assert report is not None

    assert report.examination is Examination.NO_CAUSE
    assert report.hints[0] == (
        'The same event arrived valid as #1 with other bytes. Different: $.name was "ping" and is "pong".'
    )


async def test_who_asks_during_a_search_gets_its_report(tmp_path: Path) -> None:
    """The delivery is searched once for all."""
    async with _receiving(tmp_path) as (running, url):
        body = b'{"a": "' + b"\\u0041" * 100_000 + b'"}'
        await _post(url, body, {"X-Webhook-Signature": "sha256=" + "5f" * 32})
        first, second = await asyncio.gather(*(running.answer(ExplainSignature(1)) for _ in range(2)))

    assert first is not None
    assert first is second


async def test_leaving_does_not_wait_for_a_search(tmp_path: Path) -> None:
    """A body that takes seconds to examine: the session ends in far less."""
    async with _receiving(tmp_path) as (running, url):
        large = b'{"a": "' + b"\\u0041" * 1_600_000 + b'"}'
        for _ in range(2):
            await _post(url, large, {"X-Webhook-Signature": "sha256=" + "5f" * 32})
        await running.event(DeliveryStored, lambda event: event.row.seq == 2)
        await asyncio.sleep(0)
        began = own_time()
        await running.stop()
        assert own_time() - began < 2.5


async def test_leaving_while_deliveries_fail_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when one arrives at the same moment: `asyncio.wait_for` loses the cancellation before Python 3.12."""
    monkeypatch.setattr(SearchBudget, "wait_seconds", lambda *_: 600.0)
    unused: Any = None
    diagnostics = Diagnostics(unused, unused, unused, unused)
    failing = DeliveriesStored([DeliveryStored(row(verification=INVALID), delivery())])
    running = asyncio.create_task(diagnostics.run())
    diagnostics.on_deliveries_stored(failing)
    for _ in range(5):  # turns until it waits for the budget
        await asyncio.sleep(0)
    diagnostics.on_deliveries_stored(failing)
    running.cancel()

    ended, _ = await asyncio.wait({running}, timeout=1)
    running.cancel()
    assert ended
