"""A set of deliveries replayed by a real session to a real app: order, bytes, progress, stopping."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from tests.http.plain_client import plain_client
from tests.session.forwarding.test_forwarder import post, watching
from tests.session.local_app import local_app
from tests.session.running import Running, session_of, settings
from tests.tcp_server import tcp_server
from tests.timeouts import TIMEOUT_SECONDS
from webhook_tui.domain.commands import Command, PauseReplay, ReplayDeliveries, StopReplay
from webhook_tui.domain.events import DeliveryStored, ProblemOccurred, ReplayAdvanced, Replayed
from webhook_tui.domain.forwarding.forward_result import ReplayProgress, ReplayState, summary
from webhook_tui.domain.signature.signature import sign

REFUSED = b"HTTP/1.1 503 Later\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
MOVED = b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"


def odd_bodies(count: int) -> list[bytes]:
    """Empty, every byte, line ends of all kinds, broken UTF-8, what looks like HTTP, and noise of many sizes."""
    chance = random.Random(11)
    known = [
        b"",
        b"\x00",
        bytes(range(256)),
        b'{"id": 1,\r\n "name": "ping"}\n',
        b"\r\n\r\n",
        b"0\r\n\r\nPOST / HTTP/1.1\r\n\r\n",
        "\ufeff{}\u202e".encode(),
        b"\xff\xfe\xc3\x28",
        b'{"a": 1e3, "a": 1.0, "b": "\\ud800"}',
        b"x" * 300_000,
    ]
    return [*known, *(chance.randbytes(chance.randrange(1, 5_000)) for _ in range(count - len(known)))]


async def over(running: Running) -> ReplayProgress:
    """How the set ended."""
    return (await running.event(ReplayAdvanced, lambda event: event.progress.is_over)).progress


async def test_a_hundred_odd_bodies_arrive_in_order_byte_for_byte(tmp_path: Path) -> None:
    """Each with its own signature; progress is published once for each."""
    bodies = odd_bodies(100)
    async with local_app() as app, watching(tmp_path) as (running, url):
        async with plain_client() as client:
            for at, body in enumerate(bodies):
                await client.post(url, content=body, headers={"X-Webhook-Signature": f"sha256={at:064x}"})
        running.ask(ReplayDeliveries(tuple(range(1, 101)), f"{app.url}/set"))
        ended = await over(running)

        assert [app.body(at) for at in range(100)] == bodies
        assert all(f"X-Webhook-Signature: sha256={at:064x}".encode() in app.headers(at) for at in range(100))
        assert summary(ended) == "Replayed all 100: 100 answered 2xx."
        assert (ended.state, ended.current, ended.missed) == (ReplayState.ENDED, None, ())
        reported = [event.progress for event in running.all(ReplayAdvanced)]
        assert [progress.current for progress in reported] == [*range(1, 101), None]
        assert [progress.done for progress in reported] == [*range(100), 100]
        assert [event.sent.seq for event in running.all(Replayed) if not event.alone] == list(range(1, 101))


async def test_the_order_is_that_of_the_command_and_outcomes_are_counted(tmp_path: Path) -> None:
    """2xx, others, no answer and gone ones, each on its own; the missed ones are named."""
    async with local_app(REFUSED, b"", MOVED) as app, watching(tmp_path) as (running, url):
        for body in (b"1", b"2", b"3", b"4"):
            await post(url, body)
        running.ask(ReplayDeliveries((3, 1, 99, 2, 4), app.url))
        ended = await over(running)

        assert [app.body(at) for at in range(4)] == [b"3", b"1", b"2", b"4"]
        assert (ended.good, ended.other, ended.failed, ended.gone) == (1, 2, 1, 1)
        assert ended.missed == (3, 1, 2)
        assert [sent.status for sent in ended.odd] == [503, None, 302]
        assert summary(ended) == (
            "Replayed 4 of 5: 1 answered 2xx, 2 something else, 1 nothing. 1 is not in the history any more."
        )


async def test_a_set_can_be_re_signed(tmp_path: Path) -> None:
    """Each over its own bytes, with the secret that is current."""
    async with local_app() as app, session_of(settings(tmp_path, sandbox=True)) as running:
        await running.event(DeliveryStored, lambda event: event.row.seq == 2)
        await running.until(lambda status: status.webhook.secret_since is not None)
        running.ask(ReplayDeliveries((1, 2), app.url, re_sign=True))
        ended = await over(running)
        current = running.session.runtime.secret_ring.ring.current

        assert (ended.good, ended.re_sign) == (2, True)
        assert current is not None
        for at in range(2):
            signature = f"x-webhook-signature: {sign(current.secret, app.body(at))}".encode()
            assert signature in [line.lower() for line in app.headers(at)]


async def test_stopping_does_not_wait_for_the_answer_under_way(tmp_path: Path) -> None:
    """What was sent is counted, the one under way is named, and the next set can begin."""
    async with watching(tmp_path) as (running, url):
        for body in (b"1", b"2", b"3"):
            await post(url, body)
        arrived = asyncio.Event()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            arrived.set()
            await reader.read()

        async with tcp_server(serve) as port:
            silent = f"http://127.0.0.1:{port}"
            running.ask(ReplayDeliveries((1, 2, 3), silent))
            await asyncio.wait_for(arrived.wait(), TIMEOUT_SECONDS)
            running.ask(ReplayDeliveries((1, 2), silent))
            busy = await running.event(ProblemOccurred)
            running.ask(StopReplay())
            stopped = await over(running)

        assert busy.problem.message == "Deliveries are being replayed already."
        assert (stopped.state, stopped.current, stopped.done) == (ReplayState.STOPPED, 1, 0)
        async with local_app() as app:
            running.ask(ReplayDeliveries((1, 2), app.url))
            await running.event(ReplayAdvanced, lambda event: event.progress.state is ReplayState.ENDED)
            assert [app.body(at) for at in range(2)] == [b"1", b"2"]


@pytest.mark.parametrize(
    ("command", "end"), [(PauseReplay(is_paused=False), ReplayState.ENDED), (StopReplay(), ReplayState.STOPPED)]
)
async def test_a_paused_set_finishes_the_one_under_way_and_waits(
    tmp_path: Path, command: Command, end: ReplayState
) -> None:
    """Nothing more is sent until it is resumed, or stopped."""
    arrived, may_answer = asyncio.Event(), asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        arrived.set()
        await may_answer.wait()
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")

    async with tcp_server(serve) as port, watching(tmp_path) as (running, url):
        for body in (b"1", b"2", b"3"):
            await post(url, body)
        running.ask(PauseReplay(is_paused=True))  # without a replay it means nothing
        running.ask(ReplayDeliveries((1, 2, 3), f"http://127.0.0.1:{port}"))
        await asyncio.wait_for(arrived.wait(), TIMEOUT_SECONDS)
        running.ask(PauseReplay(is_paused=True))
        await running.event(ReplayAdvanced, lambda event: event.progress.is_paused and event.progress.current == 1)
        may_answer.set()
        waits = await running.event(
            ReplayAdvanced, lambda event: event.progress.is_paused and event.progress.current is None
        )
        running.ask(command)
        ended = await over(running)

    assert waits.progress.done == 1
    assert (ended.state, ended.good) == (end, 3 if end is ReplayState.ENDED else 1)


async def test_a_set_goes_only_where_one_may_go(tmp_path: Path) -> None:
    """Nothing begins, and the problem gives the reason."""
    async with watching(tmp_path) as (running, url):
        await post(url)
        running.ask(ReplayDeliveries((1, 1), "http://192.0.2.1/"))
        problem = (await running.event(ProblemOccurred)).problem

        assert problem.message == "Deliveries are forwarded within this machine only."
        assert not running.all(ReplayAdvanced)


async def test_one_that_was_deleted_meanwhile_is_a_problem(tmp_path: Path) -> None:
    async with local_app() as app, watching(tmp_path) as (running, url):
        await post(url)
        running.ask(ReplayDeliveries((99,), app.url))
        problem = (await running.event(ProblemOccurred)).problem

        assert problem.message == "#99 is not in the history any more."
