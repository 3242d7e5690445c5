"""uvicorn's life cycle inside our own loop: it accepts when `start` returns and is gone when `stop` returns."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn

from webhook_tui.serving.asgi import Asgi
from webhook_tui.serving.limits import Limits
from webhook_tui.serving.protocol import with_limits


class Server:
    """Serves one ASGI function on one bound socket, which it closes when it stops."""

    def __init__(
        self, app: Asgi, bound: socket.socket, *, limits: Limits | None = None, grace_seconds: float = 1.0
    ) -> None:
        """`limits`: what one client may take. `grace_seconds`: how long requests may still run after `stop`."""
        limits = limits or Limits()
        self._socket = bound
        self._grace_seconds = grace_seconds
        self._uvicorn = _Uvicorn(
            uvicorn.Config(
                app,
                http=with_limits(limits),
                ws="none",
                lifespan="off",
                interface="asgi3",
                loop="none",
                log_config=None,
                access_log=False,
                server_header=False,
                date_header=True,
                proxy_headers=False,
                log_level="critical",
                timeout_keep_alive=limits.idle_seconds,
                timeout_graceful_shutdown=max(1, round(grace_seconds)),
            )
        )
        self._serving: asyncio.Task[None] | None = None

    @property
    def host(self) -> str:
        """The address that it listens on."""
        return str(self._socket.getsockname()[0])

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._socket.getsockname()[1])

    async def start(self) -> None:
        """Accept connections; raises OSError when the socket cannot listen."""
        self._uvicorn.listening = asyncio.Event()
        self._serving = asyncio.create_task(self._uvicorn.serve(sockets=[self._socket]), name="server")
        listening = asyncio.create_task(self._uvicorn.listening.wait())
        await asyncio.wait({self._serving, listening}, return_when=asyncio.FIRST_COMPLETED)
        listening.cancel()
        if self._serving.done():
            await self._serving
            raise OSError("the server ended before it listened")

    async def stop(self) -> None:
        """Stop accepting, let requests under way end within the grace, then close; does nothing when not started."""
        if self._serving is None:
            self._socket.close()
            return
        self._uvicorn.should_exit = True
        _, late = await asyncio.wait({self._serving}, timeout=self._grace_seconds + 0.5)
        if late:
            self._uvicorn.force_exit = True
            self._serving.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._serving
        self._serving = None
        self._socket.close()


class _Uvicorn(uvicorn.Server):
    """Tells when it listens, and leaves the process's signals alone."""

    listening: asyncio.Event

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
