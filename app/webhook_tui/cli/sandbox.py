"""`webhook-tui sandbox`: the embedded PiktID alone, served to any client until a signal."""

from __future__ import annotations

import asyncio
import random
import signal
import sys
from datetime import UTC, datetime

from webhook_tui.domain.signature.secret import Secret
from webhook_tui.http.asgi import AsgiApplication
from webhook_tui.http.server import Server
from webhook_tui.http.sockets import bind
from webhook_tui.sandbox.asgi import application
from webhook_tui.sandbox.options import SandboxOptions
from webhook_tui.sandbox.service import Sandbox


def serve_sandbox(*, host: str, port: int, token: Secret | None, play: bool, misbehave: bool) -> int:
    """Serve until SIGINT, SIGTERM or SIGHUP; the exit code is 128 and the signal's number.

    Raises ProblemError when the port cannot be had.
    """
    server_socket = bind(host, port, exact=True)
    sandbox = Sandbox(
        SandboxOptions(token=token, play=play, misbehave=misbehave),
        now=lambda: datetime.now(UTC),
        random=random.random,
    )
    return 128 + asyncio.run(
        _serve(sandbox, Server(AsgiApplication(application(sandbox)), server_socket, grace_seconds=0.5))
    )


async def _serve(sandbox: Sandbox, server: Server) -> int:
    loop = asyncio.get_running_loop()
    signalled: asyncio.Queue[int] = asyncio.Queue()
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name) and sys.platform != "win32":
            number = getattr(signal, name)
            loop.add_signal_handler(number, signalled.put_nowait, int(number))
    await server.start()
    await sandbox.start()
    token = "the token you gave" if sandbox.options.token else "any token"
    print(  # noqa: T201 -- the command's one line of output
        f"The sandbox listens on http://{server.host}:{server.port} and takes {token}; ctrl+c ends it.", flush=True
    )
    try:
        return await signalled.get()
    finally:
        await sandbox.aclose()
        await server.stop()
