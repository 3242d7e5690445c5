"""`webhook-tui sandbox`: the embedded PiktID alone, served to any client until a signal."""

from __future__ import annotations

import asyncio
import random
import signal
import sys
from datetime import UTC, datetime

from webhook_tui.domain.secret import Secret
from webhook_tui.sandbox import Sandbox, SandboxOptions
from webhook_tui.serving import Server, bind


def serve_sandbox(*, host: str, port: int, token: Secret | None, play: bool, misbehave: bool) -> int:
    """Serve until SIGINT, SIGTERM or SIGHUP; the exit code is 0, for a server's end is its signal.

    Raises ProblemError when the port cannot be had.
    """
    server_socket = bind(host, port, exact=True)
    sandbox = Sandbox(
        SandboxOptions(token=token, play=play, misbehave=misbehave),
        now=lambda: datetime.now(UTC),
        random=random.random,
    )
    asyncio.run(_serve(sandbox, Server(sandbox.app, server_socket, grace_seconds=0.5)))
    return 0


async def _serve(sandbox: Sandbox, server: Server) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name) and sys.platform != "win32":
            loop.add_signal_handler(getattr(signal, name), stop.set)
    await server.start()
    await sandbox.start()
    token = "the token you gave" if sandbox.options.token else "any token"
    print(  # noqa: T201 -- the command's one line of output
        f"The sandbox listens on http://{server.host}:{server.port} and takes {token}; ctrl+c ends it.", flush=True
    )
    try:
        await stop.wait()
    finally:
        await sandbox.aclose()
        await server.stop()
