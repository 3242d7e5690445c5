"""The hardened protocol: every cap and deadline has its status, and nothing after a refusal is read as a request."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from time import monotonic

import pytest

from tests.http.upgrade_offers import OFFERS
from tests.timeouts import TIMEOUT_SECONDS, own_time, until
from webhook_tui.domain.answer_rules.answer import Answer
from webhook_tui.domain.delivery.headers import Headers
from webhook_tui.domain.refusal import Refusal
from webhook_tui.http.limits import Limits
from webhook_tui.http.protocol import Connections, HttpProtocol
from webhook_tui.http.request import Request
from webhook_tui.http.response import Exchange
from webhook_tui.http.server import Server
from webhook_tui.http.sockets import bind

LIMITS = Limits(
    head_bytes=2000,
    head_count=20,
    head_seconds=0.3,
    idle_seconds=1,
    connections=8,
    linger_bytes=1_000_000,
    linger_seconds=0.5,
    unread_seconds=0.3,
)
LONG = bytes(16_000_000)
"""More than the buffers of both ends hold."""


class Peer:
    """An application that remembers what it was asked and answers 200 `ok`.

    It answers /early before it has read anything, and answers /long with LONG.
    """

    def __init__(self) -> None:
        self.seen: list[tuple[bytes, Headers, bytes]] = []

    def on_head(self, request: Request) -> Answer | None:
        """Answer early."""
        return Answer(200, b"ok") if request.path == b"/early" else None

    def on_request(self, exchange: Exchange) -> None:
        """Answer one request."""
        request = exchange.request
        self.seen.append((request.target, request.headers, request.body))
        exchange.send(Answer(200, LONG if request.path == b"/long" else b"ok"))


@pytest.fixture
def refusals() -> list[Refusal]:
    """What the server of `peer` refused."""
    return []


@pytest.fixture
async def peer(refusals: list[Refusal]) -> AsyncIterator[tuple[Peer, int]]:
    """A served Peer and its port."""
    application = Peer()
    bound = bind("127.0.0.1", 0, exact=True)
    server = Server(application, bound, limits=LIMITS, grace_seconds=0.2, refused=refusals.append)
    await server.start()
    yield application, server.port
    await server.stop()


@pytest.fixture
async def patient_peer() -> AsyncIterator[tuple[Peer, int]]:
    """The same with the usual deadlines, which a machine that stands still for a moment does not reach."""
    application = Peer()
    server = Server(application, bind("127.0.0.1", 0, exact=True), grace_seconds=0.2)
    await server.start()
    yield application, server.port
    await server.stop()


async def exchange(port: int, sent: bytes, *, end: bool = False) -> bytes:
    """Everything the server answers to `sent` until it closes or is quiet after a whole answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(sent)
        if end:
            writer.write_eof()
        answer = b""
        async with asyncio.timeout(TIMEOUT_SECONDS):
            while chunk := await reader.read(65536):
                answer += chunk
        return answer
    finally:
        writer.close()


def status(answer: bytes) -> int:
    """The status of the first answer in `answer`."""
    return int(answer.split(b" ", 2)[1])


HEAD = b"POST /h HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"


async def test_names_and_target_are_reported_as_sent(peer: tuple[Peer, int]) -> None:
    """No name is re-cased, order and repetition stay, the query is there."""
    application, port = peer
    await exchange(port, b"POST /h?a=%20b HTTP/1.1\r\nHoSt: x\r\nX-One: 1\r\nx-one: 2\r\nConnection: close\r\n\r\n")

    target, headers, _ = application.seen[0]
    assert target == b"/h?a=%20b"
    assert headers == ((b"HoSt", b"x"), (b"X-One", b"1"), (b"x-one", b"2"), (b"Connection", b"close"))


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (HEAD + b"X: " + b"a" * 3000 + b"\r\n\r\n", 431),
        (HEAD + b"X: 1\r\n" * 30 + b"\r\n", 431),
        (b"POST /" + b"a" * 3000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 431),
        (HEAD + b"X: " + b"a" * 3000, 431),
        (b"POST /h HTTP/1.1\r\nConnection: close\r\n\r\n", 400),
        (b"POST /h HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400),
        (HEAD + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400),
        (HEAD + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /two HTTP/1.1\r\n\r\n", 400),
        (HEAD + b"Content-Length: -1\r\n\r\n", 400),
        (HEAD + b"Content-Length: +5\r\n\r\nabcde", 400),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n", 400),
        (HEAD + b"Transfer-Encoding: xchunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400),
        (b"POST /h HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"POST /h\r\nHost: x\r\nContent-Length: 1\r\n\r\nz", 400),
        (HEAD + b"X: a\r\n b\r\n\r\n", 400),
        (b"POST /h HTTP/1.1\nHost: x\n\n", 400),
        (HEAD + b"X: \x1b]2;x\x07\r\n\r\n", 400),
        (HEAD + b"X : 1\r\n\r\n", 400),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
    ],
)
async def test_nonsense_is_refused(peer: tuple[Peer, int], refusals: list[Refusal], head: bytes, expected: int) -> None:
    """Each with its status, reported once, and the application gets none."""
    application, port = peer

    assert status(await exchange(port, head)) == expected
    assert application.seen == []
    assert [refusal.status for refusal in refusals] == [expected]


async def test_a_slow_head_is_408_and_silence_is_closed(peer: tuple[Peer, int], refusals: list[Refusal]) -> None:
    """An idle connection is closed."""
    _, port = peer

    assert status(await exchange(port, b"POST /h HTTP/1.1\r\nHost:")) == 408
    assert await exchange(port, b"") == b""
    assert refusals == [Refusal(408, "the head was not whole within 0.3 s")]


async def test_one_connection_too_many_is_503(peer: tuple[Peer, int], refusals: list[Refusal]) -> None:
    """When all others are at work; they go on."""
    _, port = peer
    async with contextlib.AsyncExitStack() as held:
        at_work = [await held.enter_async_context(connected(port)) for _ in range(LIMITS.connections)]
        for client in at_work:
            await asyncio.get_running_loop().sock_sendall(client, HEAD)
        assert status(await exchange(port, b"")) == 503
        assert refusals == [Refusal(503, "too many connections: 8")]
        await asyncio.get_running_loop().sock_sendall(at_work[0], b"\r\n")
        assert status(await read(at_work[0])) == 200


async def test_the_longest_idle_connection_makes_room(peer: tuple[Peer, int], refusals: list[Refusal]) -> None:
    """Without a byte from the start or since its last answer; one at work is never closed."""
    _, port = peer
    loop = asyncio.get_running_loop()
    async with contextlib.AsyncExitStack() as held:
        clients = [await held.enter_async_context(connected(port)) for _ in range(LIMITS.connections)]
        await loop.sock_sendall(clients[0], HEAD)  # at work
        await loop.sock_sendall(clients[1], b"POST /h HTTP/1.1\r\nHost: x\r\n\r\n")
        await read(clients[1], until=b"ok")  # idle, but only now
        for closed in (*clients[2:], clients[1]):
            assert status(await exchange(port, HEAD + b"\r\n")) == 200
            newcomer = await held.enter_async_context(connected(port))
            await loop.sock_sendall(newcomer, HEAD)
            assert await read(closed) == b""
        assert status(await exchange(port, b"")) == 503
        await loop.sock_sendall(clients[0], b"\r\n")
        assert status(await read(clients[0])) == 200
    assert [refusal.status for refusal in refusals] == [503]


@pytest.mark.parametrize("requests", [1, 3])
async def test_a_client_that_closes_its_half_gets_every_answer(peer: tuple[Peer, int], requests: int) -> None:
    """Of all that it asked whole."""
    _, port = peer
    answer = await exchange(port, b"POST /h HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi" * requests, end=True)
    assert answer.count(b"HTTP/1.1 200 ") == requests


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (HEAD + b"Content-Length: 9\r\n\r\nabc", "the body did not come whole"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n", "the body did not come whole"),
        (HEAD + b"X-Hea", "the head did not come whole"),
        (b"POST", "the head did not come whole"),
    ],
)
async def test_half_a_request_before_the_end_is_400(
    peer: tuple[Peer, int], refusals: list[Refusal], sent: bytes, reason: str
) -> None:
    """It is answered at once, and the application takes nothing of it for whole."""
    application, port = peer
    assert status(await exchange(port, sent, end=True)) == 400
    assert application.seen == []
    assert refusals == [Refusal(400, reason)]


async def test_a_client_that_asks_nothing_and_leaves_is_not_refused(
    peer: tuple[Peer, int], refusals: list[Refusal]
) -> None:
    """Nor one that closes after its answer, nor one that sends nothing until it is closed."""
    _, port = peer
    assert await exchange(port, b"", end=True) == b""
    assert status(await exchange(port, HEAD + b"\r\n")) == 200
    assert await exchange(port, b"") == b""
    assert refusals == []


async def test_what_is_refused_on_a_kept_connection_is_answered_and_reported(
    peer: tuple[Peer, int], refusals: list[Refusal]
) -> None:
    """Not only the first request of a connection is."""
    _, port = peer
    async with connected(port) as client:
        await asyncio.get_running_loop().sock_sendall(client, b"POST /h HTTP/1.1\r\nHost: x\r\n\r\n")
        assert status(await read(client, until=b"ok")) == 200
        await asyncio.get_running_loop().sock_sendall(client, b"POST /h HTTP/1.1\r\nHost : x\r\n\r\n")
        assert status(await read(client)) == 400
    assert refusals == [Refusal(400, "it is not valid HTTP")]


async def test_trailers_are_not_headers(peer: tuple[Peer, int]) -> None:
    """What comes after a chunked body cannot pretend to be a signature."""
    application, port = peer
    chunked = b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Webhook-Signature: late\r\n\r\n"
    await exchange(port, HEAD + chunked)

    _, headers, body = application.seen[0]
    assert body == b"abc"
    assert b"X-Webhook-Signature" not in dict(headers)


@pytest.mark.parametrize("size", [1, 7, 10_000], ids=["byte by byte", "in pieces", "at once"])
@pytest.mark.parametrize("offer", OFFERS.values(), ids=OFFERS.keys())
async def test_an_offer_of_another_protocol_is_ignored(
    patient_peer: tuple[Peer, int], offer: tuple[bytes, bytes], size: int
) -> None:
    """The request is read to the byte and the offer is among its headers; so are those after it on the connection."""
    application, port = patient_peer
    sent, body = offer
    whole = sent * 3 + HEAD + b"\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for at in range(0, len(whole), size):
            writer.write(whole[at : at + size])
            await writer.drain()
        async with asyncio.timeout(TIMEOUT_SECONDS):
            answer = await reader.read()
    finally:
        writer.close()
    assert answer.count(b"HTTP/1.1 200 ") == answer.count(b"HTTP/1.1 ") == 4
    assert [seen for _, _, seen in application.seen] == [body, body, body, b""]
    lines = sent.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]
    for _, headers, _ in application.seen[:3]:
        assert [b"%s: %s" % header for header in headers] == [line.rstrip() for line in lines]


@pytest.mark.parametrize("size", [1, 10_000], ids=["byte by byte", "at once"])
async def test_blanks_after_a_value_are_not_part_of_it(patient_peer: tuple[Peer, int], size: int) -> None:
    """For no header, whichever part reads it: the parser, the protocol or the application (RFC 9110, 5.5)."""
    application, port = patient_peer
    blank = b"X-Blank:\t \r\nX-Two: a \t b \t \r\nX-Signature: 5f1c\t\r\n"
    chunked = (
        b"POST /h HTTP/1.1\r\nHost: x \t\r\n" + blank + b"Transfer-Encoding: chunked\t\r\n\r\n3\r\n \r\n\r\n0\r\n\r\n"
    )
    counted = b"POST /h HTTP/1.1\r\nHost: x\r\nConnection: close\t\r\nContent-Length: 4\t \r\n\r\n \r\n\t"
    sent = chunked + counted
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for at in range(0, len(sent), size):
            writer.write(sent[at : at + size])
            await writer.drain()
        async with asyncio.timeout(TIMEOUT_SECONDS):
            assert (await reader.read()).count(b"HTTP/1.1 200 ") == 2
    finally:
        writer.close()
    first, second = application.seen
    values = ((b"Host", b"x"), (b"X-Blank", b""), (b"X-Two", b"a \t b"), (b"X-Signature", b"5f1c"))
    assert first[1:] == ((*values, (b"Transfer-Encoding", b"chunked")), b" \r\n")
    assert second[1:] == (((b"Host", b"x"), (b"Connection", b"close"), (b"Content-Length", b"4")), b" \r\n\t")


async def test_a_good_request_is_answered_while_slow_ones_hang(peer: tuple[Peer, int]) -> None:
    """Slow clients do not delay others."""
    application, port = peer
    held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(LIMITS.connections - 1)]
    try:
        for _, writer in held:
            writer.write(b"POST /slow HTTP/1.1\r\nHo")
        began = own_time()
        assert status(await exchange(port, HEAD + b"Content-Length: 2\r\n\r\nhi")) == 200
        assert own_time() - began < 1
    finally:
        for _, writer in held:
            writer.close()
    assert application.seen[0][2] == b"hi"


@contextlib.asynccontextmanager
async def connected(port: int) -> AsyncIterator[socket.socket]:
    """A socket on which a reset is noticed at once."""
    with socket.socket() as client:
        client.setblocking(False)
        await asyncio.get_running_loop().sock_connect(client, ("127.0.0.1", port))
        async with asyncio.timeout(TIMEOUT_SECONDS):
            yield client


async def read(client: socket.socket, *, until: bytes | None = None) -> bytes:
    """What comes until those bytes, or until the end."""
    answer = bytearray()
    while until is None or not answer.endswith(until):
        chunk = await asyncio.get_running_loop().sock_recv(client, 1_000_000)
        if not chunk:
            break
        answer += chunk
    return bytes(answer)


EARLY = (
    (b"POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n", 200, b"ok"),
    (HEAD + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\n", 400, b"valid HTTP."),
    (HEAD + b"X: " + b"a" * 3000, 431, b"too large."),
)


@pytest.mark.parametrize(("head", "expected", "last"), EARLY)
async def test_a_client_that_still_sends_gets_its_answer(
    peer: tuple[Peer, int], head: bytes, expected: int, last: bytes
) -> None:
    """It is answered before its request is whole, sends on without an error, and finds the whole answer."""
    _, port = peer
    loop = asyncio.get_running_loop()
    async with connected(port) as client:
        await loop.sock_sendall(client, head)
        answer = await read(client, until=last)
        for _ in range(9):
            await loop.sock_sendall(client, b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n".ljust(100_000, b" "))
        answer += await read(client)
    assert status(answer) == expected
    assert answer.endswith(last)
    assert answer.count(b"HTTP/1.1") == 1


@pytest.mark.parametrize("sends", [True, False])
async def test_lingering_has_an_end(peer: tuple[Peer, int], sends: bool) -> None:
    """After so many bytes, and after so long, the connection is closed."""
    _, port = peer
    loop = asyncio.get_running_loop()
    clock = own_time if sends else monotonic
    async with connected(port) as client:
        began = clock()
        await loop.sock_sendall(client, EARLY[0][0])
        assert (await read(client)).endswith(b"ok")
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            while True:
                await loop.sock_sendall(client, b"z" * 100_000 if sends else b"z")
                await asyncio.sleep(0 if sends else 0.05)
    assert (clock() - began < LIMITS.linger_seconds) is sends


async def test_those_who_linger_are_counted(peer: tuple[Peer, int]) -> None:
    """A client does not get more connections than others by being answered early; stopping does not wait for them."""
    _, port = peer
    async with contextlib.AsyncExitStack() as held:
        for _ in range(LIMITS.connections):
            client = await held.enter_async_context(connected(port))
            await asyncio.get_running_loop().sock_sendall(client, EARLY[0][0])
            await read(client)
        assert status(await exchange(port, b"")) == 503


LONG_REQUESTS = [
    head.replace(b"/h", b"/long") + b"\r\n" for head in (HEAD, HEAD.replace(b"Connection: close\r\n", b""))
]


@pytest.mark.parametrize("sent", LONG_REQUESTS, ids=["closing", "kept"])
async def test_an_answer_that_has_no_reader_is_given_up(sent: bytes) -> None:
    """Whether the client asked to close or not, it holds no connection."""
    application, loop = Peer(), asyncio.get_running_loop()
    connections = Connections(application, LIMITS, refused=lambda _refusal: None)
    server = await loop.create_server(lambda: HttpProtocol(connections, loop), "127.0.0.1", 0)
    async with server, connected(server.sockets[0].getsockname()[1]) as client:
        await loop.sock_sendall(client, sent)
        await until(lambda: application.seen and not connections.open)
        assert not (await read(client)).endswith(LONG)
    connections.deadlines.close()


@pytest.mark.parametrize("sent", LONG_REQUESTS, ids=["closing", "kept"])
async def test_a_client_that_reads_gets_all_of_a_long_answer(patient_peer: tuple[Peer, int], sent: bytes) -> None:
    """It is more than is written at once."""
    _, port = patient_peer
    async with connected(port) as client:
        await asyncio.get_running_loop().sock_sendall(client, sent)
        assert (await read(client, until=LONG)).endswith(LONG)
