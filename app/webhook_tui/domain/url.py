"""URLs of web servers as people write them, and which of them stay on this machine."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

_SCHEME = re.compile(r"(https?)://", re.IGNORECASE)
_HOST = re.compile(r"[^\s:/?#@]+\.[^\s:/?#@]+(?::\d+)?(?:[/?#]\S*)?")
_PORTS = {"http": 80, "https": 443}
_AS_IN = "write it as in http://127.0.0.1:3000/webhook"
_UNSPECIFIED = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 -- names to replace


class UrlError(ValueError):
    """The text is not a URL of a web server; the message says why and what to write."""


def normalized_url(text: str) -> str:
    """The http or https URL that `text` means; raises UrlError.

    The scheme may be in any case. On this machine it may be left out: `localhost:3000` is `http://localhost:3000`.
    """
    text = text.strip()
    if not text:
        raise UrlError(f"the URL is empty; {_AS_IN}")
    if found := _SCHEME.match(text):
        url = f"{found[1].lower()}://{text[found.end() :]}"
        host = _host(url)
    else:
        url = f"http://{text}"
        host = None if "://" in text else _host(url)
        if host is not None and not is_loopback_host(host):
            if _HOST.fullmatch(text):
                raise UrlError(f"{text!r} has no scheme; write https://{text}")
            host = None
    if host is None:
        raise UrlError(f"{text!r} is not an http or https URL; {_AS_IN}")
    return url


def is_loopback_host(host: str) -> bool:
    """Whether it is this machine: `localhost` and names under it (RFC 6761), loopback addresses, `0.0.0.0` and `::`."""
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    address = mapped or address
    return address.is_loopback or address.is_unspecified


def connect_host(host: str) -> str:
    """Return the host to connect to for the host of a URL or a listener.

    Names under `localhost` are never looked up (RFC 6761); a listener on every interface is reached by loopback.
    """
    if host.lower().rstrip(".").endswith(".localhost"):
        return "localhost"
    return _UNSPECIFIED.get(host, host)


def connect_address(host: str, port: int) -> str:
    """Return `host:port` to connect to for a listener on `host`, as it stands in a URL."""
    reached = connect_host(host)
    return f"[{reached}]:{port}" if ":" in reached else f"{reached}:{port}"


def origin(url: str) -> tuple[str, int]:
    """Host in lower case and port of an http or https URL."""
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or _PORTS[parts.scheme]


def origin_form(target: str) -> str:
    """Path and query of a request target, which may be a whole URL or `*` (RFC 9112, 3.2)."""
    if target.startswith("/"):
        return target
    rest = target.partition("://")[2]
    start = re.search(r"[/?]", rest)
    return "/" if start is None else f"/{rest[start.start() :].removeprefix('/')}"


def _host(url: str) -> str | None:
    """None when the URL is not well-formed."""
    if not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    return None if port == 0 else parts.hostname
