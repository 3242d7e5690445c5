"""Idle connections never take the file descriptors that deliveries and the history need."""

from __future__ import annotations

import asyncio
import contextlib
import sys

import pytest

from tests.integration.deliveries import post
from tests.integration.process import Program, program

_LISTEN = ("listen", "--no-register", "--tunnel", "none", "--port", "0", "--format", "json", "--ephemeral")
_LIMITED = "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, {}); from webhook_tui.cli import main; main()"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="its sockets are no descriptors")


async def _took_all_beside(listening: Program, idle: int, deliveries: int) -> None:
    """Whether so many deliveries are stored while so many connections are open that send nothing."""
    url = (await listening.record("ready"))["public_url"]
    host, port = url.split("/")[2].split(":")
    async with contextlib.AsyncExitStack() as held:
        for _ in range(idle):
            _, writer = await asyncio.open_connection(host, int(port))
            held.callback(writer.close)
        for number in range(deliveries):
            body = b'{"id": %d, "name": "ping", "data": {}, "timestamp": 1}' % number
            assert await post(url, body) == 200
        await listening.until(lambda: len(listening.of("delivery")) == deliveries)
    assert listening.of("refused") == []


@pytest.mark.parametrize("limit", ["(256, 256)", "(256, resource.getrlimit(resource.RLIMIT_NOFILE)[1])"])
async def test_deliveries_arrive_beside_as_many_idle_connections_as_there_are_descriptors(limit: str) -> None:
    """Whether the limit can be raised or not: the longest idle make room."""
    async with program(*_LISTEN, code=("-c", _LIMITED.format(limit))) as listening:
        await _took_all_beside(listening, idle=300, deliveries=20)
