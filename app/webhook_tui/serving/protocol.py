"""uvicorn's httptools protocol with what it lacks: caps and deadlines for the head, one Host, header names as sent.

Whatever it refuses is answered 400, 408, 431 or 503 and the connection is closed, so that no byte after it is read as
another request (RFC 9112, 11.2). A client that still sends when it is answered has some time to read the answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import http
import os
import re
import socket
import struct
from collections.abc import Callable
from operator import itemgetter
from typing import Any

import httptools
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from webhook_tui.domain.refusal import Refusal
from webhook_tui.serving.closing import Closing, Outlet
from webhook_tui.serving.head import HeadLines
from webhook_tui.serving.limits import Limits

EXTENSION = "webhook_tui"
"""Key in an ASGI scope's `extensions`: what was sent, under the two keys below."""
RAW_HEADERS = "raw_headers"
"""List of (name, value), names not re-cased."""
TARGET = "target"
"""The request target, bytes."""
RESET = "reset"
"""A function that resets the connection: the client sees that it broke, and gets no answer."""

_UPGRADE = b"upgrade"
_CHUNKS_MAY_END = re.compile(rb"\A(?:\n\r\n|\r?\n)|\r\n\r\n")
"""Chunks and trailers end with an empty line, of which the beginning may have come with the data before."""

_CUT_SHORT = Refusal(400, "the body did not come whole")


class _RefusedError(Exception):
    """Raised inside a parser callback, so that the parser stops there."""


class HardenedProtocol(HttpToolsProtocol):
    """One connection. Subclassed with its limits by `protocol_with`."""

    limits = Limits()

    @staticmethod
    def refused(refusal: Refusal) -> None:
        """Told of each request that is refused here."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._head_timer: asyncio.TimerHandle | None = None
        self._in_head = True
        self._head = HeadLines(self.limits.head_bytes)
        self._body_left: int | None = None
        """Bytes of the body that are still to come; None: it comes in chunks."""
        self._refusal: Refusal | None = None
        """Why the parser was stopped."""
        self._has_refused = False
        self._is_half_closed = False
        """The client sends nothing more, and waits for its answer."""
        self._idle_since = self.loop.time()
        self._raw_headers: list[tuple[bytes, bytes]] = []
        self._closing: Closing
        self._outlet: Outlet

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn narrows it
        super().connection_made(transport)
        self._closing = Closing(self.loop, transport, self.limits)
        self._outlet = Outlet(transport, self._closing, self._close)
        if len(self.connections) > self.limits.connections and not self._close_longest_idle():
            self._write_refusal(Refusal(503, f"too many connections: {self.limits.connections}"))
            self._closing.close()  # at once: those who linger count, and there are too many
            return
        self._start_head_timer()

    @property
    def idle_since(self) -> float | None:
        """Since when it waits for a request of which nothing has come; None: it is at work, or closing."""
        is_idle = self._in_head and not self._head.size and not self._is_asked and not self._closing.has_begun
        return self._idle_since if is_idle else None

    def make_room(self) -> None:
        """Close an idle connection."""
        self._closing.close()

    @property
    def _is_asked(self) -> bool:
        """Whether an answer is owed."""
        cycle: RequestResponseCycle | None = self.cycle
        return bool(self.pipeline) or (cycle is not None and not cycle.response_complete)

    def _close_longest_idle(self) -> bool:
        """Make room for this connection; False: all others are at work."""
        idle = [
            (other.idle_since, other)
            for other in self.connections
            if isinstance(other, HardenedProtocol) and other is not self and other.idle_since is not None
        ]
        if idle:
            min(idle, key=itemgetter(0))[1].make_room()
        return bool(idle)

    def eof_received(self) -> bool:  # type: ignore[override]  # uvicorn's closes, whatever is under way
        """The client sends nothing more. True: the connection stays until what it asked is answered.

        An answer that has begun and is not over is a stream: it ends, since most who close one half are leaving.
        """
        if self._closing.has_begun:
            return False
        self._is_half_closed = True
        if not self._in_head:
            self._refuse_rest(_CUT_SHORT)
        elif self._is_asked:
            if not self._has_answered():
                self.cycle.keep_alive = False
                self.cycle.message_event.set()  # who waits for the client's end, waits no longer
                return True
        elif self._head.size:
            self._refuse(Refusal(400, "the head did not come whole"))
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_head_timer()
        if not self._in_head and not self._has_refused and not self.cycle.response_complete:
            self.refused(_CUT_SHORT)
        self._closing.is_over()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._unset_keepalive_if_required()
        at = 0
        while at < len(data):
            if self._closing.has_begun:
                self._closing.discard(data[at:])
                return
            at = self._read_head(data, at) if self._in_head else self._read_body(data, at)

    def _read_head(self, data: bytes, at: int) -> int:
        """Read `data` from `at` on, at most to the end of a head; how far."""
        self._start_head_timer()
        lines, end = self._head.take(data, at)
        self._parse(lines)
        if self._in_head and self._head.size > self.limits.head_bytes and not self._closing.has_begun:
            self._refuse(Refusal(431, "the head is too large"))
        return end

    def _read_body(self, data: bytes, at: int) -> int:
        """Read `data` from `at` on, at most to where the body may end; how far."""
        if self._body_left is None:
            found = _CHUNKS_MAY_END.search(data, at)
            end = found.end() if found else len(data)
        else:
            end = min(len(data), at + self._body_left)
            self._body_left -= end - at
        self._parse(memoryview(data)[at:end])
        return end

    def _parse(self, data: bytes | memoryview) -> None:
        try:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade:
                self._read_without_upgrade()
        except httptools.HttpParserError:
            self._refuse_rest(self._refusal or Refusal(400, "it is not valid HTTP"))

    def _read_without_upgrade(self) -> None:
        """Read the head once more, without its offer of another protocol, which a server may ignore (RFC 9110, 7.8).

        The parser takes what follows such an offer for the other protocol; another one has not seen it.
        """
        offering, sent = self.parser, self._raw_headers
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn's
        lines = [b"%s: %s\r\n" % header for header in sent if header[0].lower() != _UPGRADE]
        version = offering.get_http_version().encode()
        self.parser.feed_data(b"%s %s HTTP/%s\r\n%s\r\n" % (offering.get_method(), self.url, version, b"".join(lines)))
        self._raw_headers[:] = sent

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True
        self._raw_headers = []
        self.scope["extensions"] = {EXTENSION: {RAW_HEADERS: self._raw_headers, RESET: self._reset}}

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > self.limits.head_bytes:
            self._stop(431, "the request target is too long")

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._in_head:
            return  # trailers after a chunked body are no headers of the delivery
        self._raw_headers.append((name, value))
        if len(self._raw_headers) > self.limits.head_count:
            self._stop(431, f"it has more than {self.limits.head_count} headers")
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._stop_head_timer()
        if self.parser.get_method() == b"CONNECT":
            self._stop(400, "CONNECT is for proxies")
        if self.parser.should_upgrade():
            return  # read again without the offer
        self._in_head = False
        if (
            sum(len(name) + len(value) + 4 for name, value in self._raw_headers) + len(self.url)
            > self.limits.head_bytes
        ):
            self._stop(431, "the head is too large")
        self._check_framing()
        self.scope["extensions"][EXTENSION][TARGET] = self.url
        super().on_headers_complete()
        self.cycle.transport = self._outlet

    def _check_framing(self) -> None:
        """Refuse what others between the sender and us may read as other requests than our parser does."""
        version = self.parser.get_http_version()
        if version not in ("1.0", "1.1"):
            self._stop(400, f"it is HTTP {version}, not 1.1")
        hosts = sum(name == b"host" for name, _ in self.headers)
        if hosts > 1 or (hosts == 0 and version == "1.1"):
            self._stop(400, "it has no Host header" if hosts == 0 else "it has more than one Host header")
        codings = [value.lower() for name, value in self.headers if name == b"transfer-encoding"]
        if codings and (codings != [b"chunked"] or version == "1.0"):
            self._stop(400, "its Transfer-Encoding is not chunked")
        length = next((value for name, value in self.headers if name == b"content-length"), b"0")
        self._body_left = None if codings else int(length)

    def on_message_complete(self) -> None:
        if self.parser.should_upgrade():
            return
        self._in_head = True
        self._head.start()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        if not self._in_head and not self.pipeline:
            self._close()  # answered before the body was here: nobody wants the rest
        if self._closing.has_begun:
            self.server_state.total_requests += 1
        else:
            self._idle_since = self.loop.time()
            super().on_response_complete()

    def _refuse_rest(self, refusal: Refusal) -> None:
        """Refuse what is being read, which may have been answered before it was whole."""
        if self._has_answered():
            self._linger()
        else:
            self._refuse(refusal)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._closing.expect_reader()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._closing.found_reader()

    def shutdown(self) -> None:
        if self._closing.has_begun:
            self._closing.close()
        else:
            super().shutdown()

    def _close(self) -> None:
        """Close after an answer: at once if all of the request was here."""
        if self._closing.has_begun:
            return
        if self._in_head and not self.pipeline:
            self._closing.close()
        else:
            self._linger()

    def _linger(self) -> None:
        self._stop_head_timer()
        self._unset_keepalive_if_required()
        if self._is_half_closed:
            self._closing.close()
        else:
            self._closing.linger()
        self.flow.resume_reading()
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None and not cycle.response_complete:
            cycle.disconnected = True
            cycle.message_event.set()

    def _reset(self) -> None:
        """Closed without lingering, the socket sends RST instead of FIN (socket(7), SO_LINGER)."""
        handle = self.transport.get_extra_info("socket")
        if handle is not None and hasattr(os, "dup"):
            # uvloop's handle takes no options: a second one for the same socket does.
            with contextlib.suppress(OSError, ValueError), socket.socket(fileno=os.dup(handle.fileno())) as twin:
                twin.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def _has_answered(self) -> bool:
        """Whether the answer to what is being read has begun; the one before it may be answered whole."""
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and cycle.response_started and not (self._in_head and cycle.response_complete)

    def _stop(self, status: int, reason: str) -> None:
        self._refusal = Refusal(status, reason)
        raise _RefusedError(reason)

    def _refuse(self, refusal: Refusal) -> None:
        self._write_refusal(refusal)
        self._linger()

    def _write_refusal(self, refusal: Refusal) -> None:
        self._has_refused = True
        self.refused(refusal)
        body = refusal.answer
        phrase = http.HTTPStatus(refusal.status).phrase
        self.transport.write(
            f"HTTP/1.1 {refusal.status} {phrase}\r\ncontent-type: text/plain; charset=utf-8\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n\r\n".encode("ascii")
            + body
        )

    def _start_head_timer(self) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(self.limits.head_seconds, self._head_is_late)

    def _stop_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _head_is_late(self) -> None:
        self._head_timer = None
        if self._closing.has_begun:
            return
        if self._head.size:
            self._refuse(Refusal(408, f"the head was not whole within {self.limits.head_seconds:g} s"))
        else:
            self.transport.close()


def protocol_with(limits: Limits, refused: Callable[[Refusal], None]) -> type[HardenedProtocol]:
    """The protocol class that keeps `limits` and tells `refused` of what it refuses."""
    return type("LimitedProtocol", (HardenedProtocol,), {"limits": limits, "refused": staticmethod(refused)})
