"""Where an exported request goes, and what of a delivery travels there: one rule for every kind of snippet."""

from __future__ import annotations

import re
import string
from urllib.parse import quote_from_bytes, urldefrag, urlsplit

from msgspec import Struct

from webhook_tui.domain.delivery.delivery import Delivery
from webhook_tui.domain.delivery.headers import HOP_BY_HOP, Headers

_PLAIN = re.compile(r"/(?!/)(?:[A-Za-z0-9._~/=&?-]|%[0-9A-F]{2})*")
_DOTS = re.compile(r"(?:^|/)\.{1,2}(?:/|\?|$)")
_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VISIBLE_ASCII = string.ascii_letters + string.digits + string.punctuation
_OURS = HOP_BY_HOP | {b"host", b"content-length", b"expect"}


class Destination(Struct, frozen=True):
    """The server that snippets name. A base URL with a path of its own is used unchanged."""

    base_url: str = "http://127.0.0.1:9876"

    def address(self, delivery: Delivery) -> Address:
        """Where to send `delivery`; its target never chooses the host."""
        given = urldefrag(self.base_url).url
        if urlsplit(given).path not in ("", "/") or urlsplit(given).query:
            return Address(given)
        base = given.rstrip("/")
        if _PLAIN.fullmatch(delivery.target) and delivery.target.count("?") < 2 and not _DOTS.search(delivery.target):
            return Address(base + delivery.target)
        return Address(base + "/", quote_from_bytes(delivery.target.encode("latin-1"), safe=_VISIBLE_ASCII))


class Address(Struct, frozen=True):
    """A URL, and the request target to send there when clients would not send the URL's own one unchanged."""

    url: str
    target: str | None = None


def sent_headers(delivery: Delivery) -> Headers:
    """The headers that travel: as sent, without those of one connection and those that HTTP cannot carry."""
    return tuple((name, value) for name, value in carried(delivery.headers) if name.lower() not in _OURS)


def carried(headers: Headers) -> Headers:
    """The headers without those whose bytes would end a line or a name."""
    return tuple(
        (name, value)
        for name, value in headers
        if _TOKEN.fullmatch(name) and not any(byte in value for byte in b"\r\n\0")
    )
