"""Messages that hold more or less than the body: time stamps, ids, the URL, headers, a single field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from webhook_tui.domain.delivery.delivery import Delivery
from webhook_tui.domain.delivery.headers import HOP_BY_HOP, SIGNATURE_HEADER, Headers, first
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.diagnostics.causes import LONGEST_PHRASE, Difference, fitting
from webhook_tui.domain.diagnostics.document import Document, Layout, Order
from webhook_tui.domain.diagnostics.message import Message

_MOST_TIMES = 6
_MOST_IDS = 4
_MOST_HEADERS = 24
_LONGEST_VALUE = 2048
_LONGEST_NAME = 24
_LARGEST_BLOCK = 65_536
_TIME_FIELDS = ("timestamp", "time", "ts", "created_at")
_TIME_NAME = re.compile(rb"time|date|(^|[-_])ts$", re.IGNORECASE)
_ID_NAME = re.compile(rb"(^|[-_])(id|nonce)$", re.IGNORECASE)
_UNIX = re.compile(rb"[0-9]{10}([0-9]{3})?(\.[0-9]+)?")
_SIGNED_TIME = re.compile(rb"(?:^|[,; ])t=([0-9]{10,13})")

SIGN_BODY_ALONE = "PiktID signs the body alone."


def enveloped(delivery: Delivery, document: Document | None) -> Iterator[Message]:
    """The body with something around it, or something else of the request alone."""
    yield from _timed(delivery, document)
    yield from _addressed(delivery)
    yield from _headed(delivery)
    if document is not None:
        yield from _fields(document)


def _timed(delivery: Delivery, document: Document | None) -> Iterator[Message]:
    body = delivery.body
    ids = list(islice(_distinct(_ids(delivery.headers, document)), _MOST_IDS))
    for stamp in islice(_distinct(_times(delivery.headers, document)), _MOST_TIMES):
        yield Message(b"%b.%b" % (stamp, body), (_TIMESTAMP,), common=True)
        yield Message(b"%b%b" % (stamp, body), (_joined("timestamp and body", "timestamp and body"),))
        for mark, spoken in ((b":", "colon"), (b"\n", "newline"), (b" ", "blank"), (b"|", "bar")):
            difference = _joined(f"timestamp, {spoken} and body", f"timestamp, {spoken}, body")
            yield Message(stamp + mark + body, (difference,))
        yield Message(b"%b.%b" % (body, stamp), (_joined("body.timestamp", "body.timestamp"),))
        yield Message(b"%b%b" % (body, stamp), (_joined("body and timestamp", "body and timestamp"),))
        yield Message(b"v0:%b:%b" % (stamp, body), (_joined("v0:timestamp:body", "v0:timestamp:body"),))
        for name in ids:
            yield Message(b"%b.%b.%b" % (name, stamp, body), (_ID_TIMESTAMP,), common=True)
    for known in ids:
        yield Message(b"%b.%b" % (known, body), (_joined("id.body", "id.body"),))
        yield Message(known + body, (_joined("id and body", "id and body"),))


def _joined(what: str, phrase: str) -> Difference:
    code = "-".join(re.findall(r"[a-z0-9]+", what.replace(" and ", " ")))
    return fitting(
        code,
        f"over {what}",
        phrase,
        only=f"over {phrase}",
        why=f"What was signed is {what}, not the body alone.",
        change=SIGN_BODY_ALONE,
    )


_TIMESTAMP = fitting(
    "timestamp",
    "over timestamp.body",
    "timestamp.body",
    only="over timestamp.body",
    why="A time stamp and a full stop were signed in front of the body, as Stripe and others do.",
    change=SIGN_BODY_ALONE,
)
_ID_TIMESTAMP = fitting(
    "id-timestamp",
    "over id.timestamp.body",
    "id.timestamp.body",
    only="over id.timestamp.body",
    why="An id and a time stamp were signed in front of the body, as Standard Webhooks says.",
    change=SIGN_BODY_ALONE,
)


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
    """A time of the body as text, and as whole seconds and milliseconds."""
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
    for url in _urls(delivery):
        yield Message(url, (_address("the URL", "the URL alone"),))
        yield Message(url + body, (_address("the URL and the body", "the URL and the body"),))
        for mark in (b".", b"\n", b"|"):
            yield Message(url + mark + body, (_address("the URL, a mark and the body", "URL, mark and body"),))
        yield Message(body + url, (_address("the body and the URL", "the body and the URL"),))
        method = delivery.method.encode("latin-1", "replace")
        for mark in (b"", b"\n", b" "):
            difference = _address("the method, the URL and the body", "method, URL and body")
            yield Message(method + mark + url + mark + body, (difference,))


def _address(what: str, phrase: str) -> Difference:
    return fitting(
        "url-body" if "body" in what else "url",
        f"over {what}",
        phrase,
        only=f"over {phrase}",
        why=f"What was signed is {what}, as this request has them." if "body" in what else "Only the URL was signed.",
        change=SIGN_BODY_ALONE,
    )


def _urls(delivery: Delivery) -> Iterator[bytes]:
    target = delivery.target.encode("latin-1", "replace")
    path = target.partition(b"?")[0]
    yield from _distinct((target, path))
    hosts = (first(delivery.headers, name) for name in (b"host", b"x-forwarded-host"))
    for host in _distinct(host for host in hosts if host):
        for scheme in (b"https://", b"http://"):
            yield from _distinct((scheme + host + target, scheme + host + path))


def _headed(delivery: Delivery) -> Iterator[Message]:
    body, headers = delivery.body, delivery.headers
    told = [(name, value) for name, value in headers if name.lower() not in HOP_BY_HOP | {SIGNATURE_HEADER}]
    for name, value in told[:_MOST_HEADERS]:
        if not 0 < len(value) <= _LONGEST_VALUE:
            continue
        shown = _short_name(name)
        alone = _heading("headers", f"the header {shown}", f"Only the value of the header {shown} was signed.")
        yield Message(value, (alone,))
        both = _heading(
            "headers-body", f"{shown} and the body", f"The value of the header {shown} was signed in front of the body."
        )
        for mark in (b"", b".", b":", b"\n"):
            yield Message(value + mark + body, (both,))
    lines = b"".join(b"%b: %b\r\n" % pair for pair in told)
    lower = b"".join(b"%b:%b\n" % (name.lower(), value.strip()) for name, value in told)
    for block in (lines, lower, b"".join(sorted(lower.splitlines(keepends=True)))):
        if len(block) <= _LARGEST_BLOCK:
            end = b"\r\n" if block is lines else b"\n"
            yield Message(block, (_ALL_HEADERS,))
            for message in (block + body, block + end + body):
                yield Message(message, (_ALL_HEADERS_AND_BODY,))


def _cut(phrase: str) -> str:
    return phrase if len(phrase) <= LONGEST_PHRASE else f"{phrase[: LONGEST_PHRASE - 1]}…"


def _heading(code: str, what: str, why: str) -> Difference:
    return fitting(code, f"over {what}", _cut(f"over {what}"), why=why, change=SIGN_BODY_ALONE)


_ALL_HEADERS = _heading("headers", "all headers", "Only the headers were signed, line by line.")
_ALL_HEADERS_AND_BODY = _heading("headers-body", "all headers and the body", "The headers were signed, too.")


def _short_name(name: bytes) -> str:
    shown = visible(name)
    return shown if len(shown) <= _LONGEST_NAME else f"{shown[: _LONGEST_NAME - 1]}…"


_COMPACT, _SPACED = Layout(), Layout(", ", ": ")


def _fields(document: Document) -> Iterator[Message]:
    for name in ("data", "id", "name"):
        node = document.member(name)
        if node is None:
            continue
        difference = fitting(
            f"only-{name}",
            f"the field {name} alone",
            f"the field {name} alone",
            why=f"Only the value of {name} was signed; PiktID signs the whole body.",
            change="Sign all of the body, not a part of it.",
        )
        if isinstance(node, str):
            yield Message(document.scalar(node).encode("utf-8", "replace"), (difference,))
            continue
        part = document.part(node)
        for layout in (_COMPACT, _SPACED):
            content = part.written(Order.AS_SENT, layout, None, None)
            if content is not None:
                yield Message(content, (difference,))


def _distinct(values: Iterator[bytes] | Sequence[bytes]) -> Iterator[bytes]:
    yield from dict.fromkeys(values)
