"""The receiver as a plain ASGI function: reads a body within its caps, has it recorded, then answers.

A POST to the hook's path is a delivery; GET and HEAD there are probes and answered 200; everything else is refused,
what is not to that path with 404, so that a scanner learns nothing. Without a path, every path is the hook's.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter

from webhook_tui.domain.answer import NOT_STORED, Answer, Silence
from webhook_tui.domain.delivery import Delivery
from webhook_tui.domain.problem import ProblemError
from webhook_tui.domain.refusal import Refusal
from webhook_tui.receiver.body import BodyError, CutShortError, read_body
from webhook_tui.serving.asgi import Receive, Scope, Send
from webhook_tui.serving.protocol import EXTENSION, RAW_HEADERS, RESET, TARGET

_PLAIN = ((b"content-type", b"text/plain; charset=utf-8"),)
_CLOSE = ((b"connection", b"close"),)
_BODILESS = (204, 304)
"""Statuses whose answers have neither a body nor its length (RFC 9110, 6.4.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """The ASGI application. All callables run on the loop that serves it."""

    hook_path: str | None
    """The one path that is the hook's; None: every path is."""
    record: Callable[[Delivery], Awaitable[Answer]]
    """Called with each delivery; what it gives back is answered. ProblemError: it could not be stored, 503."""
    refused: Callable[[Refusal], None]
    """Told of each request that is answered with an error and not recorded."""
    probed: Callable[[str], None]
    """Told the query of each GET on the hook."""
    now: Callable[[], datetime]
    answered: Callable[[float], None] = lambda _seconds: None
    """Told of each delivery how long it took from its head to the last byte of its answer."""
    clock: Callable[[], float] = perf_counter
    """Seconds; only their differences count."""
    longest_body: int = 10 * 1024 * 1024
    """Bytes; more is answered 413."""
    silence_seconds: float = 10.0
    """A body of which nothing comes for so long is answered 408."""
    patience_seconds: float = 120.0
    """How long a sender that is to get no answer may wait; then its connection is reset."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return
        began = self.clock()
        received = await self._received(scope, receive)
        answer = await self._recorded(received) if isinstance(received, Delivery) else received
        if answer.silence is not None:
            await self._be_silent(answer.silence, scope, receive)
            return
        if answer.delay_seconds:
            await asyncio.sleep(answer.delay_seconds)
        await _send(send, answer, with_body=scope["method"] != "HEAD")
        if isinstance(received, Delivery):
            self.answered(self.clock() - began)

    async def _received(self, scope: Scope, receive: Receive) -> Delivery | Answer:
        """The delivery, or what is answered to a request that is none."""
        method: str = scope["method"]
        sent = scope["extensions"][EXTENSION]
        target: str = sent[TARGET].decode("latin-1")
        if not self._is_hook(scope["raw_path"]):
            self.refused(Refusal.of_request(404, "not the webhook's path", method, target))
            return Answer(404, b"Not found", (*_PLAIN, *_CLOSE))
        if method in ("GET", "HEAD"):
            self.probed(scope["query_string"].decode("latin-1"))
            return Answer(200, b"webhook-tui is listening\n")
        if method != "POST":
            self.refused(Refusal.of_request(405, "only a POST is a delivery", method, target))
            return Answer(405, b"Send a POST", (*_PLAIN, (b"allow", b"POST, GET, HEAD"), *_CLOSE))
        try:
            length = next((int(value) for name, value in scope["headers"] if name == b"content-length"), None)
            body = await read_body(
                receive, declared=length, longest=self.longest_body, silence_seconds=self.silence_seconds
            )
        except CutShortError:
            return Answer(400)  # nobody is there to read it
        except BodyError as error:
            self.refused(error.refusal)
            return Answer(error.refusal.status, error.refusal.answer, (*_PLAIN, *_CLOSE))
        client = scope.get("client")
        return Delivery(
            received_at=self.now(),
            method=method,
            target=target,
            headers=tuple(sent[RAW_HEADERS]),
            body=body,
            client=f"{client[0]}:{client[1]}" if client else "",
            http_version=scope["http_version"],
        )

    async def _recorded(self, delivery: Delivery) -> Answer:
        try:
            return await self.record(delivery)
        except ProblemError as error:
            what = error.problem.what.rstrip(".")
            self.refused(Refusal(503, f"{what[:1].lower()}{what[1:]}"))
            return NOT_STORED

    async def _be_silent(self, silence: Silence, scope: Scope, receive: Receive) -> None:
        if silence is Silence.NONE and await _is_gone(receive, within_seconds=self.patience_seconds):
            return
        scope["extensions"][EXTENSION][RESET]()
        await _is_gone(receive, within_seconds=1.0)

    def _is_hook(self, raw_path: bytes) -> bool:
        return self.hook_path is None or hmac.compare_digest(raw_path, self.hook_path.encode("latin-1"))


async def _is_gone(receive: Receive, *, within_seconds: float) -> bool:
    """Wait until the client closes the connection; False also where it closes only its own half."""
    try:
        async with asyncio.timeout(within_seconds):
            return bool((await receive())["type"] == "http.disconnect")
    except TimeoutError:
        return False


async def _send(send: Send, answer: Answer, *, with_body: bool) -> None:
    if answer.status in _BODILESS:
        await send({"type": "http.response.start", "status": answer.status, "headers": [*answer.headers]})
        await send({"type": "http.response.body", "body": b""})
        return
    headers = [*answer.headers, (b"content-length", str(len(answer.body)).encode())]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body if with_body else b""})
