"""A hardened sender: it sends requests to the configured host only.

No redirect is followed, no proxy of the environment sees a byte, and neither a target nor a header of a stored
delivery can lead elsewhere: the origin is fixed, the target travels as a path, Host is ours.

A response with a status is a Reply, also when its body is incomplete.
"""

from __future__ import annotations

import asyncio
import contextlib
import string
import time
from collections.abc import AsyncIterable, AsyncIterator
from urllib.parse import quote_from_bytes

import httpx
from msgspec import Struct

from webhook_tui.domain.delivery.headers import HOP_BY_HOP, Headers
from webhook_tui.domain.failure import Failure, SendError
from webhook_tui.domain.url import connect_host, is_loopback_host
from webhook_tui.http.failure import failure_of, is_too_large_a_head, refuses_as_http
from webhook_tui.http.tls import unverified_context, verifying_context
from webhook_tui.http.transport import DirectTransport, Exchange

LONGEST_REPLY = 16 * 1024 * 1024

_OURS = HOP_BY_HOP | {b"host", b"content-length", b"expect"}
_WITHOUT_BODY = frozenset({"GET", "HEAD", "DELETE", "OPTIONS", "TRACE"})
_TLS_PROBE_SECONDS = 1.0
_TLS_RECORDS = (b"\x15\x03", b"\x16\x03")
"""How an alert and a handshake begin (RFC 8446, 5.1)."""
_VISIBLE_ASCII = string.ascii_letters + string.digits + string.punctuation


class Reply(Struct, frozen=True):
    """The answer as received: the body is not decoded, so it matches the headers."""

    status: int
    headers: Headers
    body: bytes
    seconds: float
    """From the first byte sent to the last byte received."""
    cut: Failure | None = None
    """Why `body` is only the beginning; None: it is whole."""


class Pieces(Struct, frozen=True):
    """How a body is sent in parts."""

    count: int
    """How many parts; fewer when the body has fewer bytes."""
    pause_seconds: float
    """After each part but the last."""


class OutboundSender:
    """Sends requests to one origin; connections are kept and used again."""

    def __init__(
        self,
        base_url: str,
        *,
        timeout_seconds: float,
        verify: bool = True,
        longest_reply: int = LONGEST_REPLY,
        is_app: bool = False,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Raises ValueError unless `base_url` is an http or https URL with a host.

        A user and a password in it are sent as Basic authorization. `timeout_seconds`: for one exchange as a whole.
        `verify`: whether certificates are checked (an app under development may have its own). `longest_reply`: bytes.
        `is_app`: an app under development is there. A request is sent once more when a connection that was used before
        dies without an answer, since the app closed it while it was idle; and an app that closes an http connection
        without an answer is tried once with TLS.
        """
        base = _parsed(base_url)
        self._origin = base.copy_with(raw_path=b"/", fragment=None)
        self.base_target = base.raw_path.decode("ascii")
        """Path and query of the base URL, for a caller that sends there and nowhere else."""
        self._timeout_seconds = timeout_seconds
        self._longest_reply = longest_reply
        # Plain http has no use for certificates, which take a while to load.
        self._context = verifying_context() if verify and base.scheme == "https" else unverified_context()
        self._client = self._new_client(transport)
        self._is_app = is_app
        self._expects_tls: bool | None = None if is_app and base.scheme == "http" else False
        """None: not known yet."""

    def _new_client(self, transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=transport or DirectTransport(self._context),
            trust_env=False,
            follow_redirects=False,
            timeout=self._timeout_seconds,
        )

    async def send(
        self, method: str, target: str, headers: Headers, body: bytes, *, pieces: Pieces | None = None
    ) -> Reply:
        """Send one request and read its answer, whatever its status; raises SendError when there is none.

        `target`: path and query as received (latin-1), sent unchanged except for characters that HTTP cannot carry,
        which are percent-encoded. Header names keep their case; hop-by-hop ones, Host and Content-Length are replaced.
        `pieces`: the body is sent in parts.
        """
        exchange = Exchange.begin()
        try:
            request = self._request(method, target, headers, body, pieces)
            try:
                reply = await self._exchange(self._client, request)
            except _NO_ANSWER as error:
                was_idle = exchange.is_on_reused_connection and not exchange.received
                if not (self._is_app and was_idle) or failure_of(error) is not Failure.CUT:
                    raise
                exchange = Exchange.begin()
                async with self._new_client() as fresh:
                    reply = await self._exchange(fresh, self._request(method, target, headers, body, pieces))
        except _NO_ANSWER as error:
            # The client's words may quote what was sent, signatures and tokens included: ours name only the cause.
            raise self._error(await self._cause(error, exchange)) from None
        self._expects_tls = False
        return reply

    async def _exchange(self, client: httpx.AsyncClient, request: httpx.Request) -> Reply:
        started = time.perf_counter()
        deadline = asyncio.get_running_loop().time() + self._timeout_seconds
        async with asyncio.timeout_at(deadline):
            response = await client.send(request, stream=True)
        received = bytearray()
        cut: Failure | None = None
        try:
            async with asyncio.timeout_at(deadline), contextlib.aclosing(response):
                async for chunk in response.aiter_raw():
                    received += chunk
                    if len(received) > self._longest_reply:
                        cut = Failure.TOO_LARGE
                        break
        except _NO_ANSWER as error:
            cut = Failure.UNFINISHED if failure_of(error) is Failure.TIMEOUT else Failure.BROKEN_OFF
        body = bytes(received[: self._longest_reply])
        return Reply(response.status_code, tuple(response.headers.raw), body, time.perf_counter() - started, cut)

    async def _cause(self, error: BaseException, exchange: Exchange) -> Failure:
        failure = failure_of(error)
        if failure not in (Failure.CUT, Failure.TIMEOUT):
            return failure
        if exchange.received.startswith(_TLS_RECORDS):
            return Failure.EXPECTS_TLS
        if is_too_large_a_head(error):
            return Failure.HEAD_TOO_LARGE
        if exchange.received and (refuses_as_http(error) or not b"HTTP/".startswith(exchange.received[:5])):
            return Failure.NOT_HTTP
        if failure is Failure.CUT and not exchange.received and await self._server_expects_tls():
            return Failure.EXPECTS_TLS
        return failure

    async def _server_expects_tls(self) -> bool:
        if self._expects_tls is None:
            self._expects_tls = await _speaks_tls(connect_host(self._origin.host), self._origin.port or 80)
        return self._expects_tls

    async def aclose(self) -> None:
        """Close all connections; requests under way lose theirs."""
        await self._client.aclose()

    def _request(self, method: str, target: str, headers: Headers, body: bytes, pieces: Pieces | None) -> httpx.Request:
        if not target.startswith("/"):
            raise httpx.InvalidURL("a target is a path")
        sent = quote_from_bytes(target.encode("latin-1"), safe=_VISIBLE_ASCII).encode("ascii")
        own = [(b"Host", self._origin.netloc)]
        if body or method.upper() not in _WITHOUT_BODY:
            own.append((b"Content-Length", str(len(body)).encode("ascii")))
        given = [(name, value.strip(b" \t")) for name, value in headers if name.lower() not in _OURS]
        # As an extension the target is sent unchanged; as part of a URL its dot segments and doubled slashes would be
        # normalised.
        stream = httpx.ByteStream(body) if pieces is None else _Trickle(body, pieces)
        return httpx.Request(method, self._origin, headers=[*own, *given], stream=stream, extensions=self._bounds(sent))

    def _bounds(self, target: bytes) -> dict[str, object]:
        return {"target": target, "timeout": httpx.Timeout(self._timeout_seconds).as_dict()}

    def _error(self, failure: Failure) -> SendError:
        if failure is Failure.TIMEOUT:
            return SendError(failure, f"there was no answer within {self._timeout_seconds:g} s")
        return SendError(failure, failure.value)


_NO_ANSWER = (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError)
"""What httpx raises; it passes a TLS error while reading on as OSError."""


async def _speaks_tls(host: str, port: int) -> bool:
    try:
        async with asyncio.timeout(_TLS_PROBE_SECONDS):
            _, writer = await asyncio.open_connection(host, port, ssl=unverified_context())
    except OSError:
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True


class _Trickle(httpx.AsyncByteStream):
    """A body part by part."""

    def __init__(self, body: bytes, pieces: Pieces) -> None:
        self._body = body
        self._pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = max(1, -(-len(self._body) // self._pieces.count))
        for start in range(0, len(self._body), size):
            if start:
                await asyncio.sleep(self._pieces.pause_seconds)
            yield self._body[start : start + size]


def is_loopback(base_url: str) -> bool:
    """Whether what is sent to that URL stays on this machine."""
    try:
        return is_loopback_host(_parsed(base_url).host)
    except ValueError:
        return False


def is_base_url(text: str) -> bool:
    """Whether an OutboundSender can be made for that URL."""
    try:
        _parsed(text)
    except ValueError:
        return False
    return True


def _parsed(base_url: str) -> httpx.URL:
    try:
        base = httpx.URL(base_url)
    except (httpx.InvalidURL, ValueError) as error:
        raise ValueError("not a URL") from error
    if base.scheme not in ("http", "https") or not base.host:
        raise ValueError("not an http or https URL")
    if base.port is not None and not 0 < base.port < 65_536:
        raise ValueError("not a port")
    return base


async def read_capped(chunks: AsyncIterable[bytes], most: int) -> bytes | None:
    """All bytes of `chunks`, or None as soon as they are more than `most`."""
    received = bytearray()
    async for chunk in chunks:
        received += chunk
        if len(received) > most:
            return None
    return bytes(received)
