"""What `webhook-tui sandbox` does: serves the embedded PiktID until a signal, and logs its requests."""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
import sys
from datetime import UTC, datetime

from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.scenario import Scenario
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.url import connect_address
from webhook_tui.http.asgi import Asgi, AsgiApplication, Message, Receive, Scope, Send
from webhook_tui.http.server import Server
from webhook_tui.http.sockets import bind
from webhook_tui.sandbox.asgi import application
from webhook_tui.sandbox.options import SandboxOptions
from webhook_tui.sandbox.sender import Attempt
from webhook_tui.sandbox.service import Sandbox
from webhook_tui.signals import ENDING


def serve_sandbox(
    *, host: str, port: int, token: Secret | None, play: Scenario | bool | None, speed: float, with_faults: bool
) -> int:
    """Serve until SIGINT, SIGTERM or SIGHUP; return the exit code, 128 and the number of the signal.

    Raises ProblemError when the port is not free.
    """
    server_socket = bind(host, port, exact=True)
    address = connect_address(host, server_socket.getsockname()[1])
    sandbox = Sandbox(
        SandboxOptions(
            token=token,
            play=play is True,
            scenario=play if isinstance(play, Scenario) else None,
            speed=speed,
            with_faults=with_faults,
            images_url=f"http://{address}/sandbox/images",
            # An id that an earlier run gave would be taken for a retry by a client that keeps a history.
            first_event_id=int(10 * datetime.now(UTC).timestamp()),
        ),
        now=lambda: datetime.now(UTC),
        random=random.random,
        attempted=_log_attempt,
    )
    served = AsgiApplication(_logged(application(sandbox)))
    return 128 + asyncio.run(_serve(sandbox, Server(served, server_socket, grace_seconds=0.5)))


def _logged(application: Asgi) -> Asgi:
    """Return the application with a log line for each request."""

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
    with contextlib.suppress(OSError):  # standard error is closed
        sys.stderr.write(f"{datetime.now().astimezone():%H:%M:%S} {visible(line)}\n")
        sys.stderr.flush()


async def _serve(sandbox: Sandbox, server: Server) -> int:
    loop = asyncio.get_running_loop()
    signalled: asyncio.Queue[int] = asyncio.Queue()
    for number in ENDING:
        if sys.platform == "win32":  # whose loops have no add_signal_handler
            signal.signal(number, lambda number, _: loop.call_soon_threadsafe(signalled.put_nowait, number))
        else:
            loop.add_signal_handler(number, signalled.put_nowait, int(number))
    await server.start()
    await sandbox.start()
    token = "the given token" if sandbox.options.token else "any token"
    sys.stdout.write(
        f"The sandbox listens on http://{server.host}:{server.port} and accepts {token}; ctrl+c ends it.\n"
    )
    sys.stdout.flush()
    try:
        return await signalled.get()
    finally:
        await sandbox.aclose()
        await server.stop()
