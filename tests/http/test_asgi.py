"""An ASGI function behind the hardened protocol: whole and streamed answers, disconnects, errors."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from tests.timeouts import TIMEOUT_SECONDS
from webhook_tui.http.asgi import Asgi, AsgiApplication, Receive, Scope, Send
from webhook_tui.http.server import Server
from webhook_tui.http.sockets import bind


@contextlib.asynccontextmanager
async def asked(function: Asgi, request: bytes) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection over which `request` was sent."""
    server = Server(AsgiApplication(function), bind("127.0.0.1", 0, exact=True), grace_seconds=0.2)
    await server.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        writer.write(request)
        async with asyncio.timeout(TIMEOUT_SECONDS):
            yield reader, writer
    finally:
        writer.close()
        await server.stop()


async def streaming(scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer in two pieces."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-path", scope["path"].encode())]})
    await send({"type": "http.response.body", "body": b"one", "more_body": True})
    await send({"type": "http.response.body", "body": b"two", "more_body": False})


@pytest.mark.parametrize(("version", "body"), [(b"1.1", b"3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"), (b"1.0", b"onetwo")])
async def test_an_answer_in_pieces_comes_in_chunks(version: bytes, body: bytes) -> None:
    """To HTTP/1.0 it ends with the connection."""
    async with asked(streaming, b"GET /a%20b HTTP/" + version + b"\r\nHost: x\r\n\r\n") as (reader, _):
        head, _, rest = (await reader.read()).partition(b"\r\n\r\n")
    assert b"\r\nx-path: /a b\r\n" in head
    assert rest == body


async def test_the_function_hears_that_the_client_has_left() -> None:
    """While it streams."""
    left = asyncio.Event()

    async def function(_scope: Scope, receive: Receive, send: Send) -> None:
        assert (await receive())["type"] == "http.request"
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"one", "more_body": True})
        assert (await receive())["type"] == "http.disconnect"
        left.set()

    async with asked(function, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n") as (reader, writer):
        await reader.readuntil(b"one")
        writer.close()
        await left.wait()


async def test_a_function_that_fails_is_answered_500() -> None:
    """And one that answers nothing."""

    async def failing(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise LookupError

    async def silent(_scope: Scope, _receive: Receive, _send: Send) -> None:
        pass

    for function in (failing, silent):
        async with asked(function, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n") as (reader, _):
            assert (await reader.read()).startswith(b"HTTP/1.1 500 ")


async def test_a_stream_that_breaks_off_reaches_the_client_as_far_as_it_was_written() -> None:
    """Without an end."""
    pieces = [b"x" * 100_000] * 5

    async def breaking(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for piece in pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})

    async with asked(breaking, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n") as (reader, _):
        _, _, body = (await reader.read()).partition(b"\r\n\r\n")
    assert body == b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
