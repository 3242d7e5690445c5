"""A delivery is stored, then published, then answered."""

from __future__ import annotations

import asyncio
import select
import socket
import threading
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.session.running import Running, leave_connection, session_of, settings
from tests.timeouts import TIMEOUT_SECONDS, until
from webhook_tui.domain.events import DeliveryStored, SessionEvent, SessionReady
from webhook_tui.session.bus import DeliveriesInserted, DeliveriesStored
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


async def test_deliveries_are_published_before_their_commit_and_after_it_as_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that what was prepared for them is found."""
    leave_connection(monkeypatch)
    inserted: list[DeliveriesInserted] = []
    stored: list[DeliveriesStored] = []
    session = Session.open(settings(tmp_path, register=False, sse=False), asks=False)
    handlers = (lambda _event: None, stored.append, inserted.append)
    thread = threading.Thread(target=session.run, args=handlers)
    thread.start()
    try:
        await until(lambda: session.hook_url)
        ready = SessionReady(session.hook_url, urlsplit(str(session.hook_url)).port or 0)
        for _ in range(2):
            with closing(socket.socket()) as client:
                await asyncio.to_thread(_send, client, ready)
    finally:
        session.stop()
        await asyncio.to_thread(thread.join, TIMEOUT_SECONDS)

    assert [event.deliveries[0].row.seq for event in inserted] == [1, 2]
    assert [event.deliveries for event in stored] == [event.deliveries for event in inserted]
    assert all(one.deliveries is other.deliveries for one, other in zip(inserted, stored, strict=True))


def _send(client: socket.socket, ready: SessionReady) -> bytes:
    assert ready.public_url is not None
    client.settimeout(TIMEOUT_SECONDS)
    client.connect(("127.0.0.1", ready.port))
    path = urlsplit(ready.public_url).path
    client.sendall(f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{{}}".encode())
    return client.recv(1000)


def _kinds(running: Running) -> list[str]:
    return [type(event).__name__ for event in running.events]
