"""Parses requests incrementally, within limits; refuses what two parsers could interpret differently.

Does no I/O.
"""

from __future__ import annotations

import re
from time import perf_counter
from typing import NoReturn, TypeVar

import httptools
import msgspec

from webhook_tui.domain import units
from webhook_tui.domain.delivery.headers import Headers
from webhook_tui.domain.refusal import Refusal
from webhook_tui.http import errors
from webhook_tui.http.head import HeadLines
from webhook_tui.http.limits import Limits

T = TypeVar("T")

_MEGABYTE = 1_000_000
_UPGRADE = b"upgrade"
_CHUNKS_MAY_END = re.compile(rb"\r\n\r\n|\A(?:\n\r\n|\r?\n)")
"""Chunks and trailers end with an empty line, of which the beginning may have come with the data before.

The longest comes first: the end of `0\\r\\n\\r\\n` is missed otherwise where the data begins behind the `0`.
"""


class Request(msgspec.Struct, gc=False):
    """One request; the body is set once it is complete."""

    method: str
    target: bytes
    """As received."""
    path: bytes
    """The path of the target, nothing decoded."""
    query: bytes
    http_version: str
    """`1.0` or `1.1`."""
    headers: Headers
    content_length: int | None
    """Content-Length; None: the body is chunked."""
    keeps_alive: bool
    expects_continue: bool
    client: str
    """Address and port of the peer."""
    began: float
    """`perf_counter` at the end of the head."""
    body: bytes = b""


_ALPHANUMERIC = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_ORDINARY_HEADER = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+): ([!-~](?:[ -~]*[!-~])?)").fullmatch
_IN_TARGETS = _ALPHANUMERIC + b"-._~!$&'()*+,;=:@%/?"
_ORDINARY_VALUES = {
    b"content-length": re.compile(rb"[0-9]{1,9}"),
    b"connection": re.compile(rb"keep-alive|close", re.IGNORECASE),
    **dict.fromkeys((b"transfer-encoding", b"expect", b"upgrade", b"proxy-connection"), re.compile(rb"(?!)")),
}
"""Of the headers that say how to read a request; the last four are never ordinary."""


_LONGEST_KEPT = 80
"""Bytes of the longest line of a head that is kept: signatures are longer, and each is another one."""
_MOST_KEPT = 256


class _OrdinaryTargets(dict[bytes, tuple[bytes, bytes, bytes] | None]):
    """Target, path and query of the first line of a POST; None where anything in it is not ordinary.

    Nearly all first lines are that of the request before.
    """

    def __missing__(self, first: bytes) -> tuple[bytes, bytes, bytes] | None:
        """Read a line, and keep what was read where it may come again."""
        method, _, rest = first.partition(b" ")
        target, _, version = rest.partition(b" ")
        path, _, query = target.partition(b"?")
        is_ordinary = (
            method == b"POST"
            and version == b"HTTP/1.1"
            and path.startswith(b"/")
            and not path.startswith(b"//")
            and not target.translate(None, _IN_TARGETS)
        )
        found = (target, path, query) if is_ordinary else None
        return _keep(self, first, found)


_NOT_ORDINARY = b"", (b"", b"")


class _OrdinaryHeaders(dict[bytes, tuple[bytes, tuple[bytes, bytes]]]):
    """The name in lower case, and name and value as they are, of a line of a head; _NOT_ORDINARY where it is not.

    Nearly all lines are those of the request before: to read them again took a third of the time.
    """

    def __missing__(self, line: bytes) -> tuple[bytes, tuple[bytes, bytes]]:
        """Read a line, and keep what was read where it may come again."""
        matched = _ORDINARY_HEADER(line)
        found = _NOT_ORDINARY
        if matched is not None:
            name, value = matched.groups()
            lower = name.lower()
            if lower not in _ORDINARY_VALUES or _ORDINARY_VALUES[lower].fullmatch(value):
                found = lower, (name, value)
        return _keep(self, line, found)


def _keep(kept: dict[bytes, T], line: bytes, found: T) -> T:
    if len(line) <= _LONGEST_KEPT:
        if len(kept) >= _MOST_KEPT:  # strangers can send any number of lines
            kept.clear()
        kept[line] = found
    return found


_read_target = _OrdinaryTargets().__getitem__
_read_header = _OrdinaryHeaders().__getitem__


class RequestRefusedError(Exception):
    """The request is refused; nothing after it may be read."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.reason)
        self.refusal = refusal


class _StoppedError(Exception):
    """Raised inside a callback, so that httptools stops there; it hides the cause."""


class RequestParser:
    """The requests of one connection, one after the other."""

    request: Request | None = None
    """The request, once its head is complete."""
    is_complete = False
    """Whether its body is complete, too."""
    # What follows is set by `feed`: most connections carry ordinary requests only.
    _parser: httptools.HttpRequestParser | None = None
    _head: HeadLines | None = None
    _refusal: Refusal | None = None
    _target: bytes
    _headers: list[tuple[bytes, bytes]]
    _body: list[bytes]
    _body_size: int
    _body_left: int | None

    def __init__(self, limits: Limits, client: str = "") -> None:
        """`client`: address and port of the peer."""
        self._limits = limits
        self._client = client

    @property
    def has_begun(self) -> bool:
        """Whether a part of the current request was received."""
        return self._head is not None and self._head.size > 0

    def read_ordinary(self, data: bytes) -> Request | None:
        """Return the request that `data` is, or None where that is not one whole ordinary POST, or a part of it was
        received before.

        Nearly all deliveries come in one piece and have a head in which nothing is left to interpretation. Reading it
        takes half the time that httptools needs with its callbacks; everything else is for `feed`, which parses such a
        request the same way.
        """
        if self._head is not None and self._head.size:
            return None
        limits = self._limits
        head, end, body = data.partition(b"\r\n\r\n")
        if not end or len(head) + len(end) > limits.head_bytes:
            return None
        first, *lines = head.split(b"\r\n")
        target = _read_target(first)
        if target is None:
            return None
        named = dict(map(_read_header, lines))
        if len(named) != len(lines) or b"" in named:
            return None  # a name stands there twice, or a line is not ordinary
        if len(named) > limits.head_count or b"host" not in named or b"content-length" not in named:
            return None
        length = int(named[b"content-length"][1])
        if length != len(body) or length > limits.body_bytes:
            return None
        self.request = request = Request(
            method="POST",
            target=target[0],
            path=target[1],
            query=target[2],
            http_version="1.1",
            headers=tuple(named.values()),
            content_length=length,
            keeps_alive=b"connection" not in named or named[b"connection"][1].lower() == b"keep-alive",
            expects_continue=False,
            client=self._client,
            began=perf_counter(),
            body=body,
        )
        self.is_complete = True
        return request

    def feed(self, data: bytes, at: int) -> int:
        """Read `data` from `at` on, at most to the end of a head or to where a body may end; return how far.

        Raises RequestRefusedError.
        """
        if self.request is None:
            return self._feed_head(data, at)
        if self._body_left is None:
            found = _CHUNKS_MAY_END.search(data, at)
            end = found.end() if found else len(data)
        else:
            end = min(len(data), at + self._body_left)
            self._body_left -= end - at
        self._parse(memoryview(data)[at:end])
        return end

    def start_next(self) -> None:
        """Begin the next request."""
        self.request = None
        self.is_complete = False
        if self._head is not None:
            self._head.start()

    def require_short_body(self) -> None:
        """Raise RequestRefusedError when the declared length is over the limit."""
        assert self.request is not None
        declared = self.request.content_length
        if declared is not None and declared > self._limits.body_bytes:
            limit = _limit(self._limits.body_bytes)
            raise RequestRefusedError(errors.declared_too_large(units.size(declared), limit))

    def close(self) -> None:
        """Drop httptools' parser, which refers to this one, so that no cycle waits for the garbage collector."""
        self._parser = None

    def _feed_head(self, data: bytes, at: int) -> int:
        self._head = head = self._head or HeadLines(self._limits.head_bytes)
        lines, end = head.take(data, at)
        self._parse(lines)
        if self.request is None and head.size > self._limits.head_bytes:
            raise RequestRefusedError(errors.HEAD_TOO_LARGE)
        return end

    def _parse(self, data: bytes | memoryview) -> None:
        if self._parser is None:
            self._parser = httptools.HttpRequestParser(self)
        try:
            try:
                self._parser.feed_data(data)
            except httptools.HttpParserUpgrade:
                self._read_without_upgrade(self._parser)
        except httptools.HttpParserError:
            raise RequestRefusedError(self._refusal or errors.INVALID_HTTP) from None

    def _read_without_upgrade(self, offering: httptools.HttpRequestParser) -> None:
        """Read the head once more, without its offer of another protocol, which a server may ignore (RFC 9110, 7.8).

        The parser takes what follows such an offer for the other protocol; another one has not seen it.
        """
        sent = self._headers
        self._parser = httptools.HttpRequestParser(self)
        lines = [b"%s: %s\r\n" % header for header in sent if header[0].lower() != _UPGRADE]
        version = offering.get_http_version().encode()
        self._parser.feed_data(
            b"%s %s HTTP/%s\r\n%s\r\n" % (offering.get_method(), self._target, version, b"".join(lines))
        )
        if self.request is not None:
            self.request.headers = tuple(sent)

    # httptools' callbacks

    def on_message_begin(self) -> None:
        """Start a request."""
        self._target = b""
        self._headers = []

    def on_url(self, part: bytes) -> None:
        """Take a part of the target."""
        self._target += part
        if len(self._target) > self._limits.head_bytes:
            self._stop(errors.TARGET_TOO_LONG)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; trailers after a chunked body are none."""
        if self.request is None:
            self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Check the head and make the request."""
        parser = self._parser
        assert parser is not None
        method = parser.get_method()
        if method == b"CONNECT":
            self._stop(errors.CONNECT)
        if parser.should_upgrade():
            return  # read again without the offer
        if self._head is not None and self._head.size > self._limits.head_bytes:
            self._stop(errors.HEAD_TOO_LARGE)
        if len(self._headers) > self._limits.head_count:
            self._stop(errors.too_many_headers(self._limits.head_count))
        url = httptools.parse_url(self._target)
        if url.path is None:
            self._stop(errors.INVALID_HTTP)
        version = parser.get_http_version()
        length, expects_continue = self._check_framing(version)
        self._body = []
        self._body_size = 0
        self._body_left = length
        self.request = Request(
            method=method.decode("ascii"),
            target=self._target,
            path=url.path,
            query=url.query or b"",
            http_version=version,
            headers=tuple(self._headers),
            content_length=length,
            keeps_alive=version != "1.0" and parser.should_keep_alive(),
            expects_continue=expects_continue,
            client=self._client,
            began=perf_counter(),
        )

    def on_body(self, data: bytes) -> None:
        """Take a part of the body."""
        self._body_size += len(data)
        if self._body_size > self._limits.body_bytes:
            self._stop(errors.body_too_large(_limit(self._limits.body_bytes)))
        self._body.append(data)

    def on_message_complete(self) -> None:
        """Set the body."""
        if self.request is not None:  # else the head is read again
            body = self._body
            self.request.body = body[0] if len(body) == 1 else b"".join(body)
            self.is_complete = True

    def _check_framing(self, version: str) -> tuple[int | None, bool]:
        """Return the body's length and whether the client waits for a 100; refuse what an intermediary could interpret
        differently from httptools.
        """
        if version not in ("1.0", "1.1"):
            self._stop(errors.http_version(version))
        hosts, codings, length, expects_continue = 0, [], b"0", False
        for name, value in self._headers:
            match name.lower():
                case b"host":
                    hosts += 1
                case b"transfer-encoding":
                    codings.append(value.lower())
                case b"content-length":
                    length = value
                case b"expect":
                    expects_continue = value.lower() == b"100-continue"
        if hosts > 1 or (hosts == 0 and version == "1.1"):
            self._stop(errors.NO_HOST if hosts == 0 else errors.SEVERAL_HOSTS)
        if codings and (codings != [b"chunked"] or version == "1.0"):
            self._stop(errors.INVALID_TRANSFER_ENCODING)
        return None if codings else int(length), expects_continue

    def _stop(self, refusal: Refusal) -> NoReturn:
        self._refusal = refusal
        raise _StoppedError(refusal.reason)


def _limit(size: int) -> str:
    """Format a size, rounded down to whole megabytes: 10 MiB as `10 MB`, not `10.5 MB`."""
    return units.size(size - size % _MEGABYTE if size >= _MEGABYTE else size)
