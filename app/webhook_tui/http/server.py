"""A server on the running event loop: it accepts connections from `start` until `stop` returns."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

from msgspec.structs import replace

from webhook_tui.domain.refusal import Refusal
from webhook_tui.http.limits import Limits, connections_within
from webhook_tui.http.protocol import Application, Connections, HttpProtocol
from webhook_tui.http.sockets import BACKLOG

_TURNS_TO_CONNECT = 4
"""Iterations of the loop until an accepted socket is a connection: asyncio creates a task, then a transport."""
_CANCEL_SECONDS = 0.5
"""How long a request that was cancelled may take to end."""


class Server:
    """Serves one application on one bound socket, which it closes when it stops."""

    def __init__(
        self,
        application: Application,
        bound: socket.socket,
        *,
        limits: Limits | None = None,
        grace_seconds: float = 1.0,
        refused: Callable[[Refusal], None] = lambda _refusal: None,
    ) -> None:
        """`limits`: what one client may take. `grace_seconds`: how long requests may still run after `stop`.

        `refused`: called with each request that is refused before the application gets it.
        """
        limits = limits or Limits()
        limits = replace(limits, connections=connections_within(limits.connections))
        self._connections = Connections(application, limits, refused)
        self._socket = bound
        self._grace_seconds = grace_seconds
        self._server: asyncio.Server | None = None

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
        loop = asyncio.get_running_loop()  # to ask in each connection would take a system call
        self._server = await loop.create_server(
            lambda: HttpProtocol(self._connections, loop), sock=self._socket, backlog=BACKLOG
        )

    async def stop(self) -> None:
        """Stop accepting, let requests under way end within the grace, then close; does nothing when not started."""
        if self._server is not None:
            self._server.close()
            self._server = None
            for _ in range(_TURNS_TO_CONNECT):
                await asyncio.sleep(0)
            await self._end(self._connections)
        self._socket.close()

    async def _end(self, connections: Connections) -> None:
        connections.is_stopping = True
        for connection in tuple(connections.open):
            connection.shut_down()
        if not await connections.ended(self._grace_seconds):
            works = [exchange.work for exchange in connections.exchanges if exchange.work is not None]
            for exchange in connections.exchanges:
                exchange.cancel()
            if works:
                await asyncio.wait(works, timeout=_CANCEL_SECONDS)
            await connections.ended(_CANCEL_SECONDS)
            for connection in tuple(connections.open):
                connection.abort()
        connections.deadlines.close()
