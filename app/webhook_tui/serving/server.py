"""uvicorn's life cycle inside our own loop: it accepts when `start` returns and is gone when `stop` returns."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import uvicorn

from webhook_tui.domain.refusal import Refusal
from webhook_tui.serving.asgi import Asgi
from webhook_tui.serving.descriptors import connections_within
from webhook_tui.serving.limits import Limits
from webhook_tui.serving.protocol import protocol_with

_DATE_SECONDS = 1.0
"""How often the Date header of the answers is made anew."""
_TURNS_TO_CONNECT = 4
"""Turns of the loop in which what was accepted becomes a connection: asyncio makes a task, a transport, then tells."""
_CANCEL_SECONDS = 0.5
"""How long a request that was cancelled may take to end."""


class Server:
    """Serves one ASGI function on one bound socket, which it closes when it stops."""

    def __init__(
        self,
        app: Asgi,
        bound: socket.socket,
        *,
        limits: Limits | None = None,
        grace_seconds: float = 1.0,
        refused: Callable[[Refusal], None] = lambda _refusal: None,
    ) -> None:
        """`limits`: what one client may take. `grace_seconds`: how long requests may still run after `stop`.

        `refused`: told of each request that the application never saw whole.
        """
        limits = limits or Limits()
        limits = replace(limits, connections=connections_within(limits.connections))
        self._socket = bound
        self._uvicorn = _Uvicorn(
            uvicorn.Config(
                app,
                http=protocol_with(limits, refused),
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
            ),
            grace_seconds=grace_seconds,
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
        self._uvicorn.leave()
        await self._serving
        self._serving = None
        self._socket.close()


class _UnderWay(set[Any]):
    """Connections or requests, and an event for the moment when there are none."""

    def __init__(self) -> None:
        super().__init__()
        self.none_left = asyncio.Event()
        self.none_left.set()

    def add(self, element: Any, /) -> None:
        super().add(element)
        self.none_left.clear()

    def discard(self, element: Any, /) -> None:
        super().discard(element)
        if not self:
            self.none_left.set()


class _Uvicorn(uvicorn.Server):
    """Tells when it listens, ends the moment that nothing is under way, and leaves the process's signals alone.

    uvicorn itself looks ten times a second whether it is to end, and sleeps for a tenth between the steps of its end.
    """

    def __init__(self, config: uvicorn.Config, *, grace_seconds: float) -> None:
        super().__init__(config)
        self._grace_seconds = grace_seconds
        self._connections = self.server_state.connections = _UnderWay()
        self._requests = self.server_state.tasks = _UnderWay()
        self._leaving = asyncio.Event()
        self.listening = asyncio.Event()

    def leave(self) -> None:
        """Begin to end."""
        self.should_exit = True
        self._leaving.set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    async def main_loop(self) -> None:
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_DATE_SECONDS):
                    await self._leaving.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002 -- uvicorn's; closed with their servers
        for server in self.servers:
            server.close()
        for _ in range(_TURNS_TO_CONNECT):
            await asyncio.sleep(0)
        for connection in list(self._connections):
            connection.shutdown()
        if not await self._ended_within(self._grace_seconds):
            for request in list(self._requests):
                request.cancel()
            await self._ended_within(_CANCEL_SECONDS)
            for connection in list(self._connections):
                connection.transport.abort()

    async def _ended_within(self, seconds: float) -> bool:
        """Whether everything that was under way has ended."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._connections.none_left.wait()
                await self._requests.none_left.wait()
                return True
        return False

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
