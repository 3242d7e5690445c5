"""Deliveries of our own making, written to the socket unchanged, and a program to receive them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from urllib.parse import urlsplit

from tests.integration.process import Program, Record, program
from tests.timeouts import TIMEOUT_SECONDS


async def post(url: str, body: bytes, headers: Sequence[tuple[bytes, bytes]] = (), *, method: str = "POST") -> int:
    """Send one request with these headers, names as given, besides Host and Content-Length; the status."""
    parts = urlsplit(url)
    assert parts.hostname is not None
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        lines = [
            f"{method} {url.partition(parts.netloc)[2] or '/'} HTTP/1.1".encode(),
            b"Host: " + parts.netloc.encode(),
            *(name + b": " + value for name, value in headers),
            f"Content-Length: {len(body)}".encode(),
            b"Connection: close",
        ]
        writer.write(b"\r\n".join((*lines, b"", b"")) + body)
        await writer.drain()
        answer = await asyncio.wait_for(reader.read(), TIMEOUT_SECONDS)
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
    return int(answer.split()[1])


@contextlib.asynccontextmanager
async def watching(*arguments: str, **environment: str) -> AsyncIterator[tuple[Program, str]]:
    """A program that registers nowhere and opens no tunnel, and the URL of its hook."""
    fixed = "listen", "--no-register", "--tunnel", "none", "--port", "0", "--format", "json"
    async with program(*fixed, *arguments, **environment) as listening:
        yield listening, (await listening.record("ready"))["public_url"]


async def valid_ping(listening: Program, *, after: int = 0) -> Record:
    """The first ping after that number: valid, if need be once the answer arrived that has its secret."""
    ping = await listening.record("delivery", lambda record: record["seq"] > after and record["event"] == "ping")
    verified = ping
    if ping["verdict"] == "pending":
        verified = await listening.record("verdict", lambda record: record["seq"] == ping["seq"])
    assert verified["verdict"] == "valid"
    return ping
