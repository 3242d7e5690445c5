"""The receiver over a real socket: deliveries, probes, refusals, and bodies that do not come."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Coroutine
from datetime import UTC, datetime

import httpx
import pytest

from tests.http.plain_client import plain_client
from tests.timeouts import TIMEOUT_SECONDS
from webhook_tui.domain.answer_rules.answer import Answer, NoResponse
from webhook_tui.domain.delivery.delivery import Delivery
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.refusal import Refusal
from webhook_tui.http.limits import Limits
from webhook_tui.http.receiver import Receiver, Reply
from webhook_tui.http.server import Server
from webhook_tui.http.sockets import bind

PATH = "/h/0123456789abcdef"


class Record:
    """What the receiver reported."""

    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []
        self.refusals: list[Refusal] = []
        self.probes: list[str] = []
        self.times: list[float] = []
        self.broken = False
        self.answer = Answer()
        self.work: Coroutine[None, None, None] | None = None

    def record(self, delivery: Delivery, reply: Reply) -> asyncio.Future[None] | None:
        """Take one delivery, or refuse it when `broken`; reply later."""
        loop = asyncio.get_running_loop()
        if self.broken:
            loop.call_soon(reply.not_stored, Problem("The disk is full.", "Free some space."))
            return None
        self.deliveries.append(delivery)
        if self.work is not None:
            return asyncio.ensure_future(self.work)
        loop.call_soon(reply.answer, self.answer)
        return None


@pytest.fixture
def record() -> Record:
    """A fresh record."""
    return Record()


@pytest.fixture(params=[PATH, None], ids=["own path", "any path"])
def hook_path(request: pytest.FixtureRequest) -> str | None:
    """Both kinds of receiver."""
    path: str | None = request.param
    return path


@pytest.fixture
async def url(record: Record, hook_path: str | None) -> AsyncIterator[str]:
    """The address of a served receiver."""
    receiver = Receiver(
        hook_path=hook_path,
        record=record.record,
        refused=record.refusals.append,
        probed=record.probes.append,
        answered=record.times.append,
        now=lambda: datetime(2026, 11, 23, tzinfo=UTC),
        unanswered_seconds=0.2,
    )
    server = Server(
        receiver,
        bind("127.0.0.1", 0, exact=True),
        limits=Limits(body_bytes=1000, body_seconds=0.2),
        grace_seconds=0.2,
        refused=record.refusals.append,
    )
    await server.start()
    yield f"http://127.0.0.1:{server.port}"
    await server.stop()


async def test_a_post_is_recorded_byte_for_byte_and_answered_200(url: str, record: Record) -> None:
    """Headers keep their names, the body its bytes."""
    body = bytes(range(256))
    async with plain_client() as client:
        reply = await client.post(f"{url}{PATH}?q=1", content=body, headers={"X-Webhook-Event": "ping"})

    assert reply.status_code == 200
    (delivery,) = record.deliveries
    assert delivery.body == body
    assert delivery.target == f"{PATH}?q=1"
    assert (b"X-Webhook-Event", b"ping") in delivery.headers
    (seconds,) = record.times
    assert 0 < seconds < 20


async def test_get_and_head_on_the_hook_are_probes(url: str, record: Record) -> None:
    """They are answered 200 and are no deliveries."""
    async with plain_client() as client:
        assert (await client.get(f"{url}{PATH}?proof=1")).status_code == 200
        assert (await client.head(f"{url}{PATH}")).status_code == 200

    assert record.probes == ["proof=1", ""]
    assert record.times == []
    assert record.deliveries == []


async def test_another_path_is_refused_only_where_the_path_is_ours(
    url: str, record: Record, hook_path: str | None
) -> None:
    """With --hook-url any path is the hook."""
    async with plain_client() as client:
        reply = await client.post(f"{url}/elsewhere", content=b"x")

    assert reply.status_code == (404 if hook_path else 200)
    refusal = Refusal(404, "not the webhook's path", "POST /elsewhere")
    assert record.refusals == ([refusal] if hook_path else [])


async def test_what_cannot_be_stored_is_answered_503(url: str, record: Record) -> None:
    """So that it is sent again."""
    record.broken = True
    async with plain_client() as client:
        assert (await client.post(f"{url}{PATH}", content=b"x")).status_code == 503
    assert record.refusals == [Refusal(503, "the disk is full")]


async def _chunks() -> AsyncIterator[bytes]:
    yield b"x" * 1000
    yield b"x"


async def test_a_body_that_is_too_long_is_413(url: str, record: Record) -> None:
    """And not recorded, whether its length was declared or not."""
    async with plain_client() as client:
        assert (await client.post(f"{url}{PATH}", content=b"x" * 1001)).status_code == 413
        assert (await client.post(f"{url}{PATH}", content=_chunks())).status_code == 413

    assert record.deliveries == []
    declared = Refusal(413, "1 kB declared; the limit is 1 kB")
    assert record.refusals == [declared, Refusal(413, "more came than the limit of 1 kB")]


@pytest.mark.parametrize("expect", ["", "Expect: 100-continue\r\n"])
async def test_a_declared_length_over_the_limit_is_refused_before_anything_is_read(
    url: str, record: Record, expect: str
) -> None:
    """No `100 Continue` asks for it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
    writer.write(f"POST {PATH} HTTP/1.1\r\nHost: x\r\n{expect}Content-Length: 1100000000\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert answer.endswith(b"1.1 GB declared; the limit is 1 kB.")
    assert record.refusals == [Refusal(413, "1.1 GB declared; the limit is 1 kB")]


async def test_a_body_that_stops_is_408_and_one_cut_short_is_nothing(url: str, record: Record) -> None:
    """A truncated body is never taken for a whole one."""
    port = int(url.rsplit(":", 1)[1])
    head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc".encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head)
    assert b" 408 " in await reader.readline()
    writer.close()

    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head)
    writer.write_eof()
    assert b" 400 " in await reader.read()
    writer.close()

    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()  # a reset, not an end
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while len(record.refusals) < 3:  # noqa: ASYNC110 -- a list has no event to wait for
            await asyncio.sleep(0.01)

    assert record.deliveries == []
    assert record.refusals == [
        Refusal(408, "nothing of the body came for 0.2 s"),
        *[Refusal(400, "the body did not come whole")] * 2,
    ]


async def test_a_client_that_closes_its_half_gets_its_answer(url: str, record: Record) -> None:
    """However long the answer takes, and then the connection is closed."""
    record.answer = Answer(201, b"late", delay_seconds=0.05)
    reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
    writer.write(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi".encode())
    writer.write_eof()
    async with asyncio.timeout(TIMEOUT_SECONDS):
        answer = await reader.read()
    writer.close()

    assert answer.startswith(b"HTTP/1.1 201 ")
    assert answer.endswith(b"late")
    assert b"\r\nconnection: close\r\n" in answer


async def test_a_client_that_closes_its_half_ends_the_silence(url: str, record: Record) -> None:
    """It is reset at once, long before the deadline."""
    record.answer = Answer(no_response=NoResponse.NONE)
    reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
    writer.write(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi".encode())
    writer.write_eof()
    with pytest.raises(ConnectionResetError):
        await reader.read()
    writer.close()


@pytest.mark.parametrize("version", ["1.0", "1.1"])
async def test_the_version_of_the_request_is_kept(url: str, record: Record, version: str) -> None:
    """An export names it."""
    host, port = url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"POST {PATH} HTTP/{version}\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi".encode())

    assert b" 200 " in await reader.readline()
    writer.close()
    assert [delivery.http_version for delivery in record.deliveries] == [version]


async def test_other_methods_are_405(url: str, record: Record) -> None:
    """A DELETE on the hook is a mistake of the client."""
    async with plain_client() as client:
        assert (await client.delete(f"{url}{PATH}")).status_code == 405

    assert record.refusals == [Refusal(405, "only a POST is a delivery", f"DELETE {PATH}")]


@pytest.mark.parametrize("silence", list(NoResponse))
async def test_a_silence_ends_in_a_reset_after_the_delivery_was_recorded(
    url: str, record: Record, silence: NoResponse
) -> None:
    """The client sees a broken connection, at once or at the deadline; never a status."""
    record.answer = Answer(no_response=silence)
    host, port = url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi".encode())

    with pytest.raises(ConnectionResetError):
        await reader.read()
    writer.close()
    assert [delivery.body for delivery in record.deliveries] == [b"hi"]


async def test_a_sender_that_gives_up_ends_the_silence(url: str, record: Record) -> None:
    """Nothing is left behind, and the next one is served."""
    record.answer = Answer(no_response=NoResponse.NONE)
    async with plain_client() as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.post(f"{url}{PATH}", content=b"1", timeout=httpx.Timeout(TIMEOUT_SECONDS, read=0.05))
        record.answer = Answer()
        assert (await client.post(f"{url}{PATH}", content=b"2")).status_code == 200


async def test_an_answer_can_be_late_and_have_no_body(url: str, record: Record) -> None:
    """The delay is kept; 204 has neither body nor length."""
    record.answer = Answer(204, b"ignored", ((b"X-Mine", b"1"),), delay_seconds=0.1)
    began = asyncio.get_running_loop().time()
    async with plain_client() as client:
        reply = await client.post(f"{url}{PATH}", content=b"1")

    assert asyncio.get_running_loop().time() - began >= 0.1
    assert (reply.status_code, reply.content, reply.headers["x-mine"]) == (204, b"", "1")
    assert "content-length" not in reply.headers


async def test_requests_sent_ahead_are_answered_in_their_order(url: str, record: Record) -> None:
    """The next one is taken when the one before is answered, however long that takes."""
    record.answer = Answer(201, b"late", delay_seconds=0.05)
    port = int(url.rpartition(":")[2])
    requests = [f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n{number}" for number in range(3)]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write("".join(requests).encode())
    for number in range(3):
        async with asyncio.timeout(TIMEOUT_SECONDS):
            assert (await reader.readuntil(b"late")).startswith(b"HTTP/1.1 201 ")
        assert [delivery.body for delivery in record.deliveries][: number + 1] == [b"0", b"1", b"2"][: number + 1]
    writer.close()


async def test_an_answer_that_cannot_be_sent_is_500(url: str, record: Record) -> None:
    """The delivery is recorded, and the client does not wait."""
    record.answer = Answer(200, b"", ((b"X-A", b"1\r\nX-B: 2"),))
    async with plain_client() as client:
        assert (await client.post(f"{url}{PATH}", content=b"x")).status_code == 500


async def _fail() -> None:
    raise ValueError("of the record")


async def test_work_that_fails_is_500(url: str, record: Record) -> None:
    """The client does not wait for an answer that never comes."""
    record.work = _fail()
    async with plain_client() as client:
        assert (await client.post(f"{url}{PATH}", content=b"x")).status_code == 500
    assert record.times == []
