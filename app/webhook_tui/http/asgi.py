"""Serves an ASGI function (asgi.readthedocs.io), as the sandbox is one, by the same hardened protocol."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias
from urllib.parse import unquote

from webhook_tui.domain.answer_rules.answer import Answer
from webhook_tui.domain.delivery.headers import Headers
from webhook_tui.http.request import Request
from webhook_tui.http.response import Exchange

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Asgi: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

_log = logging.getLogger(__name__)


class AsgiApplication:
    """An application that calls an ASGI function with each whole request."""

    def __init__(self, function: Asgi) -> None:
        self._function = function

    def on_head(self, _request: Request) -> Answer | None:
        """Return None: every body is read."""
        return None

    def on_request(self, exchange: Exchange) -> None:
        """Call the function in a task."""
        exchange.work = asyncio.create_task(self._serve(exchange))

    async def _serve(self, exchange: Exchange) -> None:
        messages = _Messages(exchange)
        try:
            await self._function(_scope(exchange.request), messages.receive, messages.send)
        except Exception:  # noqa: BLE001 -- whatever the function raises, the server goes on
            _log.exception("A request was answered 500")
        finally:
            exchange.fail()  # does nothing when it is answered


class _Messages:
    """The messages of one request. An answer in one message is written in one piece."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._has_received = False
        self._status = 0
        self._headers: Headers = ()

    async def receive(self) -> Message:
        """Return the body, then, once the client has left, `http.disconnect`."""
        if not self._has_received:
            self._has_received = True
            return {"type": "http.request", "body": self._exchange.request.body, "more_body": False}
        if not self._exchange.is_closed:
            closed = asyncio.Event()
            self._exchange.on_closed = closed.set
            await closed.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Write a message of the answer."""
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._headers = tuple((bytes(name), bytes(value)) for name, value in message.get("headers", ()))
            return
        body = message.get("body", b"")
        if not self._exchange.has_started:
            if not message.get("more_body", False):
                self._exchange.send(Answer(self._status, body, self._headers))
                return
            self._exchange.start(self._status, self._headers)
        await self._exchange.write(body)
        if not message.get("more_body", False):
            self._exchange.end()


def _scope(request: Request) -> Scope:
    address, _, port = request.client.rpartition(":")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": request.http_version,
        "method": request.method,
        "scheme": "http",
        "path": unquote(request.path.decode("latin-1")),
        "raw_path": request.path,
        "query_string": request.query,
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.headers],
        "client": (address, int(port)) if port else None,
        "server": None,
    }
