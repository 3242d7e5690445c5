"""The receiver: records each delivery before it answers.

A POST to the hook's path is a delivery; GET and HEAD there are probes and answered 200; everything else is refused,
what is not to that path with 404, so that a scanner does not find the hook. Without a path, every path is the hook's.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from time import perf_counter

from msgspec import Struct

from webhook_tui.domain.answer_rules.answer import NOT_STORED, Answer, NoResponse
from webhook_tui.domain.delivery.delivery import Delivery
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.refusal import Refusal
from webhook_tui.http.request import Request
from webhook_tui.http.response import PLAIN, Exchange

_CLOSE = ((b"connection", b"close"),)

_log = logging.getLogger(__name__)


class Reply(Struct, eq=False):
    """Answers one delivery. After the first call, or once its sender has left, a call does nothing."""

    receiver: Receiver
    exchange: Exchange

    def answer(self, answer: Answer) -> None:
        """Answer it, at once or when its delay is over, or not at all."""
        if answer.no_response is not None:
            self._be_silent(answer.no_response)
        elif answer.delay_seconds:
            asyncio.get_running_loop().call_later(answer.delay_seconds, self._send, answer)
        else:
            self._send(answer)

    def not_stored(self, problem: Problem) -> None:
        """Answer 503, so that it is sent again."""
        what = problem.message.rstrip(".")
        self.receiver.refused(Refusal(503, f"{what[:1].lower()}{what[1:]}"))
        self._send(NOT_STORED)

    def _send(self, answer: Answer) -> None:
        if self.exchange.send(answer):
            self.receiver.answered(perf_counter() - self.exchange.request.began)

    def _be_silent(self, silence: NoResponse) -> None:
        exchange = self.exchange
        if silence is NoResponse.RESET or exchange.is_closed:
            exchange.reset()
            return
        timeout = asyncio.get_running_loop().call_later(self.receiver.unanswered_seconds, exchange.reset)

        def on_closed() -> None:
            timeout.cancel()
            exchange.reset()

        exchange.on_closed = on_closed


class Receiver(Struct, frozen=True, kw_only=True):
    """The receiver's application. All callables are called on the server's loop."""

    hook_path: str | None
    """The path of the webhook; None: any path."""
    record: Callable[[Delivery, Reply], asyncio.Future[None] | None]
    """Called with each delivery, to store it and then to reply; returns what is to be cancelled when the server stops
    before that. An error raised by it is answered 500.
    """
    refused: Callable[[Refusal], None]
    """Called with each request that is answered with an error and not recorded."""
    probed: Callable[[str], None]
    """Called with the query of each GET on the hook."""
    now: Callable[[], datetime]
    answered: Callable[[float], None] = lambda _seconds: None
    """Called for each delivery with the time from its head to the last byte of its answer."""
    unanswered_seconds: float = 120.0
    """How long a sender that gets no answer may wait before its connection is reset."""

    def on_head(self, request: Request) -> Answer | None:
        """Answer requests that are no deliveries."""
        path = self.hook_path
        if path is not None and not hmac.compare_digest(request.path, path.encode("latin-1")):
            self.refused(_refusal(404, "not the webhook's path", request))
            return Answer(404, b"Not found", (*PLAIN, *_CLOSE))
        if request.method == "POST":
            return None
        if request.method in ("GET", "HEAD"):
            self.probed(request.query.decode("latin-1"))
            return Answer(200, b"webhook-tui is listening\n")
        self.refused(_refusal(405, "only a POST is a delivery", request))
        return Answer(405, b"Send a POST", (*PLAIN, (b"allow", b"POST, GET, HEAD"), *_CLOSE))

    def on_request(self, exchange: Exchange) -> None:
        """Record a delivery, then answer it."""
        request = exchange.request
        delivery = Delivery(
            received_at=self.now(),
            method=request.method,
            target=request.target.decode("latin-1"),
            headers=request.headers,
            body=request.body,
            client=request.client,
            http_version=request.http_version,
        )
        exchange.work = work = self.record(delivery, Reply(self, exchange))
        if work is not None:
            work.add_done_callback(partial(_on_ended, exchange))


def _refusal(status: int, reason: str, request: Request) -> Refusal:
    return Refusal.of_request(status, reason, request.method, request.target.decode("latin-1"))


def _on_ended(exchange: Exchange, work: asyncio.Future[None]) -> None:
    error = None if work.cancelled() else work.exception()
    if error is not None:
        _log.error("A delivery was answered 500", exc_info=error)
    if error is not None or work.cancelled():
        exchange.fail()
