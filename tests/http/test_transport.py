"""What an exchange records of its connection, and that local names need no resolver."""

from __future__ import annotations

import ssl

import httpx

from tests.http.echo import Echo
from webhook_tui.http.transport import DirectTransport, Exchange


async def test_an_exchange_knows_its_connection_and_the_first_bytes() -> None:
    """The second request goes over the connection of the first."""
    echo = Echo()
    await echo.start()
    transport = DirectTransport(ssl.create_default_context())
    async with httpx.AsyncClient(transport=transport, trust_env=False) as client:
        first = Exchange.begin()
        await client.get(f"{echo.url}/1")
        second = Exchange.begin()
        await client.get(f"{echo.url}/2")
    await echo.stop()

    assert (first.has_connected, first.is_on_reused_connection, first.received) == (True, False, b"HTTP/")
    assert (second.has_connected, second.is_on_reused_connection, second.received) == (False, True, b"HTTP/")


async def test_names_of_this_machine_need_no_resolver() -> None:
    """`*.localhost` is the loopback interface (RFC 6761), whatever the system's resolver knows of it."""
    echo = Echo()
    await echo.start()
    async with httpx.AsyncClient(transport=DirectTransport(ssl.create_default_context())) as client:
        response = await client.get(echo.url.replace("127.0.0.1", "app.localhost"))
    await echo.stop()

    assert response.status_code == 200
