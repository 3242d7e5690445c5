"""The hardened protocol: every cap and deadline has its status, and nothing after a refusal is read as a request."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from time import monotonic

import pytest

from tests.patience import PATIENCE_SECONDS, own_time
from webhook_tui.serving import Limits, Server, bind
from webhook_tui.serving.asgi import Receive, Scope, Send
from webhook_tui.serving.protocol import EXTENSION, RAW_HEADERS, TARGET

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
    """An ASGI application that remembers what it was asked and answers 200 `ok`.

    It answers /early before it has read anything, and answers /long with LONG.
    """

    def __init__(self) -> None:
        self.seen: list[tuple[bytes, list[tuple[bytes, bytes]], bytes]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = b""
        more = scope["path"] != "/early"
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
        sent = scope["extensions"][EXTENSION]
        self.seen.append((sent[TARGET], list(sent[RAW_HEADERS]), body))
        answer = LONG if scope["path"] == "/long" else b"ok"
        length = str(len(answer)).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
        await send({"type": "http.response.body", "body": answer})


@pytest.fixture
async def peer() -> AsyncIterator[tuple[Peer, int]]:
    """A served Peer and its port."""
    application = Peer()
    server = Server(application, bind("127.0.0.1", 0, exact=True), limits=LIMITS, grace_seconds=0.2)
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
        async with asyncio.timeout(PATIENCE_SECONDS):
            while chunk := await reader.read(65536):
                answer += chunk
        return answer
    finally:
        writer.close()


def status(answer: bytes) -> int:
    """The status of the first answer in `answer`."""
    return int(answer.split(b" ", 2)[1])


HEAD = b"POST /h HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"


async def test_names_and_target_are_told_as_sent(peer: tuple[Peer, int]) -> None:
    """No name is re-cased, order and repetition stay, the query is there."""
    application, port = peer
    await exchange(port, b"POST /h?a=%20b HTTP/1.1\r\nHoSt: x\r\nX-One: 1\r\nx-one: 2\r\nConnection: close\r\n\r\n")

    target, headers, _ = application.seen[0]
    assert target == b"/h?a=%20b"
    assert headers == [(b"HoSt", b"x"), (b"X-One", b"1"), (b"x-one", b"2"), (b"Connection", b"close")]


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
async def test_nonsense_is_refused(peer: tuple[Peer, int], head: bytes, expected: int) -> None:
    """Each with its status, and the application hears of none."""
    application, port = peer

    assert status(await exchange(port, head)) == expected
    assert application.seen == []


async def test_a_slow_head_is_408_and_silence_is_closed(peer: tuple[Peer, int]) -> None:
    """Nobody holds a connection for nothing."""
    _, port = peer

    assert status(await exchange(port, b"POST /h HTTP/1.1\r\nHost:")) == 408
    assert await exchange(port, b"") == b""


async def test_one_connection_too_many_is_503(peer: tuple[Peer, int]) -> None:
    """The others go on."""
    _, port = peer
    held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(LIMITS.connections)]
    try:
        assert status(await exchange(port, b"")) == 503
    finally:
        for _, writer in held:
            writer.close()


async def test_trailers_are_not_headers(peer: tuple[Peer, int]) -> None:
    """What comes after a chunked body cannot pretend to be a signature."""
    application, port = peer
    chunked = b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Webhook-Signature: late\r\n\r\n"
    await exchange(port, HEAD + chunked)

    _, headers, body = application.seen[0]
    assert body == b"abc"
    assert b"X-Webhook-Signature" not in dict(headers)


async def test_an_upgrade_is_refused_rather_than_its_body_lost(peer: tuple[Peer, int]) -> None:
    """The parser would hand over an empty body, and the sender would read 200."""
    application, port = peer
    sent = b"POST /h HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 3\r\n\r\nabc"

    assert status(await exchange(port, sent)) == 400
    assert application.seen == []


async def test_a_good_request_is_answered_while_slow_ones_hang(peer: tuple[Peer, int]) -> None:
    """Slow clients cost nobody else anything."""
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
    """A socket that tells at once when the connection was reset."""
    with socket.socket() as client:
        client.setblocking(False)
        await asyncio.get_running_loop().sock_connect(client, ("127.0.0.1", port))
        async with asyncio.timeout(PATIENCE_SECONDS):
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
    (HEAD + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\n", 400, b"received."),
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
    """Nobody gets more connections than others by being answered early; stopping does not wait for them."""
    _, port = peer
    async with contextlib.AsyncExitStack() as held:
        for _ in range(LIMITS.connections):
            client = await held.enter_async_context(connected(port))
            await asyncio.get_running_loop().sock_sendall(client, EARLY[0][0])
            await read(client)
        assert status(await exchange(port, b"")) == 503


async def test_an_answer_that_nobody_reads_is_given_up(peer: tuple[Peer, int]) -> None:
    """Whether the client asked to close or not, it holds no connection; one that reads gets all of it."""
    _, port = peer
    for head in (HEAD, HEAD.replace(b"Connection: close\r\n", b"")):
        for is_reading in (True, False):
            async with connected(port) as client:
                await asyncio.get_running_loop().sock_sendall(client, head.replace(b"/h", b"/long") + b"\r\n")
                if not is_reading:
                    await asyncio.sleep(LIMITS.unread_seconds * 1.5)  # only time can tell that it does not read
                answer = await read(client, until=LONG if is_reading else None)
            assert answer.endswith(LONG) is is_reading
