"""One connection: requests in, answers out, within limits and deadlines.

One request after the other is read: what a client sends ahead waits, unread, until the answer before it is written. So
answers keep their order, and whatever is refused ends the connection with nothing after it read as another request
(RFC 9112, 11.2). A client that still sends when it is answered has some time to read the answer: a reset would make it
lose the answer (RFC 9112, 9.6).

An ASGI server's request cycle, with a task, an event and a time-out for each delivery, took 0.15 ms of CPU more a
delivery (0.61 against 0.46 ms for `listen` as a whole).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Protocol

from webhook_tui.domain.answer_rules.answer import Answer
from webhook_tui.domain.delivery.headers import Headers
from webhook_tui.domain.refusal import Refusal
from webhook_tui.http import errors
from webhook_tui.http.limits import NEVER, Deadlines, Limits
from webhook_tui.http.request import Request, RequestParser, RequestRefusedError
from webhook_tui.http.response import PLAIN, AnswerRenderer, Exchange, render, render_head
from webhook_tui.http.sockets import reset

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

_log = logging.getLogger(__name__)


class Application(Protocol):
    """Answers the requests of a server."""

    def on_head(self, request: Request) -> Answer | None:
        """Answer at once, before the body is read, or return None to have it read."""

    def on_request(self, exchange: Exchange) -> None:
        """Begin to answer a whole request."""


class Connections:
    """State that the connections of one server share."""

    def __init__(self, application: Application, limits: Limits, refused: Callable[[Refusal], None]) -> None:
        """`refused`: called with each request that is refused before the application sees it whole."""
        self.application = application
        self.limits = limits
        self.refused = refused
        self.open: set[HttpProtocol] = set()
        self._unanswered: set[HttpProtocol] = set()
        """Lost connections whose request is still being answered."""
        self.deadlines = Deadlines(self.open)
        self.renderer = AnswerRenderer()
        self.is_stopping = False
        self._ended: asyncio.Future[None] | None = None

    def close_longest_idle(self, newcomer: HttpProtocol) -> bool:
        """Close the connection that is idle longest; return False when none is idle."""
        idle = [each for each in self.open if each.is_idle and each is not newcomer]
        if idle:
            min(idle, key=attrgetter("idle_since")).close()
        return bool(idle)

    def answer(self, exchange: Exchange) -> None:
        """Let the application begin to answer a request."""
        try:
            self.application.on_request(exchange)
        except Exception:  # noqa: BLE001 -- whatever the application raises, the server goes on
            _log.exception("A request was answered 500")
            exchange.fail()

    @property
    def exchanges(self) -> Sequence[Exchange]:
        """The unfinished exchanges, also those whose connection is lost."""
        return [each.exchange for each in (*self.open, *self._unanswered) if each.exchange is not None]

    def remove(self, connection: HttpProtocol) -> None:
        """Remove a connection that is lost; its exchange, if there is one, goes on."""
        self.open.discard(connection)
        if connection.exchange is not None:
            self._unanswered.add(connection)
        self._check_ended()

    def end_exchange(self, connection: HttpProtocol) -> None:
        """Record that the exchange of a connection is over; the connection may be lost."""
        connection.exchange = None
        self._unanswered.discard(connection)
        self._check_ended()

    async def ended(self, within_seconds: float) -> bool:
        """Wait until no connection and no exchange is left; return False on time-out."""
        self._ended = asyncio.get_running_loop().create_future()
        self._check_ended()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_seconds):
                await self._ended
                return True
        return False

    def _check_ended(self) -> None:
        if self._ended is not None and not self._ended.done() and not self.open and not self._unanswered:
            self._ended.set_result(None)


class HttpProtocol(asyncio.Protocol):
    """One connection of a server."""

    _transport: asyncio.Transport  # from `connection_made` on, as the next one
    _parser: RequestParser
    # Defaults of the class, which take no time in each connection: few connections change them.
    _held = b""
    """Received while a request is being answered; read afterwards."""
    _is_reading_paused = False
    _is_head_timed = True
    _is_half_closed = False
    """The client has shut down its sending side."""
    _is_chunked = False
    _discarded = 0
    _drained: asyncio.Future[None] | None = None
    _unread_deadline = NEVER
    """The time by which the client must have read what was written."""

    def __init__(self, shared: Connections, loop: asyncio.AbstractEventLoop) -> None:
        self._shared = shared
        self._limits = shared.limits
        self._loop = loop
        self.exchange: Exchange | None = None
        """The request that is being answered."""
        self._is_ending = False
        """Nothing more is read or written."""
        self._deadline = NEVER
        """The time by which the client must have sent more."""
        self.idle_since = 0.0

    # What the transport calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # uvloop's is no subclass of asyncio.Transport
        self._parser = RequestParser(self._limits, _address(transport))
        self.idle_since = self._loop.time()
        self._shared.open.add(self)
        if len(self._shared.open) > self._limits.connections and not self._shared.close_longest_idle(self):
            self._write_refusal(errors.too_many_connections(self._limits.connections))
            self.close()  # at once: lingering connections count against the limit, too
            return
        self._expect(self.idle_since + self._limits.head_seconds)

    def data_received(self, data: bytes) -> None:
        if self.exchange is None and not self._is_ending:
            request = self._parser.read_ordinary(data)
            if request is not None:
                if not self._answer_head(request):
                    self._answer_whole(request)
                return
        at, size = 0, len(data)
        while at < size:
            if self._is_ending:
                self._discard(size - at)
                return
            if self.exchange is not None:
                self._hold(data[at:])
                return
            try:
                at = self._read_part(data, at)
            except RequestRefusedError as error:
                self._refuse(error.refusal)
                at = size

    def eof_received(self) -> bool:
        """Return True to keep the connection open for the answer.

        An answer that has begun and is not over is a stream: it ends, since most who close one half are leaving.
        """
        if not self._is_ending:
            self._is_half_closed = True
            if self.exchange is not None and not self.exchange.has_started:
                self.exchange.close()
                return True
            if self.exchange is None and self._parser.has_begun:
                is_in_body = self._parser.request is not None
                self._refuse(errors.INCOMPLETE_BODY if is_in_body else errors.INCOMPLETE_HEAD)
            self._is_ending = True
        return False

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 -- asyncio's; the cause changes nothing
        if not self._is_ending and self.exchange is None and self._parser.request is not None:
            self._shared.refused(errors.INCOMPLETE_BODY)
        self._is_ending = True
        self.resume_writing()
        self._parser.close()
        self._shared.remove(self)
        if self.exchange is not None:
            self.exchange.close()

    def pause_writing(self) -> None:
        self._expect_reader()
        self._drained = self._loop.create_future()

    def resume_writing(self) -> None:
        if not self._is_ending:
            self._unread_deadline = NEVER
        if self._drained is not None:
            self._drained.set_result(None)
            self._drained = None

    # What the server calls

    @property
    def is_idle(self) -> bool:
        """Whether the connection waits for the first byte of a request."""
        return self.exchange is None and not self._is_ending and not self._parser.has_begun

    @property
    def due_at(self) -> float:
        """The time of the next deadline, in the loop's time, or NEVER."""
        return min(self._deadline, self._unread_deadline)

    def on_deadline(self, now: float) -> None:
        """End the connection: the client was too slow."""
        if self._unread_deadline <= now:
            self._unread_deadline = self._deadline = NEVER
            self._transport.abort()
        elif self._is_ending or not self._parser.has_begun:
            self.close()
        elif self._parser.request is not None:
            self._refuse(errors.body_stalled(self._limits.body_seconds))
        else:
            self._refuse(errors.head_stalled(self._limits.head_seconds))

    def close(self) -> None:
        """Close once everything written is sent, or the deadline for that has passed."""
        self._is_ending = True
        self._deadline = NEVER
        self._transport.close()
        if self._transport.get_write_buffer_size():
            self._expect_reader()

    def shut_down(self) -> None:
        """Close now, or after the pending answer."""
        if self.exchange is None:
            self.close()

    def abort(self) -> None:
        """Close at once."""
        self._transport.abort()

    # What an exchange calls

    def respond(self, answer: Answer) -> None:
        """Write a whole answer in one piece."""
        shared, request = self._shared, self._parser.request
        if self._is_ending or request is None:
            shared.end_exchange(self)
            return
        self.exchange = None
        is_last = shared.is_stopping or (self._is_half_closed and not self._held)
        keeps_alive = request.keeps_alive and self._parser.is_complete and not is_last
        data, keeps_alive = shared.renderer.render(answer, keeps_alive, request.method != "HEAD")
        self._transport.write(data)
        self._answered(keeps_alive)

    def start_stream(self, status: int, headers: Headers) -> None:
        """Write the head of an answer of unknown length: chunked, or for HTTP/1.0 ended by closing the connection."""
        request = self._parser.request
        if not self._is_ending and request is not None:
            self._is_chunked = request.http_version != "1.0"
            data, _ = render_head(status, headers, length=None, keeps_alive=False, is_chunked=self._is_chunked)
            self._transport.write(data)

    def write_stream(self, data: bytes) -> None:
        """Write a part of the streamed body."""
        if data and not self._is_ending:
            self._transport.write(b"%x\r\n%s\r\n" % (len(data), data) if self._is_chunked else data)

    def end_stream(self) -> None:
        """End the answer and close the connection."""
        self._shared.end_exchange(self)
        if not self._is_ending:
            if self._is_chunked:
                self._transport.write(b"0\r\n\r\n")
            self._answered(keeps_alive=False)

    def break_stream(self) -> None:
        """Close without the last chunk, so that the client sees an incomplete answer."""
        self._shared.end_exchange(self)
        self.close()

    async def drain(self) -> None:
        """Wait while the client does not read."""
        if self._drained is not None:
            await self._drained

    def reset(self) -> None:
        """Close with a reset, and without an answer."""
        self._is_ending = True
        self._shared.end_exchange(self)
        reset(self._transport)

    # Reading

    def _hold(self, data: bytes) -> None:
        self._held += data
        if not self._is_reading_paused:
            self._is_reading_paused = True
            self._transport.pause_reading()

    def _resume_reading(self) -> None:
        if self._is_reading_paused:
            self._is_reading_paused = False
            self._transport.resume_reading()

    def _read_part(self, data: bytes, at: int) -> int:
        """Read at most to the end of a head or of a body; return how far. Raises RequestRefusedError."""
        parser = self._parser
        was_in_head = parser.request is None
        end = parser.feed(data, at)
        request = parser.request
        if request is None:
            if not self._is_head_timed:
                self._is_head_timed = True
                self._expect_within(self._limits.head_seconds)
            return end
        if was_in_head:
            if self._answer_head(request):
                return end
            parser.require_short_body()
        if parser.is_complete:
            self._answer_whole(request)
        else:
            if was_in_head and request.expects_continue and end == len(data):
                self._transport.write(_CONTINUE)
            self._expect_within(self._limits.body_seconds)
        return end

    def _answer_head(self, request: Request) -> bool:
        """Let the application answer before the body is read; return whether it did."""
        answer = self._shared.application.on_head(request)
        if answer is not None:
            self.respond(answer)
        return answer is not None

    def _answer_whole(self, request: Request) -> None:
        """Let the application begin to answer a complete request."""
        self._deadline = NEVER
        self.exchange = exchange = Exchange(request, self)
        self._shared.answer(exchange)

    def _discard(self, size: int) -> None:
        """Count the bytes dropped while lingering; close at the limit."""
        self._discarded += size
        if self._discarded > self._limits.linger_bytes:
            self.close()

    # Ending

    def _answered(self, keeps_alive: bool) -> None:
        """Continue with the next request, or end the connection."""
        if not keeps_alive:
            if self._parser.is_complete and not self._held:
                self.close()
            else:
                self._linger()
            return
        self._parser.start_next()
        self.idle_since = now = self._loop.time()
        self._is_head_timed = False
        self._expect(now + self._limits.idle_seconds)
        if self._held:
            held, self._held = self._held, b""
            self._resume_reading()
            self.data_received(held)

    def _refuse(self, refusal: Refusal) -> None:
        self._write_refusal(refusal)
        self._linger()

    def _write_refusal(self, refusal: Refusal) -> None:
        self._shared.refused(refusal)
        data, _ = render(Answer(refusal.status, refusal.answer, PLAIN), keeps_alive=False)
        self._transport.write(data)

    def _linger(self) -> None:
        """Shut down our sending side and wait for the client to close."""
        self._is_ending = True
        if self._is_half_closed:
            self.close()
            return
        self._transport.write_eof()
        self._held = b""
        self._resume_reading()
        self._expect_within(self._limits.linger_seconds)

    def _expect_within(self, seconds: float) -> None:
        self._expect(self._loop.time() + seconds)

    def _expect(self, deadline: float) -> None:
        self._deadline = deadline
        self._shared.deadlines.expect(deadline)

    def _expect_reader(self) -> None:
        """Start the deadline for a client that does not read."""
        if self._unread_deadline == NEVER:
            self._unread_deadline = self._loop.time() + self._limits.unread_seconds
            self._shared.deadlines.expect(self._unread_deadline)


def _address(transport: asyncio.BaseTransport) -> str:
    peer = transport.get_extra_info("peername")
    return f"{peer[0]}:{peer[1]}" if isinstance(peer, tuple) else ""
