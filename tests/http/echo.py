"""Real servers for what this program sends: one that keeps every request, and others that answer with given bytes."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from tests.tcp_server import tcp_server
from tests.timeouts import until
from webhook_tui.domain.answer_rules.answer import Answer
from webhook_tui.domain.delivery.headers import Headers, first, values
from webhook_tui.http.request import Request
from webhook_tui.http.response import Exchange
from webhook_tui.http.server import Server
from webhook_tui.http.sockets import bind


@dataclass(frozen=True)
class Received:
    """One request as it stood on the wire."""

    method: str
    target: bytes
    headers: Headers
    body: bytes

    def values(self, name: bytes) -> list[bytes]:
        """All values of one header."""
        return values(self.headers, name)

    @property
    def signature(self) -> bytes | None:
        """The value of X-Webhook-Signature."""
        return first(self.headers, b"X-Webhook-Signature")


@dataclass
class Echo:
    """Keeps each request; answers with the next of `statuses`, or 200, and `ok`."""

    statuses: list[int] = field(default_factory=list)
    requests: list[Received] = field(default_factory=list)
    hold: asyncio.Event | None = None
    """What requests wait for before they are answered."""
    url: str = ""

    def on_head(self, request: Request) -> Answer | None:
        """Have every body read."""
        return None

    def on_request(self, exchange: Exchange) -> None:
        """Answer one request."""
        request = exchange.request
        self.requests.append(Received(request.method, request.target, tuple(request.headers), request.body))
        answer = Answer(self.statuses.pop(0) if self.statuses else 200, b"ok", ())
        if self.hold is None:
            exchange.send(answer)
        else:
            exchange.work = asyncio.create_task(self._send_later(exchange, answer, self.hold))

    async def count(self, number: int) -> list[Received]:
        """Wait for so many requests, and return all."""
        await until(lambda: len(self.requests) >= number)
        return self.requests

    @staticmethod
    async def _send_later(exchange: Exchange, answer: Answer, hold: asyncio.Event) -> None:
        await hold.wait()
        exchange.send(answer)


@contextlib.asynccontextmanager
async def echo(*statuses: int) -> AsyncIterator[Echo]:
    """Yield one that listens on a free port."""
    kept = Echo(list(statuses))
    server = Server(kept, bind("127.0.0.1", 0, exact=True))
    await server.start()
    kept.url = f"http://127.0.0.1:{server.port}"
    try:
        yield kept
    finally:
        await server.stop()


@dataclass
class Wire:
    """What went over one raw socket."""

    url: str
    received: bytes = b""
    connections: int = 0


@contextlib.asynccontextmanager
async def raw_server(answer: bytes | None, *, closes: bool = True) -> AsyncIterator[Wire]:
    """A server that reads a request's head, writes `answer` and, unless asked, closes; None: it never answers."""
    wire = Wire("")

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wire.connections += 1
        wire.received += await reader.readuntil(b"\r\n\r\n")
        if answer is not None:
            writer.write(answer)
            await writer.drain()
            if closes:
                writer.close()

    async with tcp_server(serve) as port:
        wire.url = f"http://127.0.0.1:{port}"
        yield wire


@dataclass
class Requests:
    """What arrived over all connections of one server."""

    url: str
    requests: list[bytes] = field(default_factory=list)


@contextlib.asynccontextmanager
async def closing_server(answer: bytes, *, last: bytes = b"", resets: bool = False) -> AsyncIterator[Requests]:
    """A server that answers one request a connection with `answer`; the next one with `last`, and closes or resets."""
    wire = Requests("")

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for reply in (answer, last):
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"(?i)content-length: *(\d+)", head)
            wire.requests.append(head + await reader.readexactly(int(length[1]) if length else 0))
            writer.write(reply)
            if not reply or reply is last:
                break
            await writer.drain()
        if resets:
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.close()

    async with tcp_server(serve) as port:
        wire.url = f"http://127.0.0.1:{port}"
        yield wire
