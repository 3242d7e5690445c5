"""One timer for all deadlines; idle connections never take the descriptors that the history needs."""

from __future__ import annotations

import asyncio
import contextlib
import sys

import pytest

from tests.integration.deliveries import post
from tests.integration.process import Program, program
from webhook_tui.http.limits import NEVER, Deadlines

_LISTEN = ("listen", "--no-register", "--tunnel", "none", "--port", "0", "--format", "json", "--ephemeral")
_LIMITED = (
    "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, {}); from webhook_tui.cli.main import main; main()"
)


class Connection:
    """Notes when its deadline ended."""

    def __init__(self, due_at: float) -> None:
        self.due_at = due_at
        self.ended = asyncio.Event()
        self.ended_at = 0.0

    def on_deadline(self, now: float) -> None:
        """Have no deadline any more."""
        self.due_at = NEVER
        self.ended_at = now
        self.ended.set()


async def test_no_deadline_ends_before_its_time_and_each_ends() -> None:
    """Whatever the order in which they are set, and when one was put off after it was set."""
    loop = asyncio.get_running_loop()
    due = [loop.time() + seconds for seconds in (0.12, 0.03, 0.06)]
    connections = [Connection(at) for at in due]
    deadlines = Deadlines(connections)
    for connection in connections:
        deadlines.expect(connection.due_at)
    connections[1].due_at = due[0]

    for connection in connections:
        await connection.ended.wait()
    deadlines.close()
    assert connections[1].ended_at >= due[0]
    assert all(each.ended_at >= at for each, at in zip(connections, due, strict=True))


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


@pytest.mark.skipif(sys.platform == "win32", reason="its sockets are no descriptors")
@pytest.mark.parametrize("limit", ["(256, 256)", "(256, resource.getrlimit(resource.RLIMIT_NOFILE)[1])"])
async def test_deliveries_arrive_beside_as_many_idle_connections_as_there_are_descriptors(limit: str) -> None:
    """Whether the limit can be raised or not: the longest idle make room."""
    async with program(*_LISTEN, code=("-c", _LIMITED.format(limit))) as listening:
        await _took_all_beside(listening, idle=300, deliveries=20)
