"""A real session that listens, registers nowhere and stores for real; and single connections to it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from tests.session.running import Running, session_of, settings
from webhook_tui.domain.delivery.delivery import Delivery
from webhook_tui.domain.events import DeliveryStored, ProblemOccurred, SessionReady, SessionStopped
from webhook_tui.domain.signature.secret import Secret


@dataclass(frozen=True, slots=True)
class Hook:
    """Where it listens."""

    running: Running
    port: int
    path: bytes

    @property
    def recorded(self) -> list[Delivery]:
        """Every delivery that the session said it recorded."""
        return [event.delivery for event in self.running.all(DeliveryStored)]

    def head(self, *lines: bytes) -> bytes:
        """The head of a POST to the hook, without Content-Length unless it is among `lines`."""
        return b"\r\n".join((b"POST " + self.path + b" HTTP/1.1", b"Host: x", *lines, b"", b""))

    def message(self, body: bytes, *lines: bytes) -> bytes:
        """A whole and right request, after which the connection ends."""
        return self.head(*lines, b"Connection: close", b"Content-Length: %d" % len(body)) + body

    def assert_unharmed(self) -> None:
        """Every delivery that was acknowledged is in the store byte for byte, and no part of the session ended."""
        rows = self.running.session.open_rows()
        try:
            for event in self.running.all(DeliveryStored):
                stored = rows.stored(event.row.seq)
                assert stored is not None
                assert stored.delivery == event.delivery
        finally:
            rows.close()
        assert self.running.all(SessionStopped) == []
        assert self.running.all(ProblemOccurred) == []


@contextlib.asynccontextmanager
async def hook_of(home: Path) -> AsyncIterator[Hook]:
    """One with a secret in its ring, so that failing signatures are explained, too."""
    chosen = settings(home, register=False, token=None, secrets=(Secret("a-secret"),))
    async with session_of(chosen) as running:
        ready = await running.event(SessionReady)
        path = "/" + (ready.public_url or "").split("/", 3)[3]
        yield Hook(running, ready.port, path.encode())


async def exchange(port: int, *parts: bytes, quiet_seconds: float = 20.0) -> tuple[bytes, str]:
    """What is answered until the server closes or says nothing for so long; and our own address.

    Each part but the first is sent when something has come since the one before it.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    own = "{}:{}".format(*writer.get_extra_info("sockname"))
    answer = b""
    waiting = list(parts)
    try:
        writer.write(waiting.pop(0))
        while chunk := await asyncio.wait_for(reader.read(65_536), quiet_seconds):
            answer += chunk
            if waiting:
                writer.write(waiting.pop(0))
    except (TimeoutError, ConnectionError):
        pass
    finally:
        writer.close()
    return answer, own
