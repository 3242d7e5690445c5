"""Real servers for the sender: one that keeps every request, one that answers with given bytes."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from tests.tcp_server import tcp_server
from webhook_tui.http.asgi import AsgiApplication, Receive, Scope, Send
from webhook_tui.http.server import Server
from webhook_tui.http.sockets import bind


@dataclass
class Received:
    """One request in the ASGI server's form; names are in lower case there."""

    method: str
    target: bytes
    headers: list[tuple[bytes, bytes]]
    body: bytes

    def values(self, name: bytes) -> list[bytes]:
        """All values of one header."""
        return [value for key, value in self.headers if key == name]


class Echo:
    """Keeps what it gets; answers 200, or waits for `hold` first."""

    def __init__(self) -> None:
        self.requests: list[Received] = []
        self.arrived = asyncio.Event()
        self.hold: asyncio.Event | None = None
        self._server = Server(AsgiApplication(self._app), bind("127.0.0.1", 0, exact=True))

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.port}"

    async def start(self) -> None:
        """Listen."""
        await self._server.start()

    async def stop(self) -> None:
        """Be gone."""
        await self._server.stop()

    async def _app(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        query = b"?" + scope["query_string"] if scope["query_string"] else b""
        self.requests.append(Received(scope["method"], scope["raw_path"] + query, list(scope["headers"]), body))
        self.arrived.set()
        if self.hold is not None:
            await self.hold.wait()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})


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
