"""The sandbox of a session has its port from the beginning, and answers from its start to its end."""

from __future__ import annotations

import pytest

from tests.http.plain_client import plain_client
from webhook_tui.http.sockets import bind
from webhook_tui.session.clock import Clock
from webhook_tui.session.sandbox_host import SandboxHost


async def test_it_answers_from_its_start_to_its_end() -> None:
    """With its own token; its port is free afterwards."""
    host = SandboxHost(Clock())
    await host.start()
    async with plain_client() as client:
        token = {"Authorization": f"Bearer {host.token.reveal()}"}
        answer = await client.get(f"{host.api_url}/webhooks", headers=token)
    await host.aclose()

    assert answer.status_code == 404
    bind("127.0.0.1", int(host.api_url.rpartition(":")[2]), exact=True).close()


async def test_one_that_was_not_started_frees_its_port() -> None:
    """A session may end before its screen is shown."""
    host = SandboxHost(Clock())
    port = int(host.api_url.rpartition(":")[2])
    with pytest.raises(Exception, match=f"Port {port} is in use"):
        bind("127.0.0.1", port, exact=True)
    await host.aclose()

    bind("127.0.0.1", port, exact=True).close()
