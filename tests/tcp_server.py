"""A free port of 127.0.0.1, and a server of raw bytes on one, gone with its connections at the end of the block."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import TypeAlias

Serve: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.contextmanager
def free_port() -> Iterator[int]:
    """Yield a port that nothing gets in the block unless it asks for that one with SO_REUSEADDR, as servers do."""
    with socket.socket() as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(("127.0.0.1", 0))
        port = int(bound.getsockname()[1])
        if sys.platform != "linux":  # elsewhere one address cannot be bound twice
            bound.close()
        yield port


@contextlib.asynccontextmanager
async def tcp_server(serve: Serve, *, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Yield the port. `serve` has each connection, which stays open when it returns, but not when the client is gone.

    At the end connections are cut: from Python 3.12 on a closed server waits for them, however long clients keep them.
    """
    open_ones: dict[asyncio.StreamWriter, asyncio.Task[None] | None] = {}

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_ones[writer] = asyncio.current_task()
        try:
            await serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(served, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer, task in open_ones.items():
            writer.transport.abort()
            if task is not None:
                task.cancel()
        await asyncio.gather(*filter(None, open_ones.values()), return_exceptions=True)
        await server.wait_closed()
