"""Messages with more or less than the body: timestamps, ids, the URL, headers, a single field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from webhook_tui.domain.delivery.delivery import Delivery
from webhook_tui.domain.delivery.headers import HOP_BY_HOP, SIGNATURE_HEADER, Headers, first
from webhook_tui.domain.diagnostics.causes import Message, difference, variant
from webhook_tui.domain.diagnostics.serializers import COMPACT, SPACED
from webhook_tui.domain.payload.json_document import Document, Order

_MOST_TIMES = 6
_MOST_IDS = 4
_MOST_HEADERS = 24
_LONGEST_VALUE = 2048
_LARGEST_BLOCK = 65_536
_TIME_FIELDS = ("timestamp", "time", "ts", "created_at")
_TIME_NAME = re.compile(rb"time|date|(^|[-_])ts$", re.IGNORECASE)
_ID_NAME = re.compile(rb"(^|[-_])(id|nonce)$", re.IGNORECASE)
_UNIX = re.compile(rb"[0-9]{10}([0-9]{3})?(\.[0-9]+)?")
_SIGNED_TIME = re.compile(rb"(?:^|[,; ])t=([0-9]{10,13})")
_JOINED = (
    (b"%b%b", "timestamp and body"),
    (b"%b:%b", "timestamp:body"),
    (b"%b\n%b", "timestamp, newline, body"),
    (b"%b %b", "timestamp, blank, body"),
    (b"%b|%b", "timestamp|body"),
    (b"%b,%b", "timestamp,body"),
    (b"%b-%b", "timestamp-body"),
    (b"%b_%b", "timestamp_body"),
    (b"v0:%b:%b", "v0:timestamp:body"),
    (b"t=%b.%b", "t=timestamp.body"),
)


def enveloped(delivery: Delivery, document: Document | None) -> Iterator[Message]:
    """Yield the body with another part of the request around it, or such a part alone."""
    yield from _timed(delivery, document)
    yield from _addressed(delivery)
    yield from _headed(delivery)
    if document is not None:
        yield from _fields(document)


def _timed(delivery: Delivery, document: Document | None) -> Iterator[Message]:
    body = delivery.body
    ids = list(islice(_distinct(_ids(delivery.headers, document)), _MOST_IDS))
    for stamp in islice(_distinct(_times(delivery.headers, document)), _MOST_TIMES):
        yield variant(b"%b.%b" % (stamp, body), "timestamp", common=True)
        for pattern, what in _JOINED:
            yield variant(pattern % (stamp, body), "joined", what=what)
        for mark in (b".", b"", b":"):
            yield variant(body + mark + stamp, "joined", what="body and timestamp")
        for name in ids:
            yield variant(b"%b.%b.%b" % (name, stamp, body), "id-timestamp", common=True)
            yield variant(b"%b.%b.%b" % (stamp, name, body), "joined", what="timestamp.id.body")
    for known in ids:
        for mark in (b".", b"", b":"):
            yield variant(known + mark + body, "joined", what="id and body")
        yield variant(body + known, "joined", what="body and id")


def _times(headers: Headers, document: Document | None) -> Iterator[bytes]:
    for field in _TIME_FIELDS:
        if document is not None and isinstance(lexeme := document.member(field), str):
            yield from _spellings(document.scalar(lexeme))
    for name, value in headers[:_MOST_HEADERS]:
        if name.lower() == SIGNATURE_HEADER:
            yield from _SIGNED_TIME.findall(value)
        elif len(value) <= 64 and (_TIME_NAME.search(name) or _UNIX.fullmatch(value)):
            yield value


def _spellings(stamp: str) -> Iterator[bytes]:
    """Yield a time of the body as text, as whole seconds and as milliseconds."""
    if len(stamp) > 64:
        return
    yield stamp.encode("utf-8", "replace")
    whole, _, fraction = stamp.partition(".")
    if fraction and whole.isascii() and whole.isdigit() and fraction.isascii() and fraction.isdigit():
        yield whole.encode()
        yield (whole + fraction[:3].ljust(3, "0")).encode()


def _ids(headers: Headers, document: Document | None) -> Iterator[bytes]:
    for name, value in headers[:_MOST_HEADERS]:
        if 0 < len(value) <= 256 and _ID_NAME.search(name):
            yield value
    if document is not None and isinstance(lexeme := document.member("id"), str) and len(lexeme) <= 256:
        yield document.scalar(lexeme).encode("utf-8", "replace")


def _addressed(delivery: Delivery) -> Iterator[Message]:
    body = delivery.body
    method = delivery.method.encode("latin-1", "replace")
    for url in _urls(delivery):
        yield variant(url, "url")
        for mark in (b"", b".", b"\n", b"|", b":"):
            yield variant(url + mark + body, "url-body", what="URL and body")
        yield variant(body + url, "url-body", what="body and URL")
        for mark in (b"", b"\n", b" ", b"."):
            yield variant(method + mark + url + mark + body, "url-body", what="method, URL and body")
            yield variant(method + mark + url + mark, "url")
    yield variant(method + body, "joined", what="method and body")


def _urls(delivery: Delivery) -> Iterator[bytes]:
    target = delivery.target.encode("latin-1", "replace")
    path = target.partition(b"?")[0]
    yield from _distinct((target, path))
    hosts = (first(delivery.headers, name) for name in (b"host", b"x-forwarded-host"))
    for host in _distinct(host for host in hosts if host):
        for scheme in (b"https://", b"http://", b""):
            yield from _distinct((scheme + host + target, scheme + host + path))


def _headed(delivery: Delivery) -> Iterator[Message]:
    body, headers = delivery.body, delivery.headers
    relayed = [(name, value) for name, value in headers if name.lower() not in HOP_BY_HOP | {SIGNATURE_HEADER}]
    for name, value in relayed[:_MOST_HEADERS]:
        if not 0 < len(value) <= _LONGEST_VALUE:
            continue
        what = name.decode("latin-1")
        yield variant(value, "headers", what=what)
        for mark in (b"", b".", b":", b"\n"):
            yield variant(value + mark + body, "headers-body", what=what)
    lines = b"".join(b"%b: %b\r\n" % pair for pair in relayed)
    lower = b"".join(b"%b:%b\n" % (name.lower(), value.strip()) for name, value in relayed)
    for block in (lines, lower, b"".join(sorted(lower.splitlines(keepends=True)))):
        if len(block) <= _LARGEST_BLOCK:
            end = b"\r\n" if block is lines else b"\n"
            yield variant(block, "headers", what="all headers")
            for message in (block + body, block + end + body):
                yield variant(message, "headers-body", what="all headers")


def _fields(document: Document) -> Iterator[Message]:
    for name in ("data", "id", "name", "timestamp"):
        node = document.member(name)
        if node is None:
            continue
        found = (difference(f"only-{name}"),)
        if isinstance(node, str):
            text = document.scalar(node).encode("utf-8", "replace")
            yield Message(text, found)
            yield Message(text + b"\n", found)
            continue
        for layout in (COMPACT, SPACED):
            content = document.part(node).written(Order.AS_SENT, layout)
            if content is not None:
                yield Message(content, found)


def _distinct(values: Iterable[bytes]) -> Iterator[bytes]:
    yield from dict.fromkeys(values)
