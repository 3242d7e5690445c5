"""One timer for all deadlines."""

from __future__ import annotations

import asyncio

from webhook_tui.http.limits import NEVER, Deadlines


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
