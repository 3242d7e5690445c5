"""What an exchange records of its connection, and that local names need no resolver."""

from __future__ import annotations

import ssl

import httpx

from tests.http.echo import echo
from webhook_tui.http.transport import DirectTransport, Exchange


async def test_an_exchange_knows_its_connection_and_the_first_bytes() -> None:
    """The second request goes over the connection of the first."""
    transport = DirectTransport(ssl.create_default_context())
    async with echo() as server, httpx.AsyncClient(transport=transport, trust_env=False) as client:
        first = Exchange.begin()
        await client.get(f"{server.url}/1")
        second = Exchange.begin()
        await client.get(f"{server.url}/2")

    assert (first.has_connected, first.is_on_reused_connection, first.received) == (True, False, b"HTTP/")
    assert (second.has_connected, second.is_on_reused_connection, second.received) == (False, True, b"HTTP/")


async def test_names_of_this_machine_need_no_resolver() -> None:
    """`*.localhost` is the loopback interface (RFC 6761), whatever the system's resolver knows of it."""
    transport = DirectTransport(ssl.create_default_context())
    async with echo() as server, httpx.AsyncClient(transport=transport) as client:
        response = await client.get(server.url.replace("127.0.0.1", "app.localhost"))

    assert response.status_code == 200
