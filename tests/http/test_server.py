"""The server's life: how it ends, with nothing and with something under way."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import pytest

from webhook_tui.http.asgi import AsgiApplication, Receive, Scope, Send
from webhook_tui.http.server import Server
from webhook_tui.http.sockets import bind

ASK = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


class Slow:
    """Answers when it is let; notes when it is cancelled."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.may_answer = asyncio.Event()
        self.was_cancelled = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        self.asked.set()
        try:
            await self.may_answer.wait()
        except asyncio.CancelledError:
            self.was_cancelled = True
            raise
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})


@contextlib.asynccontextmanager
async def _asked(server: Server) -> AsyncIterator[asyncio.StreamReader]:
    """Ask over a connection that is kept; what comes."""
    await server.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        writer.write(ASK)
        yield reader
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


def _bound() -> socket.socket:
    return bind("127.0.0.1", 0, exact=True)


async def test_it_ends_at_once_when_nothing_is_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also with a connection that is kept open; no timer is waited for: the loop's clock stands still."""
    app = Slow()
    app.may_answer.set()
    server = Server(AsgiApplication(app), _bound(), grace_seconds=30)
    async with _asked(server) as reader:
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 204")
        loop = asyncio.get_running_loop()
        now = loop.time()
        with monkeypatch.context() as patch:
            patch.setattr(loop, "time", lambda: now)
            await server.stop()
        assert await reader.read() == b""


async def test_a_request_under_way_is_answered() -> None:
    """Within the grace, while no new connection is accepted."""
    app, bound = Slow(), _bound()
    server = Server(AsgiApplication(app), bound, grace_seconds=30)
    async with _asked(server) as reader:
        await app.asked.wait()
        stopping = asyncio.create_task(server.stop())
        while bound.fileno() != -1:  # noqa: ASYNC110 -- a socket has no event for its close
            await asyncio.sleep(0)
        assert not stopping.done()
        app.may_answer.set()
        assert (await reader.read()).startswith(b"HTTP/1.1 204")
        await stopping


async def test_a_request_that_outlasts_the_grace_is_cancelled() -> None:
    """It gets 500, and is no longer there when the server has stopped."""
    app = Slow()
    server = Server(AsgiApplication(app), _bound(), grace_seconds=0.01)
    async with _asked(server) as reader:
        await app.asked.wait()
        await server.stop()
        assert app.was_cancelled
        assert (await reader.read()).startswith(b"HTTP/1.1 500")


async def test_stopped_without_a_start() -> None:
    """The socket is closed."""
    bound = _bound()
    await Server(AsgiApplication(Slow()), bound).stop()
    assert bound.fileno() == -1


async def test_it_refuses_connections_once_stopped() -> None:
    """Nothing listens on."""
    server = Server(AsgiApplication(Slow()), _bound())
    await server.start()
    port = server.port
    await server.stop()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)
