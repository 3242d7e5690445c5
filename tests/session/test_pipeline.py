"""A delivery is stored, then published, then answered."""

from __future__ import annotations

import asyncio
import select
import socket
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from tests.session.running import Running, session_of, settings
from tests.timeouts import TIMEOUT_SECONDS
from webhook_tui.domain.events import DeliveryStored, SessionEvent, SessionReady
from webhook_tui.session.session import Session


class Order:
    """Looks, when a delivery is published, whether the history has it and whether its answer is on the way."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.client = socket.socket()
        self.was_stored: list[bool] = []
        self.was_answered: list[bool] = []

    def on_event(self, event: SessionEvent) -> None:
        if isinstance(event, DeliveryStored):
            with closing(self._session.open_rows()) as rows:
                rows.refresh()
                self.was_stored.append(rows.position(event.row.seq) is not None)
            self.was_answered.append(bool(select.select([self.client], [], [], 0)[0]))


async def test_a_delivery_is_stored_before_it_is_published_and_published_before_it_is_answered(tmp_path: Path) -> None:
    """Seen from a connection of its own to the database, and from the client's socket."""
    async with session_of(settings(tmp_path, register=False, sse=False)) as running:
        ready = await running.event(SessionReady)
        order = Order(running.session)
        running.heard = order.on_event
        with closing(order.client):
            answer = await asyncio.to_thread(_send, order.client, ready)

    assert answer.startswith(b"HTTP/1.1 200")
    assert (order.was_stored, order.was_answered) == ([True], [False])
    assert _kinds(running).index("DeliveryStored") > _kinds(running).index("SessionReady")


def _send(client: socket.socket, ready: SessionReady) -> bytes:
    assert ready.public_url is not None
    client.settimeout(TIMEOUT_SECONDS)
    client.connect(("127.0.0.1", ready.port))
    path = urlsplit(ready.public_url).path
    client.sendall(f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{{}}".encode())
    return client.recv(1000)


def _kinds(running: Running) -> list[str]:
    return [type(event).__name__ for event in running.events]
