"""Slow, large or malformed requests to the real receiver with its real limits: other clients are served as usual."""

from __future__ import annotations

import asyncio
import gzip

import pytest

from tests.hostile.listening import Hook, exchange
from tests.timeouts import own_time
from webhook_tui.http.limits import Limits

MEBIBYTE = 1024 * 1024
PING = b'{"id":1,"name":"ping","data":{},"timestamp":1}'


def _status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def test_the_limits_are_those_that_are_documented() -> None:
    """Head 32 KiB, 100 headers, 5 s; idle 15 s; 256 connections."""
    assert Limits() == Limits(head_bytes=32 * 1024, head_count=100, head_seconds=5.0, idle_seconds=15, connections=256)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([b"X: " + b"a" * 31 * 1024], 200),
        ([b"X: " + b"a" * 33 * 1024], 431),
        ([b"X: 1"] * 97, 200),
        ([b"X: 1"] * 98, 431),
        ([b"X" * 33 * 1024 + b": 1"], 431),
        ([b"X: " + b"a" * 10 * MEBIBYTE], 431),
    ],
)
async def test_the_head_has_its_caps(hook: Hook, lines: list[bytes], expected: int) -> None:
    """Host, Connection and Content-Length count among the hundred."""
    answer, _ = await exchange(hook.port, hook.message(PING, *lines))
    assert _status(answer) == expected


@pytest.mark.parametrize(("more", "expected"), [(0, 200), (1, 413)])
@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_has_its_cap(hook: Hook, more: int, expected: int, chunked: bool) -> None:
    """10 MiB and not a byte more, whether its length was reported or not."""
    body = bytes(range(256)) * (10 * 4096) + b"z" * more
    if chunked:
        sent = (
            hook.head(b"Transfer-Encoding: chunked", b"Connection: close")
            + b"%x\r\n" % len(body)
            + body
            + b"\r\n0\r\n\r\n"
        )
    else:
        sent = hook.message(body)
    answer, _ = await exchange(hook.port, sent)
    assert _status(answer) == expected
    assert [delivery.body for delivery in hook.recorded] == ([body] if expected == 200 else [])


@pytest.mark.parametrize(
    "chunks",
    [
        b"5\r\nhello\r\n-1\r\n",
        b"FFFFFFFFFFFFFFFFF\r\n",
        b"0x5\r\nhello\r\n0\r\n\r\n",
        b"5\nhello\n0\n\n",
        b"5\r\nhelloXX0\r\n\r\n",
        b"5;\x00\r\nhello\r\n0\r\n\r\n",
        b"\r\nhello\r\n0\r\n\r\n",
        b" 5\r\nhello\r\n0\r\n\r\n",
        b"5;a=\n\r\nhello\r\n0\r\n\r\n",
    ],
)
async def test_chunk_nonsense_is_400(hook: Hook, chunks: bytes) -> None:
    """And nothing of it is a delivery."""
    answer, _ = await exchange(hook.port, hook.head(b"Transfer-Encoding: chunked") + chunks)
    assert _status(answer) == 400
    assert hook.recorded == []


async def test_gzip_stays_unchanged_and_100_is_reported(hook: Hook) -> None:
    """A signature is over the bytes that were sent."""
    body = gzip.compress(PING * 100)
    head = hook.head(
        b"Content-Encoding: gzip", b"Expect: 100-continue", b"Connection: close", b"Content-Length: %d" % len(body)
    )
    answer, _ = await exchange(hook.port, head, body)
    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 ")
    assert hook.recorded[0].body == body


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (b"%s", 200),
        (b"http://169.254.169.254%s", 200),
        (b"%s?a=%%00%%0d%%0aX:1", 200),
        (b"%s/", 404),
        (b"/.%s", 404),
        (b"/%%2e%%2e%s", 404),
        (b"/%s", 404),
        (b"%s%%00", 404),
        (b"*", 404),
        (b"http://evil.example", 400),
        (b"http://[::1%s", 400),
        (b"%s\x00", 400),
        (b"%s\xff", 400),
        (b"%s\x1b[2J", 400),
        (b"evil.example:443", 400),
    ],
)
async def test_only_the_very_path_is_the_hook(hook: Hook, target: bytes, expected: int) -> None:
    """Nothing is decoded or made shorter; in absolute form the host is not read."""
    sent = hook.message(PING).replace(hook.path, target % ((hook.path,) if b"%s" in target else ()), 1)
    answer, _ = await exchange(hook.port, sent)
    assert _status(answer) == expected
    assert len(hook.recorded) == (expected == 200)


async def test_what_follows_a_refusal_is_never_read(hook: Hook) -> None:
    """The smuggled request in the body of a refused one is not seen, nor one after an answer that arrived early."""
    smuggled = hook.message(b"smuggled")
    for head in (
        hook.head(b"Content-Length: 3", b"Transfer-Encoding: chunked"),
        hook.head(b"Content-Length: 3", b"Content-Length: 9"),
        hook.head(b"Transfer-Encoding: identity"),
        hook.head(b"Content-Length: 3").replace(b"POST ", b"POST /elsewhere", 1),
        hook.head(b"Content-Length: 3").replace(b"POST", b"PATCH", 1),
        hook.head(b"Content-Length: 3").replace(b"\r\nHost", b"\nHost", 1),
        hook.head(b"X: a\r\n Content-Length: 3"),
    ):
        answer, _ = await exchange(hook.port, head + smuggled)
        assert 400 <= _status(answer) < 500
        assert answer.count(b"HTTP/1.1 ") == 1
    assert hook.recorded == []


async def test_the_body_of_a_second_request_is_no_head(hook: Hook) -> None:
    """Its head arrived with the first request, its body after the first answer, and is longer than a head may be."""
    body = b"b" * 100_000
    first = hook.message(PING).replace(b"Connection: close\r\n", b"")
    head = hook.head(b"Connection: close", b"Content-Length: %d" % len(body))
    answer, _ = await exchange(hook.port, first + head, body)
    assert answer.count(b"HTTP/1.1 200 ") == 2
    assert [delivery.body for delivery in hook.recorded] == [PING, body]


async def test_a_probe_with_an_endless_body_is_let_go(hook: Hook) -> None:
    """It is answered at once; whatever would follow holds no connection."""
    head = hook.head(b"Content-Length: 1000000").replace(b"POST", b"GET", 1)
    began = own_time()
    answer, _ = await exchange(hook.port, head)
    assert _status(answer) == 200
    assert own_time() - began < 2


SLOW = (
    b"",
    b"P",
    b"POST /h HTTP/1.1\r\nHost: x\r\nX-A: ",
    b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n{",
    b"POST %s HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    b"POST %s HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5;" + b"x" * 50_000,
)


async def test_a_good_request_is_answered_within_a_second_beside_sixty_slow_ones(hook: Hook) -> None:
    """Slow in the head, the body, the chunks or altogether, and each writes on now and then."""
    held = [await asyncio.open_connection("127.0.0.1", hook.port) for _ in range(60)]
    try:
        for number, (_, writer) in enumerate(held):
            writer.write(SLOW[number % len(SLOW)].replace(b"%s", hook.path))
        for _ in range(5):
            for number, (_, writer) in enumerate(held):
                if number % len(SLOW):
                    writer.write(b"x")
            began = own_time()
            answer, _ = await exchange(hook.port, hook.message(PING))
            assert _status(answer) == 200
            assert own_time() - began < 1
    finally:
        for _, writer in held:
            writer.close()
    assert [delivery.body for delivery in hook.recorded] == [PING] * 5
