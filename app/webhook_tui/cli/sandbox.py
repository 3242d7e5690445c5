"""`webhook-tui sandbox`: the embedded PiktID alone, served to any client until a signal; requests are logged."""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
import sys
from datetime import UTC, datetime

from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.scenario.scenario import Scenario
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.http.asgi import Asgi, AsgiApplication, Message, Receive, Scope, Send
from webhook_tui.http.server import Server
from webhook_tui.http.sockets import bind
from webhook_tui.sandbox.asgi import application
from webhook_tui.sandbox.options import SandboxOptions
from webhook_tui.sandbox.sender import Attempt
from webhook_tui.sandbox.service import Sandbox


def serve_sandbox(
    *, host: str, port: int, token: Secret | None, play: Scenario | bool | None, speed: float, misbehave: bool
) -> int:
    """Serve until SIGINT, SIGTERM or SIGHUP; the exit code is 128 and the signal's number.

    Raises ProblemError when the port cannot be had.
    """
    server_socket = bind(host, port, exact=True)
    sandbox = Sandbox(
        SandboxOptions(
            token=token,
            play=play is True,
            scenario=play if isinstance(play, Scenario) else None,
            speed=speed,
            misbehave=misbehave,
        ),
        now=lambda: datetime.now(UTC),
        random=random.random,
        attempted=_log_attempt,
    )
    served = AsgiApplication(_logged(application(sandbox)))
    return 128 + asyncio.run(_serve(sandbox, Server(served, server_socket, grace_seconds=0.5)))


def _logged(application: Asgi) -> Asgi:
    """The same application; each request is one line when its answer begins."""

    async def log(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_logged(message: Message) -> None:
            if message["type"] == "http.response.start":
                _log(f"{scope['method']} {scope['path']} {message['status']}")
            await send(message)

        await application(scope, receive, send_logged)

    return log


def _log_attempt(attempt: Attempt) -> None:
    outcome = attempt.status if attempt.status is not None else f"no answer: {attempt.reason}"
    _log(f"-> {attempt.url} {attempt.name} {attempt.event_id}, attempt {attempt.number}: {outcome}")


def _log(line: str) -> None:
    with contextlib.suppress(OSError):  # nobody reads it any more
        print(f"{datetime.now().astimezone():%H:%M:%S} {visible(line)}", file=sys.stderr, flush=True)  # noqa: T201 -- a log


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
