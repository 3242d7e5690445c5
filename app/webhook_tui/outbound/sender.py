"""One hardened sender: whatever is sent goes to the one host that the configuration named, and nowhere else.

No redirect is followed, no proxy of the environment sees a byte, and neither a target nor a header of a stored
delivery can lead elsewhere: the origin is fixed, the target travels as a path, Host is ours.
"""

from __future__ import annotations

import asyncio
import ipaddress
import string
import time
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass
from urllib.parse import quote_from_bytes

import httpx

from webhook_tui.domain.headers import HOP_BY_HOP, Headers
from webhook_tui.outbound.failure import Failure, failure_of

LONGEST_REPLY = 16 * 1024 * 1024

_OURS = HOP_BY_HOP | {b"host", b"content-length", b"expect"}
_WITHOUT_BODY = frozenset({"GET", "HEAD", "DELETE", "OPTIONS", "TRACE"})
_VISIBLE_ASCII = string.ascii_letters + string.digits + string.punctuation


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer as it came: body bytes are not decoded, so they fit the headers."""

    status: int
    headers: Headers
    body: bytes
    seconds: float
    """From the first byte sent to the last byte received."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """How a body is sent that does not come at once."""

    count: int
    """How many parts; fewer when the body has fewer bytes."""
    pause_seconds: float
    """After each part but the last."""


class SendError(Exception):
    """There is no answer; `reason` is a clause that says why, `failure` the same for code."""

    def __init__(self, failure: Failure, reason: str) -> None:
        super().__init__(reason)
        self.failure = failure
        self.reason = reason


class OutboundSender:
    """Sends requests to one origin; connections are kept and used again."""

    def __init__(
        self,
        base_url: str,
        *,
        timeout_seconds: float,
        verify: bool = True,
        longest_reply: int = LONGEST_REPLY,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Raises ValueError unless `base_url` is an http or https URL with a host.

        A user and a password in it are sent as Basic authorization. `timeout_seconds`: for one exchange as a whole.
        `verify`: whether certificates are checked (an app under development may have its own). `longest_reply`: bytes.
        """
        base = _parsed(base_url)
        self._origin = base.copy_with(raw_path=b"/", fragment=None)
        self.base_target = base.raw_path.decode("ascii")
        """Path and query of the base URL, for a caller that sends there and nowhere else."""
        self._timeout_seconds = timeout_seconds
        self._longest_reply = longest_reply
        self._client = httpx.AsyncClient(
            transport=transport,
            # Loading the certificate store takes tens of milliseconds, and plain http has no use for it.
            verify=verify and base.scheme == "https",
            trust_env=False,
            follow_redirects=False,
            timeout=timeout_seconds,
        )

    async def send(
        self, method: str, target: str, headers: Headers, body: bytes, *, pieces: Pieces | None = None
    ) -> Reply:
        """Send one request and read its whole answer, whatever its status; raises SendError when there is none.

        `target`: path and query as received (latin-1), sent to the letter except for what HTTP cannot carry, which is
        percent-encoded. Header names keep their case; hop-by-hop ones, Host and Content-Length are replaced. `pieces`:
        the body trickles.
        """
        started = time.perf_counter()
        try:
            request = self._request(method, target, headers, body, pieces)
            async with asyncio.timeout(self._timeout_seconds):
                response = await self._client.send(request, stream=True)
                try:
                    received = await read_capped(response.aiter_raw(), self._longest_reply)
                finally:
                    await response.aclose()
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, UnicodeError) as error:
            # The client's words may quote what was sent, signatures and tokens included: ours name only the cause.
            raise self._error(failure_of(error)) from None
        if received is None:
            raise self._error(Failure.TOO_LARGE)
        return Reply(response.status_code, tuple(response.headers.raw), received, time.perf_counter() - started)

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
        given = [(name, value) for name, value in headers if name.lower() not in _OURS]
        # As an extension the target is sent to the letter; as part of a URL its dots and doubled slashes would go.
        stream = httpx.ByteStream(body) if pieces is None else _Trickle(body, pieces)
        return httpx.Request(method, self._origin, headers=[*own, *given], stream=stream, extensions=self._bounds(sent))

    def _bounds(self, target: bytes) -> dict[str, object]:
        return {"target": target, "timeout": httpx.Timeout(self._timeout_seconds).as_dict()}

    def _error(self, failure: Failure) -> SendError:
        if failure is Failure.TIMEOUT:
            return SendError(failure, f"there was no answer within {self._timeout_seconds:g} s")
        return SendError(failure, failure.value)


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
    """Whether what is sent to that URL stays on this machine: `localhost` and loopback addresses, no other name."""
    try:
        host = _parsed(base_url).host
    except ValueError:
        return False
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


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
