"""httpx's transport over a network backend that resolves local names itself and records what an exchange received."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any

import httpcore
import httpx
from msgspec import Struct

from webhook_tui.domain.url import connect_host

_LONGEST_PREFIX = 5
_LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=5.0)


class Exchange(Struct):
    """One request and its answer, as seen on the socket. `begin` makes it the calling task's."""

    has_connected: bool = False
    is_on_reused_connection: bool = False
    received: bytes = b""
    """The first bytes of the answer, decrypted."""

    @classmethod
    def begin(cls) -> Exchange:
        """Return a new exchange that records what this task sends and receives from now on."""
        exchange = cls()
        _CURRENT.set(exchange)
        return exchange


_CURRENT: ContextVar[Exchange | None] = ContextVar("exchange", default=None)


class DirectTransport(httpx.AsyncHTTPTransport):
    """Connects to the URL's own host, without a proxy."""

    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(verify=context, trust_env=False)
        # httpx offers no way to pass a backend on; its own pool has opened nothing yet.
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=_LIMITS.max_connections,
            max_keepalive_connections=_LIMITS.max_keepalive_connections,
            keepalive_expiry=_LIMITS.keepalive_expiry,
            network_backend=_Backend(),
        )


class _Backend(httpcore.AsyncNetworkBackend):
    def __init__(self) -> None:
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        if (exchange := _CURRENT.get()) is not None:
            exchange.has_connected = True
        return _Stream(await self._inner.connect_tcp(connect_host(host), port, timeout, local_address, socket_options))


class _Stream(httpcore.AsyncNetworkStream):
    def __init__(self, inner: httpcore.AsyncNetworkStream) -> None:
        self._inner = inner

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = await self._inner.read(max_bytes, timeout)
        exchange = _CURRENT.get()
        if exchange is not None and len(exchange.received) < _LONGEST_PREFIX:
            exchange.received += data[:_LONGEST_PREFIX]
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if (exchange := _CURRENT.get()) is not None:
            exchange.is_on_reused_connection = not exchange.has_connected
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        return _Stream(await self._inner.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
