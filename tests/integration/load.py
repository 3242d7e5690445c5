"""Senders that post bodies of their own to a receiver without pause, and remember what was acknowledged."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import random
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

SENDERS = 12


@dataclass(slots=True)
class Ledger:
    """What was answered 200: the sha256 of each body. Bodies are never sent twice."""

    seed: int
    acknowledged: set[str] = field(default_factory=set)
    refused: int = 0
    """How many were answered otherwise."""
    sent: int = 0

    def next_body(self) -> bytes:
        """Another body: some small, some of many pages, all of them JSON."""
        self.sent += 1
        chance = random.Random(f"{self.seed}-{self.sent}")
        filling = chance.randbytes(chance.choice((8, 300, 20_000))).hex()
        event = {"id": self.sent, "name": "image_result", "data": {"filling": filling}, "timestamp": 1795443602}
        return json.dumps(event).encode()


async def _send(url: str, ledger: Ledger, acknowledged: Callable[[], None]) -> None:
    """Over one connection until it breaks."""
    parts = urlsplit(url)
    with contextlib.suppress(OSError, EOFError):
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        try:
            while True:
                body = ledger.next_body()
                head = f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Length: {len(body)}\r\n\r\n"
                writer.write(head.encode() + body)
                answer = await reader.readuntil(b"\r\n\r\n")
                length = next(line for line in answer.lower().split(b"\r\n") if line.startswith(b"content-length:"))
                await reader.readexactly(int(length[15:]))
                if answer.split()[1] == b"200":
                    ledger.acknowledged.add(hashlib.sha256(body).hexdigest())
                else:
                    ledger.refused += 1
                acknowledged()
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


@contextlib.asynccontextmanager
async def load(url: str, ledger: Ledger, answered: Callable[[], None] = lambda: None) -> AsyncIterator[None]:
    """Send without pause; `answered` is called after each answer."""
    senders = [asyncio.create_task(_send(url, ledger, answered)) for _ in range(SENDERS)]
    try:
        yield
    finally:
        for sender in senders:
            sender.cancel()
        results = await asyncio.gather(*senders, return_exceptions=True)
        assert not [error for error in results if isinstance(error, Exception)], results


def check(path: Path, ledger: Ledger) -> int:
    """The database is whole and has every acknowledged body, byte for byte; how many it has in all."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        stored = [hashlib.sha256(body).hexdigest() for (body,) in connection.execute("SELECT body FROM bodies")]
        (rows,) = connection.execute("SELECT count(*) FROM deliveries").fetchone()
    assert rows == len(stored) == len(set(stored))
    assert ledger.acknowledged <= set(stored), f"{len(ledger.acknowledged - set(stored))} acknowledged are missing"
    return int(rows)
