"""Downloads what a link of a payload leads to: https and public addresses only, bounded in size and time.

A name is resolved once and the connection goes to the address that was checked, so that a second answer of the name
server cannot lead elsewhere. Proxies of the environment are not used: behind one, an address cannot be checked.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable
from urllib.parse import urljoin, urlsplit

import httpcore
from msgspec import Struct

from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.images.image import LARGEST_BYTES
from webhook_tui.http.tls import verifying_context
from webhook_tui.images import errors

TIMEOUT_SECONDS = 10.0
"""For connecting, and for each wait for more of the answer."""
MOST_REDIRECTS = 3
_MOST_ADDRESSES = 4
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_TIMEOUTS = dict.fromkeys(("connect", "read", "write", "pool"), TIMEOUT_SECONDS)
_HEADERS = [("Accept", "image/*"), ("Accept-Encoding", "identity"), ("User-Agent", "webhook-tui")]


class Download(Struct, frozen=True):
    """What was downloaded."""

    content: bytes
    content_type: str
    """As the server says, sanitised; "" where it says nothing."""


def download(
    url: str,
    *,
    local_origin: str = "",
    on_progress: Callable[[int, int | None], None] = lambda _received, _total: None,
    resolve: Callable[[str, int], list[str]] | None = None,
) -> Download:
    """Return the content of a URL. `local_origin`: the one origin that needs neither https nor a public address.

    `on_progress` gets the bytes received so far and those to come in all, if known. Raises ProblemError: blocked, no
    answer, a status other than 200, a redirect to another host, more than 20 MB.
    """
    backend = _PublicBackend(urlsplit(local_origin).netloc, resolve or _addresses)
    with httpcore.ConnectionPool(ssl_context=verifying_context(), network_backend=backend) as pool:
        for _ in range(MOST_REDIRECTS + 1):
            _check_scheme(url, local_origin)
            try:
                found = _get(pool, url, on_progress)
            except httpcore.TimeoutException:
                raise ProblemError(errors.no_answer(urlsplit(url).hostname or "", TIMEOUT_SECONDS)) from None
            except (httpcore.NetworkError, httpcore.ProtocolError, OSError, ValueError) as error:
                raise _unreachable(url, error) from None
            if isinstance(found, Download):
                return found
            url = found
    raise ProblemError(errors.too_many_redirects(MOST_REDIRECTS))


def _get(pool: httpcore.ConnectionPool, url: str, on_progress: Callable[[int, int | None], None]) -> Download | str:
    """What a URL answers: its content, or the URL of the same host that it redirects to."""
    with pool.stream("GET", url, headers=_HEADERS, extensions={"timeout": _TIMEOUTS}) as response:
        headers = {name.lower(): value.decode("latin-1") for name, value in response.headers}
        if response.status in _REDIRECTS and b"location" in headers:
            return _redirected(url, urljoin(url, headers[b"location"]))
        if response.status != 200:
            raise ProblemError(errors.refused(response.status))
        length = headers.get(b"content-length", "")
        total = int(length) if length.isdecimal() and len(length) < 19 else None
        if total is not None and total > LARGEST_BYTES:
            raise ProblemError(errors.too_large(total))
        content = bytearray()
        for chunk in response.iter_stream():
            content += chunk
            if len(content) > LARGEST_BYTES:
                raise ProblemError(errors.too_large(None))
            on_progress(len(content), total)
        return Download(bytes(content), visible(headers.get(b"content-type", "").partition(";")[0])[:60])


class _PublicBackend(httpcore.SyncBackend):
    """Connects to public addresses, and to one local origin."""

    def __init__(self, local: str, resolve: Callable[[str, int], list[str]]) -> None:
        super().__init__()
        self._local = local
        self._resolve = resolve

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = [host] if f"{host}:{port}" == self._local else self._checked(host, port)
        for address in addresses[:-1]:
            try:
                return super().connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return super().connect_tcp(addresses[-1], port, timeout, local_address, socket_options)

    def _checked(self, host: str, port: int) -> list[str]:
        """The addresses of a host. Raises ProblemError if one of them is not public."""
        addresses = self._resolve(host, port)
        for address in addresses:
            if not is_public(address):
                raise ProblemError(errors.not_public(host, address))
        return addresses[:_MOST_ADDRESSES]


def _addresses(host: str, port: int) -> list[str]:
    """Resolve a name. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _check_scheme(url: str, local_origin: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (local_origin and f"{parts.scheme}://{parts.netloc}" == local_origin):
        raise ProblemError(errors.NOT_HTTPS)


def _redirected(url: str, target: str) -> str:
    here, there = urlsplit(url), urlsplit(target)
    if (here.scheme, here.netloc) != (there.scheme, there.netloc):
        raise ProblemError(errors.other_host(here.hostname or "", there.hostname or ""))
    return target


def _unreachable(url: str, error: Exception) -> ProblemError:
    host = urlsplit(url).hostname or ""
    is_unknown = isinstance(error, socket.gaierror)
    return ProblemError(errors.not_found(host) if is_unknown else errors.unreachable(host, error))


_TRANSLATED = (
    ipaddress.IPv6Network("64:ff9b::/96"),
    ipaddress.IPv6Network("64:ff9b:1::/48"),
)
"""Prefixes under which the last 32 bits are an IPv4 address (RFC 6052, RFC 8215)."""


def is_public(address: str) -> bool:
    """Return whether an address is one of the public internet, also of the IPv4 address inside an IPv6 one.

    False for private, loopback, link-local, site-local, shared, reserved, multicast and unspecified addresses (the
    registries of RFC 6890), and for what is not an address.
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        inner = _inner(parsed)
        if inner is not None:
            return inner.is_global and not inner.is_multicast
        if parsed.is_reserved or parsed.is_site_local:
            return False
    return parsed.is_global and not parsed.is_multicast


def _inner(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that a mapped, translated, 6to4 or Teredo address leads to."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if any(address in network for network in _TRANSLATED):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address.teredo is not None:
        return address.teredo[1]
    return address.sixtofour
