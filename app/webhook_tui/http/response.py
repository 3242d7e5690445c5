"""Answers as bytes, and the exchange through which an application answers one request."""

from __future__ import annotations

import asyncio
import http
import logging
import re
import time
from collections.abc import Callable
from typing import Any, Protocol

from msgspec import Struct

from webhook_tui.domain.answer_rules.answer import Answer
from webhook_tui.domain.delivery.headers import Headers
from webhook_tui.http.request import Request

_log = logging.getLogger(__name__)

PLAIN = ((b"content-type", b"text/plain; charset=utf-8"),)
FAILED = Answer(500, b"Internal Server Error", (*PLAIN, (b"connection", b"close")))

_WEEKDAYS = (b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun")
_MONTHS = (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec")
_BODILESS = (204, 304)
"""Statuses whose answers have neither a body nor its length (RFC 9110, 6.4.1)."""
_LONGEST_KEPT = 1024
"""Bytes of the longest body of an answer that is kept as it was sent."""
_NOT_IN_NAMES = re.compile(rb"[^!#$%&'*+\-.^_`|~0-9A-Za-z]")
_NOT_IN_VALUES = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


class AnswerRenderer:
    """Renders answers as bytes and keeps the last one: nearly all answers of a second are the same."""

    def __init__(self) -> None:
        self._last = FAILED
        self._last_key = (False, False, 0)
        self._rendered = (b"", False)

    def render(self, answer: Answer, keeps_alive: bool, with_body: bool) -> tuple[bytes, bool]:
        """Return the whole answer, and whether the connection is kept.

        Where it has a header that cannot be sent, return a 500, and log that once a second.
        """
        key = (keeps_alive, with_body, int(time.time()))
        if answer is self._last and key == self._last_key:
            return self._rendered
        rendered = _render_or_fail(answer, *key)
        if len(answer.body) <= _LONGEST_KEPT:
            self._last, self._last_key, self._rendered = answer, key, rendered
        return rendered


def render(answer: Answer, *, keeps_alive: bool, with_body: bool = True) -> tuple[bytes, bool]:
    """Return the whole answer as bytes, and whether the connection is kept.

    It is not where `keeps_alive` is false or a header says `close`. Raises ValueError for a header that is none.
    """
    return _render(answer, keeps_alive, with_body, int(time.time()))


def _render_or_fail(answer: Answer, keeps_alive: bool, with_body: bool, second: int) -> tuple[bytes, bool]:
    try:
        return _render(answer, keeps_alive, with_body, second)
    except ValueError:  # not named: the log holds nothing that was sent
        _log.error("An answer had a header that cannot be sent: 500 instead")
        return _render(FAILED, False, True, second)


def _render(answer: Answer, keeps_alive: bool, with_body: bool, second: int) -> tuple[bytes, bool]:
    has_body = answer.status not in _BODILESS
    length = len(answer.body) if has_body else None
    head, keeps_alive = _head(answer.status, answer.headers, length, keeps_alive, False, second=second)
    return (head + answer.body if has_body and with_body else head), keeps_alive


def render_head(
    status: int, headers: Headers, *, length: int | None, keeps_alive: bool, is_chunked: bool = False
) -> tuple[bytes, bool]:
    """Return the head of an answer, and whether the connection is kept after it."""
    return _head(status, headers, length, keeps_alive, is_chunked, second=int(time.time()))


def _head(
    status: int, headers: Headers, length: int | None, keeps_alive: bool, is_chunked: bool, *, second: int
) -> tuple[bytes, bool]:
    lines = [b"HTTP/1.1 %d %s" % (status, _phrase(status)), b"date: " + http_date(second)]
    for name, value in headers:
        if not name or _NOT_IN_NAMES.search(name) or _NOT_IN_VALUES.search(value):
            raise ValueError(f"no header: {name!r}")
        lower = name.lower()
        if lower == b"connection":
            keeps_alive = keeps_alive and b"close" not in (token.strip() for token in value.lower().split(b","))
        elif lower not in (b"content-length", b"transfer-encoding"):
            lines.append(name + b": " + value)
    if length is not None:
        lines.append(b"content-length: %d" % length)
    if is_chunked:
        lines.append(b"transfer-encoding: chunked")
    if not keeps_alive:
        lines.append(b"connection: close")
    return b"\r\n".join((*lines, b"", b"")), keeps_alive


def http_date(seconds: int) -> bytes:
    """Return the time, in seconds since the epoch, as in `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7).

    As `email.utils.formatdate`, which is slow to import: the receiver would listen later.
    """
    year, month, day, hour, minute, second, weekday, _, _ = time.gmtime(seconds)
    date = b"%s, %02d %s %04d" % (_WEEKDAYS[weekday], day, _MONTHS[month - 1], year)
    return date + b" %02d:%02d:%02d GMT" % (hour, minute, second)


def _phrase(status: int) -> bytes:
    try:
        return http.HTTPStatus(status).phrase.encode()
    except ValueError:
        return b""


class Connection(Protocol):
    """The part of a connection that an exchange uses."""

    def respond(self, answer: Answer) -> None:
        """Write a whole answer."""

    def start_stream(self, status: int, headers: Headers) -> None:
        """Write the head of an answer whose length is not known."""

    def write_stream(self, data: bytes) -> None:
        """Write a part of its body."""

    def end_stream(self) -> None:
        """End it."""

    def break_stream(self) -> None:
        """Close without an end, after what was written."""

    async def drain(self) -> None:
        """Wait until the client has read most of what was written."""

    def reset(self) -> None:
        """Break the connection: the client sees a reset, and gets no answer."""


class Exchange(Struct, eq=False):
    """One complete request, answered by `send`, by `start`, `write` and `end`, or by `reset`.

    Calls after the answer, or after the connection is lost, are ignored.
    """

    request: Request
    connection: Connection
    work: asyncio.Future[Any] | None = None
    """What makes the answer; it is cancelled when the server stops before it is done."""
    on_closed: Callable[[], None] | None = None
    """Called once when the client leaves or closes its sending side."""
    is_closed: bool = False
    """Whether the client has left or sends nothing more."""
    has_started: bool = False
    """Whether a part of the answer was written."""
    is_over: bool = False

    def send(self, answer: Answer) -> bool:
        """Answer; return False where the exchange is over."""
        if self.is_over:
            return False
        self.is_over = True
        self.connection.respond(answer)
        return True

    def start(self, status: int, headers: Headers) -> None:
        """Begin an answer whose length is not known."""
        if not self.is_over:
            self.has_started = True
            self.connection.start_stream(status, headers)

    async def write(self, data: bytes) -> None:
        """Write a part of the body, once the client has read most of the previous parts."""
        if not self.is_over:
            self.connection.write_stream(data)
            await self.connection.drain()

    def end(self) -> None:
        """End it."""
        if self._end():
            self.connection.end_stream()

    def reset(self) -> None:
        """Break the connection."""
        if self._end():
            self.connection.reset()

    def fail(self) -> None:
        """Answer 500, or break off the answer that was begun."""
        if self.has_started:
            if self._end():
                self.connection.break_stream()
        else:
            self.send(FAILED)

    def cancel(self) -> None:
        """Cancel the work and answer 500: the server has stopped."""
        if self.work is not None:
            self.work.cancel()
        self.fail()

    def close(self) -> None:
        """Call `on_closed`: the client has left or sends nothing more."""
        self.is_closed = True
        if self.on_closed is not None:
            on_closed, self.on_closed = self.on_closed, None
            on_closed()

    def _end(self) -> bool:
        """Whether it was not over before."""
        if self.is_over:
            return False
        self.is_over = True
        return True
