"""PiktID's published test script, exactly, finds in the sandbox what it expects of PiktID."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.http.plain_client import plain_client
from tests.tcp_server import free_port
from tests.timeouts import TIMEOUT_SECONDS
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.http.asgi import AsgiApplication
from webhook_tui.http.server import Server
from webhook_tui.http.sockets import bind
from webhook_tui.sandbox.asgi import application
from webhook_tui.sandbox.options import SandboxOptions
from webhook_tui.sandbox.service import Sandbox

HERE = Path(__file__).parent


async def _read_until(output: asyncio.StreamReader, words: str) -> str:
    read = ""
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while words not in read:
            line = (await output.readline()).decode()
            assert line, f"it ended before it said {words!r}; it said {read}"
            read += line
    return read


async def test_the_published_script_runs_unmodified() -> None:
    """It registers, misses its first ping (it listens too late), gets the retry and a test ping, and deletes."""
    options = SandboxOptions(token=Secret("mytoken123"), first_delay_seconds=0.2, ping_before_answer=True)
    sandbox = Sandbox(options, now=lambda: datetime.now(UTC), random=random.random)
    server = Server(AsgiApplication(application(sandbox)), bind("127.0.0.1", 0, exact=True))
    await server.start()
    held = contextlib.ExitStack()
    port = held.enter_context(free_port())
    script = await asyncio.create_subprocess_exec(
        *(sys.executable, "-u", "-X", "utf8", str(HERE / "published_script.txt"), "--token", "mytoken123"),
        *("--api-url", f"http://127.0.0.1:{server.port}"),
        *("--hook-url", f"http://127.0.0.1:{port}", "--port", str(port)),
        env=os.environ | {"PYTHONPATH": str(HERE / "requests_shim")},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert script.stdout is not None
    try:
        started = await _read_until(script.stdout, "Waiting for webhook deliveries")
        assert "Created webhook (id=41)" in started
        await _read_until(script.stdout, "✓ sha256=")
        await sandbox.settled()
        async with plain_client(headers={"Authorization": "Bearer mytoken123"}) as api:
            assert (await api.post(f"http://127.0.0.1:{server.port}/webhooks/test")).json()
        await _read_until(script.stdout, "✓ sha256=")
        await sandbox.settled()
        script.send_signal(signal.SIGTERM)
        await _read_until(script.stdout, "Webhook deleted")
        assert await asyncio.wait_for(script.wait(), TIMEOUT_SECONDS) == 0
    finally:
        if script.returncode is None:
            script.kill()
            await script.wait()
        await sandbox.aclose()
        await server.stop()
        held.close()
    assert sandbox.registry.current is None
    first, *others = sandbox.attempts
    assert (first.number, first.reason) == (1, "the connection was refused")
    assert [attempt.status for attempt in others if attempt.status is not None] == [200, 200]
