"""Thousands of generated requests and bodies to the real receiver and store: nothing falls, nothing is lost.

`HOSTILE_INPUTS=10000` is the large run, `HOSTILE_SEED` another one.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import re
from collections import Counter
from collections.abc import Callable

import h11
import pytest

from tests.hostile.documents import NAMED
from tests.hostile.listening import Hook, exchange
from tests.hostile.requests import ForwardResult, document_request, generated_request
from webhook_tui.domain.diagnostics.report import SignatureReport
from webhook_tui.domain.events import DeliveryStored
from webhook_tui.domain.queries import ExplainSignature
from webhook_tui.domain.signature.verdict import Verdict

INPUTS = int(os.environ.get("HOSTILE_INPUTS", "300"))
SEED = int(os.environ.get("HOSTILE_SEED", "4"))
AT_ONCE = 24
QUIET_SECONDS = 0.7
"""After so long without a byte a connection is taken to wait for more."""
_STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
_EXPECTED = {100, 200, 400, 404, 405, 408, 413, 431, 503}


def _as_another_reads(data: bytes) -> list[bytes]:
    """The bodies of the POST requests that h11 finds whole before it finds something wrong."""
    peer = h11.Connection(h11.SERVER, max_incomplete_event_size=200_000)
    peer.receive_data(data)
    bodies: list[bytes] = []
    method, body = b"", b""
    try:
        while True:
            event = peer.next_event()
            if isinstance(event, h11.Request):
                method, body = event.method, b""
            elif isinstance(event, h11.Data):
                body += bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                bodies += [body] if method == b"POST" else []
            elif event is h11.PAUSED:
                peer.send(h11.Response(status_code=200, headers=[(b"content-length", b"0")]))
                peer.send(h11.EndOfMessage())
                peer.start_next_cycle()
            else:
                return bodies
    except (h11.RemoteProtocolError, h11.LocalProtocolError):
        return bodies


async def _try(hook: Hook, sent: ForwardResult) -> list[int]:
    """Send it; what was recorded must be right; the statuses."""
    before = len(hook.running.events)
    answer, own = await exchange(hook.port, sent.data, quiet_seconds=QUIET_SECONDS if sent.bodies is None else 20)
    events = hook.running.events[before:]
    bodies = [
        event.delivery.body for event in events if isinstance(event, DeliveryStored) and event.delivery.client == own
    ]
    statuses = [int(status) for status in _STATUS.findall(answer)]
    assert set(statuses) <= _EXPECTED, (statuses, sent.data)
    if sent.bodies is not None:
        assert bodies == list(sent.bodies), (answer, sent.data)
        assert [status for status in statuses if status != 100] == [200] * len(bodies), sent.data
    else:
        assert bodies == _as_another_reads(sent.data)[: len(bodies)], (answer, sent.data)
    return statuses


async def _try_all(hook: Hook, count: int, make: Callable[[random.Random, bytes], ForwardResult]) -> Counter[int]:
    seen: Counter[int] = Counter()
    places = asyncio.Semaphore(AT_ONCE)
    failures: list[str] = []

    async def one(number: int) -> None:
        async with places:
            try:
                seen.update(await _try(hook, make(random.Random(f"{SEED} {number}"), hook.path)))
            except AssertionError as error:
                failures.append(f"input {number}: {error}"[:3000])

    async with asyncio.TaskGroup() as group:
        for number in range(count):
            group.create_task(one(number))
    assert not failures, "\n".join((f"{len(failures)} of {count} inputs:", *failures[:3]))
    return seen


@pytest.mark.timeout(900)
@pytest.mark.parametrize("make", [generated_request, document_request], ids=["http", "json"])
async def test_generated_input_breaks_nothing(
    hook: Hook, make: Callable[[random.Random, bytes], ForwardResult], caplog: pytest.LogCaptureFixture
) -> None:
    """No 5xx, no error in the log; right requests are recorded to the byte, broken ones never as more than they are."""
    with caplog.at_level(logging.ERROR):
        seen = await _try_all(hook, max(1, INPUTS // 2), make)
    hook.assert_unharmed()
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []
    assert seen[200] > 0
    logging.getLogger(__name__).warning("answers: %s", dict(sorted(seen.items())))  # shown by --log-cli-level=WARNING


async def _explained(hook: Hook, seq: int) -> SignatureReport:
    report = await hook.running.answer(ExplainSignature(seq))
    assert report is not None
    return report


async def test_named_documents_are_recorded_and_explained(hook: Hook, caplog: pytest.LogCaptureFixture) -> None:
    """Each body that we know to break readers is stored, verified and its failing signature explained, with notes."""
    signature = b"X-Webhook-Signature: sha256=" + b"0" * 64
    with caplog.at_level(logging.ERROR):
        for name, body in NAMED.items():
            await _try(hook, ForwardResult(hook.message(body, signature), (body,)))
            row = hook.running.all(DeliveryStored)[-1].row
            assert row.verdict is Verdict.INVALID
            assert (await _explained(hook, row.seq)).notes, name
    hook.assert_unharmed()
    assert caplog.records == []
