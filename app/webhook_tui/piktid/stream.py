"""PiktID's event stream (GET /notifications/events, SSE): one connection, read until it ends or falls silent.

Documented: `backfill` events oldest first, one `backfill_complete`, then live messages without an event name, and a
comment about every 15 s. Reconnecting is the caller's; nothing is ever acknowledged, so backfill repeats and the caller
leaves out the ids that it knows.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from typing import TypeAlias

import httpx
from httpx_sse import EventSource, ServerSentEvent
from msgspec import Struct

from webhook_tui.domain.delivery.event import Event, parse_event
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.http.sender import read_capped
from webhook_tui.piktid import errors
from webhook_tui.piktid.connection import authorization, new_client, without

_CONNECT_SECONDS = 10.0
_LONGEST_ERROR_BODY = 64 * 1024
_LONGEST_EVENT = 16 * 1024 * 1024
_EVENT_STREAM = "text/event-stream"


class Connected(Struct, frozen=True):
    """PiktID accepted the connection."""


class Backfilled(Struct, frozen=True):
    """An event from before the connection, not older than about ten minutes."""

    event: Event
    raw: bytes


class BackfillCompleted(Struct, frozen=True):
    """All that comes from now on is live."""


class Arrived(Struct, frozen=True):
    """A live event."""

    event: Event
    raw: bytes


class KeptAlive(Struct, frozen=True):
    """A comment: the link lives, nothing happened."""


StreamItem: TypeAlias = Connected | Backfilled | BackfillCompleted | Arrived | KeptAlive


class EventStream:
    """The events of one account at one API."""

    def __init__(
        self,
        api_url: str,
        token: Secret,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        silence_seconds: float = 45.0,
    ) -> None:
        """`silence_seconds`: without a single byte for so long, the link counts as dead (comments come every 15 s)."""
        self._api_url = api_url
        self._token = token
        self._transport = transport
        self._silence_seconds = silence_seconds

    async def items(self) -> AsyncGenerator[StreamItem, None]:
        """What one connection brings, beginning with Connected; wrap it in `contextlib.aclosing`.

        Never ends by itself but with a ProblemError. `is_transient` False: this API has no stream for this token.
        """
        asked = errors.Asked(errors.Operation.STREAM, self._api_url, _CONNECT_SECONDS)
        headers = authorization(self._token) | {"Accept": _EVENT_STREAM, "Cache-Control": "no-store"}
        async with new_client(self._api_url, self._transport) as client:
            request = client.build_request("GET", errors.Operation.STREAM.path, headers=headers)
            try:
                async with asyncio.timeout(_CONNECT_SECONDS):
                    response = await client.send(request, stream=True)
            except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
                raise ProblemError(errors.problem_of_failure(asked, error)) from None
            async with contextlib.aclosing(response):
                await _refuse_other_answers(asked, response, self._token)
                yield Connected()
                async with contextlib.aclosing(self._read(response)) as read:
                    async for item in read:
                        yield item

    async def _read(self, response: httpx.Response) -> AsyncGenerator[StreamItem, None]:
        pulse = _Pulse(response.stream)
        response.stream = pulse
        # An event stream is UTF-8 whatever its charset says, may begin with a byte order mark, and httpx-sse knows its
        # type in lower case only.
        response.headers["Content-Type"] = _EVENT_STREAM
        response.encoding = "utf-8-sig"
        events = EventSource(response).aiter_sse()
        following = asyncio.ensure_future(anext(events))
        try:
            while True:
                beating = asyncio.ensure_future(pulse.beat.wait())
                done, _ = await asyncio.wait(
                    {following, beating}, timeout=self._silence_seconds, return_when=asyncio.FIRST_COMPLETED
                )
                beating.cancel()
                if not done:
                    raise ProblemError(errors.stream_silent(self._silence_seconds))
                pulse.beat.clear()
                for _ in range(pulse.take_comments()):
                    yield KeptAlive()
                if following in done:
                    item = _item(following.result())
                    pulse.event_ended()
                    following = asyncio.ensure_future(anext(events))
                    if item is not None:
                        yield item
        except StopAsyncIteration:
            raise ProblemError(errors.STREAM_CLOSED) from None
        except (httpx.HTTPError, _EventTooLongError):
            raise ProblemError(errors.STREAM_CUT) from None
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
            await events.aclose()


class _EventTooLongError(Exception):
    """The stream goes on and on without an event's end."""


class _Pulse(httpx.AsyncByteStream):
    """Passes a response's bytes on and notices them: every byte is a sign of life, comments are counted.

    The SSE reader leaves comments out without a trace, and they are all that comes while nothing happens.
    """

    def __init__(self, inner: httpx.SyncByteStream | httpx.AsyncByteStream) -> None:
        assert isinstance(inner, httpx.AsyncByteStream)
        self._inner = inner
        self._last = b"\n"
        self._comments = 0
        self._since_event = 0
        self.beat = asyncio.Event()

    def take_comments(self) -> int:
        """Return the number of comments since the last call."""
        taken, self._comments = self._comments, 0
        return taken

    def event_ended(self) -> None:
        """A whole event was read."""
        self._since_event = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._inner:
            seen = self._last + chunk
            comments = seen.count(b"\n:") + seen.count(b"\r:")
            self._comments += comments
            self._since_event = 0 if comments else self._since_event + len(chunk)
            if self._since_event > _LONGEST_EVENT:
                raise _EventTooLongError
            self._last = seen[-1:]
            self.beat.set()
            yield chunk

    async def aclose(self) -> None:
        await self._inner.aclose()


async def _refuse_other_answers(asked: errors.Asked, response: httpx.Response, token: Secret) -> None:
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if response.status_code == 200 and kind == _EVENT_STREAM:
        return
    if response.is_success:
        raise ProblemError(errors.not_event_stream(asked, response.status_code, response.headers))
    try:
        async with asyncio.timeout(_CONNECT_SECONDS):
            body = await read_capped(response.aiter_bytes(), _LONGEST_ERROR_BODY)
    except (httpx.HTTPError, TimeoutError):
        body = None
    raise ProblemError(
        errors.problem_of_answer(asked, response.status_code, response.headers, without(token, body or b""))
    )


def _item(sse: ServerSentEvent) -> StreamItem | None:
    if sse.event == "backfill_complete":
        return BackfillCompleted()
    if not sse.data:
        # Once a server has sent an `id:` line, httpx-sse makes an empty event of the blank line after each comment.
        return None
    raw = sse.data.encode("utf-8", "surrogatepass")
    event = parse_event(raw)
    if sse.event == "backfill":
        return Backfilled(event, raw)
    # Live messages carry no event name by PiktID's page; one that does is taken if it is an event all the same.
    if sse.event == "message" or event.name is not None:
        return Arrived(event, raw)
    return None
