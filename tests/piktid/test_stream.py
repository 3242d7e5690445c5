"""The event stream, over real sockets: the embedded PiktID's, and bytes as it would never send them."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.http.echo import raw_server
from tests.sandbox.harness import serving
from tests.timeouts import until
from webhook_tui.domain.delivery.event import Event
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.http.sockets import bind
from webhook_tui.piktid.stream import (
    Arrived,
    BackfillCompleted,
    Backfilled,
    Connected,
    EventStream,
    KeptAlive,
    StreamItem,
)
from webhook_tui.sandbox.options import SandboxOptions

TOKEN = Secret("token-1")
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n\r\n"


async def test_the_stream_backfills_then_lives() -> None:
    """Backfill oldest first, then its end, then live events, then comments."""
    async with serving(SandboxOptions(token=TOKEN, keepalive_seconds=0.05)) as running:
        running.sandbox.emit("batch_edit", {"job_id": "j"})
        running.clock.move(700)
        running.sandbox.emit("image_result", {"job_id": "j", "name": "é"})
        stream = EventStream(running.url, TOKEN)
        async with contextlib.aclosing(stream.items()) as items:
            assert await anext(items) == Connected()
            backfilled = await anext(items)
            assert isinstance(backfilled, Backfilled)
            assert backfilled.event.name == "image_result"
            assert json.loads(backfilled.raw)["data"] == {"job_id": "j", "name": "é"}
            assert await anext(items) == BackfillCompleted()
            event = running.sandbox.emit("ping", {})
            arrived = await anext(items)
            while isinstance(arrived, KeptAlive):  # on a slow machine one may come before the event
                arrived = await anext(items)
            assert isinstance(arrived, Arrived)
            assert arrived.raw == event.body()
            assert await anext(items) == KeptAlive()


async def test_the_end_of_the_sandbox_ends_the_stream_with_a_problem() -> None:
    """A stream that ends can be opened again, so its problem recovers by itself."""
    async with serving() as running:
        stream = EventStream(running.url, TOKEN)
        async with contextlib.aclosing(stream.items()) as items:
            assert [await anext(items), await anext(items)] == [Connected(), BackfillCompleted()]
            await running.sandbox.aclose()
            with pytest.raises(ProblemError, match="PiktID closed the event stream") as caught:
                await anext(items)

    assert caught.value.problem.is_transient


async def _read(stream: EventStream, items: list[StreamItem]) -> None:
    async with contextlib.aclosing(stream.items()) as read:
        async for item in read:
            items += [item]


async def _all_of(stream: EventStream) -> tuple[list[StreamItem], ProblemError]:
    items: list[StreamItem] = []
    with pytest.raises(ProblemError) as caught:
        await _read(stream, items)
    return items, caught.value


async def test_the_token_goes_into_the_header_and_never_into_the_url() -> None:
    """URLs are written to logs."""
    async with raw_server(HEAD) as wire:
        items, _ = await _all_of(EventStream(wire.url, TOKEN))

    lines = wire.received.decode().split("\r\n")
    assert items == [Connected()]
    assert lines[0] == "GET /notifications/events HTTP/1.1"
    assert [line for line in lines if TOKEN.reveal() in line] == [f"Authorization: Bearer {TOKEN.reveal()}"]
    assert "Accept: text/event-stream" in lines


@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("chunk", [1, 2, 7, 10_000])
async def test_bytes_may_come_in_any_pieces(newline: bytes, chunk: int) -> None:
    """Lines may end in any of three ways, and a piece may end anywhere."""
    lines = [
        b":keepalive",
        b"",
        b"event: backfill",
        b'data: {"id": 1, "name": "a:b",',
        b'data:  "data": {":": ":"}}',
        b"",
        b"event: backfill_complete",
        b"data: {}",
        b"",
        b"id: 7",
        b"retry: 100",
        'data: {"id": "é", "name": "x"}'.encode(),
        b"",
        b":keepalive",
        b"",
        b"event: something",
        b'data: {"id": 3, "name": "y"}',
        b"",
        b"event: other",
        b"data: {}",
        b"",
        b"data: not JSON",
        b"",
        b"",
    ]
    raw = newline.join(lines)

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(raw), chunk):
            yield raw[start : start + chunk]

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"Content-Type": "text/event-stream"}, content=pieces())

    stream = EventStream("https://v2.api.piktid.com", TOKEN, transport=httpx.MockTransport(answer))
    items, error = await _all_of(stream)

    events = [item for item in items if not isinstance(item, KeptAlive)]
    assert events == [
        Connected(),
        Backfilled(
            Event("1", "a:b", {":": ":"}, is_json=True, is_strict=True),
            b'{"id": 1, "name": "a:b",\n "data": {":": ":"}}',
        ),
        BackfillCompleted(),
        Arrived(Event('"\\u00e9"', "x", is_json=True, is_strict=True), '{"id": "é", "name": "x"}'.encode()),
        Arrived(Event("3", "y", is_json=True, is_strict=True), b'{"id": 3, "name": "y"}'),
        Arrived(Event(), b"not JSON"),
    ]
    assert len(items) - len(events) == 2
    assert error.problem.message == "PiktID closed the event stream."


@pytest.mark.parametrize(
    "kind",
    [
        b"Text/Event-Stream",
        b"TEXT/EVENT-STREAM ; charset=UTF-8",
        b"text/event-stream; charset=iso-8859-1",
        b"text/event-stream; charset=utf-16",
        b"text/event-stream; charset=nonsense",
        b"text/event-stream",
    ],
)
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["", "byte order mark"])
async def test_an_event_stream_is_utf_8_whatever_its_head_says(kind: bytes, mark: bytes) -> None:
    """Its type is one in any case, its charset is not read, and a byte order mark is no part of its first line."""
    raw = '{"id":1,"name":"é夏"}'.encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: " + kind + b"\r\n\r\n"
    async with raw_server(head + mark + b"data: " + raw + b"\n\n") as wire:
        items, _ = await _all_of(EventStream(wire.url, TOKEN))

    assert items[0] == Connected()
    (arrived,) = items[1:]
    assert isinstance(arrived, Arrived)
    assert (arrived.raw, arrived.event.name) == (raw, "é夏")


@pytest.mark.parametrize("body", [b"", b":keepalive\n\n", b"data: {"])
async def test_a_stream_without_a_byte_is_closed(body: bytes) -> None:
    """After the longest time without a byte."""
    async with raw_server(HEAD + body, closes=False) as wire:
        items, error = await _all_of(EventStream(wire.url, TOKEN, silence_seconds=0.2))

    assert items == [Connected(), KeptAlive()] if body.startswith(b":") else [Connected()]
    assert error.problem.message == "The event stream was silent for 0.2 s."
    assert (error.problem.advice(4), error.problem.is_transient) == ("Retrying in 4 s.", True)


async def test_comments_keep_a_stream_alive() -> None:
    """Far beyond the silence that would end it, as long as comments come."""
    items: list[StreamItem] = []
    async with serving(SandboxOptions(keepalive_seconds=0.05)) as running:
        reader = asyncio.create_task(_read(EventStream(running.url, TOKEN, silence_seconds=1), items))
        await until(lambda: items.count(KeptAlive()) >= 30)
        reader.cancel()
        await asyncio.wait({reader})


async def test_a_cut_connection_recovers() -> None:
    """The body is shorter than its Content-Length."""
    async with raw_server(HEAD.replace(b"\r\n\r\n", b"\r\nContent-Length: 99\r\n\r\n") + b":k\n\n") as wire:
        items, error = await _all_of(EventStream(wire.url, TOKEN))

    assert items == [Connected(), KeptAlive()]
    assert error.problem.message == "The connection of the event stream was cut."
    assert error.problem.is_transient


async def test_an_event_without_end_is_not_collected_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is bounded."""
    monkeypatch.setattr("webhook_tui.piktid.stream._LONGEST_EVENT", 100_000)
    async with raw_server(HEAD + b"data: " + b"x" * 200_000) as wire:
        items, error = await _all_of(EventStream(wire.url, TOKEN))

    assert items == [Connected()]
    assert error.problem.is_transient


async def test_leaving_in_the_middle_closes_the_connection() -> None:
    """The sandbox drops the stream as soon as its client has closed it."""
    async with serving(SandboxOptions(keepalive_seconds=0.05)) as running:
        for _ in range(3):
            async with contextlib.aclosing(EventStream(running.url, TOKEN).items()) as items:
                assert await anext(items) == Connected()
                await until(lambda: running.sandbox.notifications.streams == 1)
            await until(lambda: running.sandbox.notifications.streams == 0)


async def test_cancelling_a_waiting_reader_ends_the_stream() -> None:
    """As the session does when it leaves."""
    async with serving() as running:
        arrived: list[StreamItem] = []

        reader = asyncio.create_task(_read(EventStream(running.url, TOKEN), arrived))
        await until(lambda: len(arrived) == 2)
        reader.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reader


async def test_a_stream_that_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The head of the answer has a deadline of its own, shorter than that of an open stream."""
    monkeypatch.setattr("webhook_tui.piktid.stream._CONNECT_SECONDS", 0.2)
    async with raw_server(None) as wire:
        items, error = await _all_of(EventStream(wire.url, TOKEN))

    assert items == []
    assert error.problem.sentence(4) == "PiktID did not answer within 0.2 s. Retrying in 4 s."


async def test_a_stream_that_is_refused() -> None:
    """No key opens it again, so none is named."""
    gone = bind("127.0.0.1", 0, exact=True)
    port = gone.getsockname()[1]
    gone.close()
    _, error = await _all_of(EventStream(f"http://127.0.0.1:{port}", TOKEN))

    assert error.problem.screen_hint == "Check --api-url and any proxy or firewall; retrying in {again}."


async def test_an_error_whose_body_breaks_off() -> None:
    """The status alone says enough."""
    async with raw_server(b"HTTP/1.1 422 X\r\nContent-Length: 99\r\n\r\n{") as wire:
        _, error = await _all_of(EventStream(wire.url, TOKEN))

    assert error.problem.message == "PiktID refused the request (422) and gave no reason."
    assert not error.problem.is_transient
