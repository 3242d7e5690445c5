"""The hardened sender against real servers: where it goes, what it leaves as it was, what it says without an answer."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.http import echo as servers
from tests.http.echo import Echo, closing_server, raw_server
from tests.tcp_server import tcp_server
from tests.timeouts import TIMEOUT_SECONDS
from webhook_tui.domain.failure import Failure, SendError
from webhook_tui.http.sender import OutboundSender, Pieces, is_base_url, is_loopback
from webhook_tui.http.sockets import bind


@pytest.fixture
async def echo() -> AsyncIterator[Echo]:
    """A server that keeps every request."""
    async with servers.echo() as server:
        yield server


@pytest.fixture
async def sender(echo: Echo) -> AsyncIterator[OutboundSender]:
    """A sender whose origin is the echo."""
    sender = OutboundSender(f"{echo.url}/base?x=1", timeout_seconds=TIMEOUT_SECONDS)
    yield sender
    await sender.aclose()


@pytest.mark.parametrize(
    ("target", "arrives"),
    [
        ("/h/a?b=1&b=2", b"/h/a?b=1&b=2"),
        ("//evil.example/", b"//evil.example/"),
        ("/a/../b/./c", b"/a/../b/./c"),
        ("/%2e%2e/%zz", b"/%2e%2e/%zz"),
        ("/a b\r\nHost: evil", b"/a%20b%0D%0AHost:%20evil"),
        ("/\xff", b"/%FF"),
    ],
)
async def test_a_target_stays_a_path_on_the_fixed_host(
    echo: Echo, sender: OutboundSender, target: str, arrives: bytes
) -> None:
    """No target leads to another host, and none is normalised on its way."""
    await sender.send("POST", target, ((b"Host", b"evil.example"),), b"{}")

    assert echo.requests[0].target == arrives
    assert echo.requests[0].values(b"host") == [echo.url.removeprefix("http://").encode()]


@pytest.mark.parametrize("target", ["", "@evil.example/", "http://evil.example/", "evil", "*"])
async def test_a_target_that_is_no_path_is_not_sent(echo: Echo, sender: OutboundSender, target: str) -> None:
    """What could name another host never leaves."""
    with pytest.raises(SendError) as caught:
        await sender.send("POST", target, (), b"")

    assert caught.value.failure is Failure.UNSENDABLE
    assert not echo.requests


async def test_headers_and_body_arrive_as_given(echo: Echo, sender: OutboundSender) -> None:
    """Names keep case, order and repetition; what concerns one connection only is dropped; nothing is added."""
    headers = (
        (b"X-Webhook-Signature", b"sha256=00"),
        (b"x-TWICE", b"1"),
        (b"Connection", b"close"),
        (b"Transfer-Encoding", b"chunked"),
        (b"Content-Length", b"999"),
        (b"x-TWICE", b"\xc3\xa9"),
    )

    reply = await sender.send("POST", "/", headers, b"\x00\xff body")

    request = echo.requests[0]
    assert request.body == b"\x00\xff body"
    assert request.values(b"content-length") == [b"7"]
    assert [name for name, _ in request.headers] == [
        b"Host",
        b"Content-Length",
        b"X-Webhook-Signature",
        b"x-TWICE",
        b"x-TWICE",
    ]
    assert request.values(b"x-twice") == [b"1", b"\xc3\xa9"]
    assert (reply.status, reply.body) == (200, b"ok")
    assert reply.seconds > 0


async def test_header_names_go_out_in_the_case_they_were_given() -> None:
    """The bytes on the wire are inspected, since servers lower the names."""
    async with raw_server(b"HTTP/1.1 204 No Content\r\nX-Back: 1\r\n\r\n") as wire:
        sender = OutboundSender(wire.url, timeout_seconds=TIMEOUT_SECONDS)
        reply = await sender.send("POST", "/", ((b"X-wEBHOOK-Event", b"ping"),), b"{}")
        await sender.aclose()

    assert b"\r\nX-wEBHOOK-Event: ping\r\n" in wire.received
    assert reply.headers == ((b"X-Back", b"1"),)


async def test_a_user_in_the_base_url_is_sent_as_basic_authorization(echo: Echo) -> None:
    """As every client does it."""
    sender = OutboundSender(echo.url.replace("//", "//ada:lovelace@"), timeout_seconds=TIMEOUT_SECONDS)
    await sender.send("POST", "/", (), b"")
    await sender.aclose()

    assert echo.requests[0].values(b"authorization") == [b"Basic YWRhOmxvdmVsYWNl"]


async def test_a_redirect_is_an_answer_and_not_followed() -> None:
    """The server cannot redirect us."""
    async with raw_server(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n") as wire:
        sender = OutboundSender(wire.url, timeout_seconds=TIMEOUT_SECONDS)
        reply = await sender.send("GET", "/", (), b"")
        await sender.aclose()

    assert reply.status == 302
    assert b"content-length" not in wire.received.lower()


async def test_the_environments_proxy_sees_nothing(echo: Echo, monkeypatch: pytest.MonkeyPatch) -> None:
    """With HTTP_PROXY set to a dead port, requests still arrive."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    sender = OutboundSender(echo.url, timeout_seconds=TIMEOUT_SECONDS)

    reply = await sender.send("POST", "/", (), b"")
    await sender.aclose()

    assert reply.status == 200


async def test_a_compressed_answer_is_given_back_unchanged() -> None:
    """The body fits the headers that arrived with it."""
    async with raw_server(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc") as wire:
        sender = OutboundSender(wire.url, timeout_seconds=TIMEOUT_SECONDS)
        reply = await sender.send("POST", "/", (), b"")
        await sender.aclose()

    assert reply.body == b"abc"


@pytest.mark.parametrize(
    ("answer", "failure", "reason"),
    [
        (b"", Failure.CUT, "the connection was cut before the answer"),
        (b"HTTP/1.1 200", Failure.CUT, "the connection was cut before the answer"),
        (b"nonsense\r\n\r\n", Failure.NOT_HTTP, "the answer is not HTTP"),
        (b"-ERR unknown command 'POST'\r\n", Failure.NOT_HTTP, "the answer is not HTTP"),
        (b"HTTP/1.1 banana\r\n\r\n", Failure.NOT_HTTP, "the answer is not HTTP"),
        (
            b"HTTP/1.1 200 OK\r\nX: " + b"x" * 103_000,
            Failure.HEAD_TOO_LARGE,
            "the headers of the answer exceed 100 KiB",
        ),
        (b"\x15\x03\x01\x00\x02\x02\x46", Failure.EXPECTS_TLS, "it speaks HTTPS, the URL says http"),
        (None, Failure.TIMEOUT, "there was no answer within 0.2 s"),
    ],
)
async def test_no_answer_has_a_reason(answer: bytes | None, failure: Failure, reason: str) -> None:
    """Each way of getting no answer is a SendError with a clause for people."""
    async with raw_server(answer) as wire:
        sender = OutboundSender(
            wire.url, timeout_seconds=0.2 if answer is None else TIMEOUT_SECONDS, longest_reply=4096
        )
        with pytest.raises(SendError) as caught:
            await sender.send("POST", "/", (), b"{}")
        await sender.aclose()

    assert (caught.value.failure, caught.value.reason) == (failure, reason)


async def test_a_greeting_that_is_not_http_ends_the_wait() -> None:
    """A server that sends first and then waits: its greeting is in the error."""
    async with raw_server(b"SSH-2.0-OpenSSH_9.6\r\n", closes=False) as wire:
        sender = OutboundSender(wire.url, timeout_seconds=0.2)
        with pytest.raises(SendError) as caught:
            await sender.send("POST", "/", (), b"{}")
        await sender.aclose()

    assert caught.value.failure is Failure.NOT_HTTP


@pytest.mark.parametrize(
    ("answer", "closes", "body", "cut"),
    [
        (b"HTTP/1.1 500 Oops\r\n\r\n" + b"x" * 5000, True, b"x" * 4096, Failure.TOO_LARGE),
        (b"HTTP/1.1 500 Oops\r\nContent-Length: 9\r\n\r\nabc", True, b"abc", Failure.BROKEN_OFF),
        (b"HTTP/1.1 500 Oops\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nno", True, b"abc", Failure.BROKEN_OFF),
        (b"HTTP/1.1 500 Oops\r\nContent-Length: 9\r\n\r\nabc", False, b"abc", Failure.UNFINISHED),
        (b"HTTP/1.1 500 Oops\r\nContent-Length: 3\r\n\r\nabc", False, b"abc", None),
    ],
)
async def test_an_answer_whose_status_arrived_is_an_answer(
    answer: bytes, closes: bool, body: bytes, cut: Failure | None
) -> None:
    """Whatever happens to its body: the beginning is kept, and why there is no more."""
    async with raw_server(answer, closes=closes) as wire:
        sender = OutboundSender(
            wire.url, timeout_seconds=0.5 if cut is Failure.UNFINISHED else TIMEOUT_SECONDS, longest_reply=4096
        )
        reply = await sender.send("POST", "/", (), b"{}")
        await sender.aclose()

    assert (reply.status, reply.body, reply.cut) == (500, body, cut)


async def test_a_server_that_expects_tls_is_named() -> None:
    """It closes a connection of plain http without a word; it is asked once what it is."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(Path(__file__).parent.parent / "piktid" / "self_signed.pem")

    async def close(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with tcp_server(close, context=context) as port:
        sender = OutboundSender(f"http://127.0.0.1:{port}", timeout_seconds=TIMEOUT_SECONDS, is_app=True)
        with pytest.raises(SendError) as caught:
            await sender.send("POST", "/", (), b"{}")
        await sender.aclose()

    assert caught.value.failure is Failure.EXPECTS_TLS


@pytest.mark.parametrize("dies", ["FIN", "RST"])
async def test_a_reused_connection_that_dies_without_an_answer_is_replaced_once(dies: str) -> None:
    """The server closed it while it was idle: the request goes over a new connection."""
    async with closing_server(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", resets=dies == "RST") as wire:
        sender = OutboundSender(wire.url, timeout_seconds=TIMEOUT_SECONDS, is_app=True)
        replies = [await sender.send("POST", "/", (), body) for body in (b"1", b"2", b"3")]
        await sender.aclose()

    assert [reply.status for reply in replies] == [200, 200, 200]
    assert [request.rpartition(b"\r\n\r\n")[2] for request in wire.requests] == [b"1", b"2", b"2", b"3"]


async def test_only_to_an_app_is_a_request_sent_again() -> None:
    """A test of who closes connections sees each request once."""
    async with closing_server(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as wire:
        sender = OutboundSender(wire.url, timeout_seconds=TIMEOUT_SECONDS)
        await sender.send("POST", "/", (), b"1")
        with pytest.raises(SendError):
            await sender.send("POST", "/", (), b"2")
        await sender.aclose()

    assert len(wire.requests) == 2


async def test_what_was_partly_answered_is_not_sent_again() -> None:
    """A byte of an answer says that the request arrived."""
    async with closing_server(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", last=b"HTTP/1.1 2") as wire:
        sender = OutboundSender(wire.url, timeout_seconds=TIMEOUT_SECONDS, is_app=True)
        await sender.send("POST", "/", (), b"1")
        with pytest.raises(SendError) as caught:
            await sender.send("POST", "/", (), b"2")
        await sender.aclose()

    assert caught.value.failure is Failure.CUT
    assert len(wire.requests) == 2


async def test_a_new_connection_that_dies_is_not_replaced() -> None:
    """The app got the request, and closed."""
    async with closing_server(b"") as wire:
        sender = OutboundSender(wire.url, timeout_seconds=TIMEOUT_SECONDS, is_app=True)
        with pytest.raises(SendError):
            await sender.send("POST", "/", (), b"1")
        await sender.aclose()

    assert len([request for request in wire.requests if request.startswith(b"POST")]) == 1


@pytest.mark.parametrize("host", ["app.localhost", "APP.LOCALHOST", "0.0.0.0"])
async def test_names_of_this_machine_need_no_dns(echo: Echo, host: str) -> None:
    """The app is reached, and sees the name that was written."""
    port = echo.url.rpartition(":")[2]
    sender = OutboundSender(f"http://{host}:{port}", timeout_seconds=TIMEOUT_SECONDS)
    await sender.send("POST", "/", (), b"")
    await sender.aclose()

    assert echo.requests[0].values(b"host") == [f"{host.lower()}:{port}".encode()]


async def test_a_refused_connection_has_a_reason() -> None:
    """Nothing listens on a port that was just given back."""
    gone = bind("127.0.0.1", 0, exact=True)
    port = gone.getsockname()[1]
    gone.close()
    sender = OutboundSender(f"http://127.0.0.1:{port}", timeout_seconds=TIMEOUT_SECONDS)

    with pytest.raises(SendError, match="the connection was refused"):
        await sender.send("POST", "/", (), b"{}")
    await sender.aclose()


async def test_a_header_that_http_cannot_carry_is_not_quoted_in_the_error(sender: OutboundSender) -> None:
    """The reason names no value: it may be a token."""
    with pytest.raises(SendError, match="cannot be sent") as caught:
        await sender.send("POST", "/", ((b"Authorization", b"hidden\nvalue"),), b"")

    assert "hidden" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "url", ["", "ftp://a/", "//a/", "http://", "a b", "http://a:99999/", "http://a:b/", "http://\n/"]
)
def test_a_base_that_is_no_url_is_refused(url: str) -> None:
    """The origin must be an http or https one."""
    assert not is_base_url(url)
    with pytest.raises(ValueError, match="not a"):
        OutboundSender(url, timeout_seconds=1)


def test_the_base_urls_own_path_is_reported() -> None:
    """A caller that forwards to one URL needs its path and query."""
    assert OutboundSender("http://127.0.0.1:1/a%20b?c=d", timeout_seconds=1).base_target == "/a%20b?c=d"


async def test_cancelling_a_send_leaves_the_sender_usable(echo: Echo, sender: OutboundSender) -> None:
    """A cancelled exchange closes its connection only."""
    echo.hold = asyncio.Event()
    task = asyncio.create_task(sender.send("POST", "/slow", (), b""))
    await echo.count(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    echo.hold.set()

    assert (await sender.send("POST", "/", (), b"")).status == 200


@pytest.mark.parametrize("body", [b"", b"a", b"0123456789"])
async def test_a_body_that_trickles_arrives_whole(echo: Echo, sender: OutboundSender, body: bytes) -> None:
    """With its length, as one that comes at once."""
    reply = await sender.send("POST", "/", (), body, pieces=Pieces(3, 0.01))

    assert echo.requests[0].body == body
    assert echo.requests[0].values(b"content-length") == [str(len(body)).encode()]
    assert reply.seconds >= (0.02 if len(body) > 3 else 0)


@pytest.mark.parametrize(
    ("url", "stays"),
    [
        ("http://localhost:3000/x", True),
        ("http://LOCALHOST/", True),
        ("http://127.0.0.1/", True),
        ("http://127.9.9.9:1/", True),
        ("https://[::1]:8443/", True),
        ("http://[::ffff:127.0.0.1]/", True),
        ("http://0.0.0.0/", True),
        ("http://[::]/", True),
        ("http://app.localhost:3000/", True),
        ("http://localhost./", True),
        ("http://localhost.example.com/", False),
        ("http://notlocalhost/", False),
        ("http://192.168.1.2/", False),
        ("http://example.com/", False),
        ("http://127.0.0.1@example.com/", False),
        ("http://127.0.0.1.example.com/", False),
        ("ftp://127.0.0.1/", False),
        ("127.0.0.1", False),
    ],
)
def test_what_stays_on_this_machine(url: str, stays: bool) -> None:
    """A name that only looks like it does not."""
    assert is_loopback(url) is stays
