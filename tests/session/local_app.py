"""An app under development, as deliveries are forwarded to: it keeps the bytes of each request and answers as set."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from tests.tcp_server import tcp_server

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-App: mine\r\n\r\nhi"


@dataclass
class LocalApp:
    """Where it is, what it got, what it will say."""

    url: str = ""
    answers: list[bytes] = field(default_factory=list)
    """What the next requests are answered, in order; then OK. An empty one: the connection is closed."""
    requests: list[bytes] = field(default_factory=list)
    """Whole requests, to the byte."""

    def body(self, at: int = -1) -> bytes:
        """The body of a request."""
        return self.requests[at].partition(b"\r\n\r\n")[2]

    def headers(self, at: int = -1) -> list[bytes]:
        """The header lines of a request, as sent."""
        return self.requests[at].partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"(?i)content-length: *(\d+)", head)
            body = await reader.readexactly(int(length[1]) if length else 0)
            self.requests.append(head + body)
            answer = self.answers.pop(0) if self.answers else OK
            if not answer:
                writer.close()
                return
            writer.write(answer)
            await writer.drain()


@contextlib.asynccontextmanager
async def local_app(*answers: bytes) -> AsyncIterator[LocalApp]:
    """The app until the block ends."""
    app = LocalApp(answers=list(answers))
    async with tcp_server(app.serve) as port:
        app.url = f"http://127.0.0.1:{port}"
        yield app
