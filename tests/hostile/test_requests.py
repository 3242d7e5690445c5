"""Thousands of generated requests and bodies to the real program's receiver and store: nothing falls, nothing is lost.

`HOSTILE_INPUTS=10000` is the large run.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import h11
import pytest

from tests.hostile.documents import NAMED
from tests.hostile.requests import Sent, document_request, generated_request
from tests.session.running import Running, session_of, settings
from webhook_tui.domain.delivery import StoredDelivery
from webhook_tui.domain.facts import BecameReady, DeliveryRecorded, ProblemOccurred, SecretRevealed, SessionStopped
from webhook_tui.domain.secret import Secret
from webhook_tui.domain.verdict import Verdict
from webhook_tui.domain.wishes import RevealSecretWish

INPUTS = int(os.environ.get("HOSTILE_INPUTS", "300"))
SEED = int(os.environ.get("HOSTILE_SEED", "4"))
AT_ONCE = 24
QUIET_SECONDS = 0.5
"""After so long without a byte a connection is taken to wait for more."""
_STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
_EXPECTED = {100, 200, 400, 404, 405, 408, 413, 431, 503}


@dataclass(frozen=True, slots=True)
class Hook:
    """A real session that listens, with a secret in its ring, so that failing signatures are explained, too."""

    running: Running
    port: int
    path: bytes


@pytest.fixture
async def hook(tmp_path: Path) -> AsyncIterator[Hook]:
    """Registers nowhere and stores for real."""
    chosen = settings(tmp_path, register=False, token=None, secrets=(Secret("a-secret"),))
    async with session_of(chosen) as running:
        ready = await running.fact(BecameReady)
        path = "/" + (ready.public_url or "").split("/", 3)[3]
        yield Hook(running, ready.port, path.encode())


async def _exchange(port: int, data: bytes) -> tuple[bytes, str]:
    """What is answered until the server closes or says nothing for a while; and who we were."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    own = "{}:{}".format(*writer.get_extra_info("sockname"))
    answer = b""
    try:
        writer.write(data)
        async with asyncio.timeout(20):
            while True:
                chunk = await asyncio.wait_for(reader.read(65_536), QUIET_SECONDS if answer or not data else 1.0)
                if not chunk:
                    break
                answer += chunk
    except (TimeoutError, ConnectionError):
        pass
    finally:
        writer.close()
    return answer, own


def _as_another_reads(data: bytes) -> list[bytes] | None:
    """The bodies of the POST requests that h11 finds whole; None where it cannot say what is meant."""
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
            elif event is h11.NEED_DATA or isinstance(event, h11.ConnectionClosed):
                return bodies
            elif event is h11.PAUSED:
                peer.send(h11.Response(status_code=200, headers=[(b"content-length", b"0")]))
                peer.send(h11.EndOfMessage())
                peer.start_next_cycle()
    except (h11.RemoteProtocolError, h11.LocalProtocolError):
        return bodies


async def _try(hook: Hook, sent: Sent) -> list[int]:
    """Send it; what was recorded must be right; the statuses."""
    before = len(hook.running.facts)
    answer, own = await _exchange(hook.port, sent.data)
    facts = hook.running.facts[before:]
    recorded = [fact for fact in facts if isinstance(fact, DeliveryRecorded) and fact.delivery.client == own]
    bodies = [fact.delivery.body for fact in recorded]
    statuses = [int(status) for status in _STATUS.findall(answer)]
    assert set(statuses) <= _EXPECTED, (statuses, sent.data)
    if sent.bodies is not None:
        assert bodies == list(sent.bodies), (answer, sent.data)
        assert [status for status in statuses if status != 100] == [200] * len(bodies), sent.data
    else:
        assert bodies == (_as_another_reads(sent.data) or [])[: len(bodies)], (answer, sent.data)
        assert len(bodies) <= sent.most
    return statuses


async def _try_all(hook: Hook, count: int, make: Callable[[random.Random, bytes], Sent]) -> Counter[int]:
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


def _stored(running: Running) -> list[StoredDelivery]:
    rows = running.session.open_rows()
    try:
        facts = running.all(DeliveryRecorded)
        found = [rows.stored(fact.row.seq) for fact in facts]
        assert None not in found
        return [stored for stored in found if stored is not None]
    finally:
        rows.close()


def _assert_unharmed(running: Running) -> None:
    """Every delivery that was acknowledged is in the store byte for byte, and no part of the session ended."""
    recorded = {fact.row.seq: fact.delivery for fact in running.all(DeliveryRecorded)}
    stored = {each.row.seq: each.delivery for each in _stored(running)}
    assert stored == recorded
    assert running.all(SessionStopped) == []
    assert running.all(ProblemOccurred) == []


@pytest.mark.timeout(900)
@pytest.mark.parametrize("make", [generated_request, document_request], ids=["http", "json"])
async def test_generated_input_breaks_nothing(
    hook: Hook, make: Callable[[random.Random, bytes], Sent], caplog: pytest.LogCaptureFixture
) -> None:
    """No 5xx, no error in the log; right requests recorded to the byte; broken ones never read for more than is there."""
    with caplog.at_level(logging.ERROR):
        seen = await _try_all(hook, max(1, INPUTS // 2), make)
        await hook.running.until(lambda status: status.counts.received == len(hook.running.all(DeliveryRecorded)))
    _assert_unharmed(hook.running)
    assert [record.getMessage() for record in caplog.records] == []
    assert seen[200] > 0
    print(f"{make.__name__}: {dict(seen)}")  # noqa: T201 -- what the large run is to tell


async def test_named_documents_are_recorded(hook: Hook, caplog: pytest.LogCaptureFixture) -> None:
    """Each body that we know to break readers is stored, judged and, where its signature fails, explained."""
    with caplog.at_level(logging.ERROR):
        for body in NAMED.values():
            head = b"POST " + hook.path + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            signed = head + b"X-Webhook-Signature: sha256=" + b"0" * 64 + b"\r\n"
            await _try(hook, Sent(signed + b"Content-Length: %d\r\n\r\n" % len(body) + body, (body,)))
    _assert_unharmed(hook.running)
    assert {fact.row.verdict for fact in hook.running.all(DeliveryRecorded)} == {Verdict.INVALID}
    assert caplog.records == []
