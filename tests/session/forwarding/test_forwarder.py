"""Forwarding and replaying from a real session to a real app: byte for byte, its answer back, and what failures say."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.http.plain_client import plain_client
from tests.session.local_app import LocalApp, local_app
from tests.session.running import Running, session_of, settings
from tests.tcp_server import free_port, tcp_server
from webhook_tui.domain.answer_rules.answer import RESET
from webhook_tui.domain.answer_rules.rules import parse
from webhook_tui.domain.commands import ReplayDeliveries, SetAnswerRule, SetForwarding
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.errors import ExitCode, ProblemError
from webhook_tui.domain.events import (
    DeliveryStored,
    Forwarded,
    HistoryOpened,
    ProblemOccurred,
    Replayed,
    SessionReady,
)
from webhook_tui.domain.failure import Failure
from webhook_tui.domain.forwarding.forward_result import LONGEST_KEPT, ForwardOrigin, hint
from webhook_tui.domain.forwarding.forward_rule import ForwardHeader
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.signature import sign
from webhook_tui.http.sender import OutboundSender
from webhook_tui.session.forwarding.forwarder import LONGEST_ANSWER, OwnAddress, joined_target
from webhook_tui.session.session import Session

BODY = bytes(range(256)) + b'{"id": 1,\r\n "name": "ping"}\n'
HEADERS = {"X-Webhook-Signature": "sha256=" + "0" * 64, "X-ODD-case": "a  b", "Content-Type": "application/json"}


@asynccontextmanager
async def watching(tmp_path: Path, **changes: Any) -> AsyncIterator[tuple[Running, str]]:
    """A session that registers nothing, and the hook's URL."""
    async with session_of(settings(tmp_path, register=False, token=None, **changes)) as running:
        ready = await running.event(SessionReady)
        assert ready.public_url is not None
        yield running, ready.public_url


async def post(url: str, body: bytes = BODY, headers: Mapping[str, str] | None = None) -> httpx.Response:
    """One delivery."""
    async with plain_client() as client:
        return await client.post(url, content=body, headers={**HEADERS, **(headers or {})})


async def stored(running: Running, seq: int) -> StoredDelivery:
    """A delivery as the history has it."""
    await running.event(HistoryOpened)
    rows = running.session.open_rows()
    try:
        found = rows.stored(seq)
        assert found is not None
        return found
    finally:
        rows.close()


@asynccontextmanager
async def relay_to(port: int) -> AsyncIterator[str]:
    """A port that leads to another one, as a tunnel does."""

    async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", port)
        try:
            await asyncio.gather(copy(reader, back), copy(there, writer))
        finally:
            back.close()

    async with tcp_server(serve) as own:
        yield f"http://127.0.0.1:{own}"


def statuses(app: LocalApp) -> int:
    """How many requests the app got."""
    return len(app.requests)


async def test_a_delivery_goes_to_the_app_byte_for_byte_and_its_answer_back(tmp_path: Path) -> None:
    """Method, body, header names and values; the hop's own headers stay behind; the path is the URL's."""
    reply = b"HTTP/1.1 201 Created\r\nContent-Length: 3\r\nX-App: mine\r\nConnection: x-hop\r\nX-Hop: 1\r\n\r\n\x00ok"
    async with (
        local_app(reply) as app,
        watching(tmp_path, forward_to=f"{app.url}/hooks/piktid?a=1") as (running, url),
    ):
        answer = await post(url, headers={"Connection": "keep-alive, X-Private", "X-Private": "1", "TE": "trailers"})
        forwarded = await running.event(Forwarded)
        row = (await stored(running, 1)).row

        assert (answer.status_code, answer.content, answer.headers["X-App"]) == (201, b"\x00ok", "mine")
        assert "x-hop" not in answer.headers
        assert len(answer.headers.get_list("date")) == 1
        assert app.requests[0].startswith(b"POST /hooks/piktid?a=1 HTTP/1.1\r\n")
        assert app.body() == BODY
        lines = app.headers()
        assert [f"{name}: {value}".encode() in lines for name, value in HEADERS.items()] == [True] * 3
        assert not any(line.lower().startswith((b"x-private", b"te:", b"connection")) for line in lines)
        assert (forwarded.sent.seq, forwarded.sent.status, forwarded.sent.body) == (1, 201, b"\x00ok")
        assert row.answered == 201


async def test_no_app_is_502_in_words_and_reported_at_the_start(tmp_path: Path) -> None:
    """The delivery is stored, and PiktID will send it again."""
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    async with watching(tmp_path, forward_to=f"http://127.0.0.1:{port}") as (running, url):
        status = await running.until(lambda status: bool(status.notes))
        answer = await post(url)
        forwarded = await running.event(Forwarded)

        assert status.notes[0].message == f"Nothing listens at 127.0.0.1:{port}, where deliveries are forwarded to."
        assert answer.status_code == 502
        assert answer.text == "webhook-tui got no answer from the app behind it: the connection was refused."
        assert (await stored(running, 1)).row.answered == 502
        assert hint(forwarded.sent).startswith("Nothing listens there")


async def test_headers_of_the_user_reach_the_configured_app_alone(tmp_path: Path) -> None:
    """A replay to another URL does not carry them: they may be credentials."""
    own = (ForwardHeader.parse("X-Tenant: shop"),)
    async with (
        local_app() as app,
        local_app() as other,
        watching(tmp_path, forward_to=app.url, forward_header=own) as (running, url),
    ):
        await post(url)
        running.ask(ReplayDeliveries((1,), other.url))
        await running.event(Replayed)

        assert b"X-Tenant: shop" in app.headers()
        assert b"X-Tenant: shop" not in other.headers()


@pytest.mark.parametrize(("retries", "tries", "status"), [(0, 1, 500), (1, 2, 502), (2, 3, 200)])
async def test_retries_end_with_the_first_that_is_no_failure(
    tmp_path: Path, retries: int, tries: int, status: int
) -> None:
    """5xx and no answer are tried again, as often as asked."""
    failed = b"HTTP/1.1 500 Oops\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    async with (
        local_app(failed, b"") as app,
        watching(tmp_path, forward_to=app.url, forward_retries=retries) as (running, url),
    ):
        answer = await post(url)
        forwarded = await running.event(Forwarded)

        assert (answer.status_code, statuses(app), forwarded.sent.tries) == (status, tries, tries)


async def test_a_redirect_goes_back_and_is_not_followed(tmp_path: Path) -> None:
    """The location that the app answers is not requested."""
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://198.51.100.1/\r\nContent-Length: 0\r\n\r\n"
    async with local_app(moved) as app, watching(tmp_path, forward_to=app.url) as (_, url):
        answer = await post(url)

        assert (answer.status_code, statuses(app)) == (302, 1)


@pytest.mark.parametrize("value", [b"a\x01b", b"a\x7fb", b"a\x1b[2Jb"])
async def test_a_header_that_may_not_be_sent_is_left_out(tmp_path: Path, value: bytes) -> None:
    """The status and the other headers go back, and the row says the same."""
    reply = b"HTTP/1.1 404 Gone\r\nX-Bad: %s\r\nX-Good: 1\r\nContent-Length: 2\r\n\r\nno" % value
    async with local_app(reply) as app, watching(tmp_path, forward_to=app.url) as (running, url):
        answer = await post(url)
        await running.event(Forwarded)

        assert (answer.status_code, answer.text, answer.headers["x-good"]) == (404, "no", "1")
        assert "x-bad" not in answer.headers
        assert (await stored(running, 1)).row.answered == 404


@pytest.mark.parametrize(
    ("encoding", "returned"), [(b"", LONGEST_ANSWER), (b"Content-Encoding: gzip\r\n", 0)], ids=["plain", "compressed"]
)
async def test_a_large_answer_keeps_its_status(tmp_path: Path, encoding: bytes, returned: int) -> None:
    """A handled event is not sent again because of it; half of a compressed body would be an error to its reader."""
    size = LONGEST_ANSWER + 1
    reply = b"HTTP/1.1 201 Created\r\n%sContent-Length: %d\r\n\r\n" % (encoding, size) + b"x" * size
    async with local_app(reply) as app, watching(tmp_path, forward_to=app.url) as (running, url):
        answer = await post(url)
        sent = (await running.event(Forwarded)).sent

        assert (answer.status_code, len(answer.content)) == (201, returned)
        assert (await stored(running, 1)).row.answered == 201
        assert (sent.status, len(sent.body), sent.cut) == (201, LONGEST_KEPT, Failure.TOO_LARGE)
        assert sent.outcome.endswith("ms, body cut off: too large")


async def test_an_unexpected_failure_is_a_502_and_the_row_shows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sender of the delivery gets an answer, whatever fails."""

    async def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(OutboundSender, "send", fail)
    async with local_app() as app, watching(tmp_path, forward_to=app.url) as (running, url):
        answer = await post(url)
        await running.event(Forwarded)

        assert (answer.status_code, (await stored(running, 1)).row.answered) == (502, 502)
        assert answer.text.endswith("webhook-tui failed to send it; its log says why.")


async def test_path_and_query_are_passed_on_where_asked(tmp_path: Path) -> None:
    """After those of the URL; a replay to the same URL goes the same way."""
    async with (
        local_app() as app,
        watching(
            tmp_path, forward_to=f"{app.url}/base/?a=1", forward_path=True, hook_url="http://hook.example/h?tenant=x"
        ) as (running, _),
    ):
        hook = f"http://127.0.0.1:{running.all(SessionReady)[0].port}"
        await post(f"{hook}/h/in?tenant=x&a=2")
        running.ask(ReplayDeliveries((1,), f"{app.url}/base/?a=1"))
        sent = (await running.event(Replayed)).sent

        assert [request.split(b" ")[1] for request in app.requests] == [b"/base/h/in?a=1&tenant=x&a=2"] * 2
        assert sent.url == f"{app.url}/base/h/in?a=1&tenant=x&a=2"


@pytest.mark.parametrize(
    ("base", "received", "joined"),
    [
        ("/", "/", "/"),
        ("/", "/a/b?c", "/a/b?c"),
        ("/hook", "/?c", "/hook?c"),
        ("/hook?x=1", "/", "/hook?x=1"),
        ("/hook/", "/a", "/hook/a"),
        ("/", "http://evil.example/a?b", "/a?b"),
        ("/hook", "*", "/hook"),
    ],
)
def test_how_targets_are_joined(base: str, received: str, joined: str) -> None:
    """The host is always that of the URL."""
    assert joined_target(base, received) == joined


OWN = OwnAddress("0.0.0.0", 9876, "https://ab.lhr.life", "https://me.example/hook")


@pytest.mark.parametrize(
    ("url", "is_own"),
    [
        ("http://127.0.0.1:9876", True),
        ("http://localhost:9876/other", True),
        ("http://[::1]:9876/", True),
        ("http://app.localhost:9876/", True),
        ("http://0.0.0.0:9876/", True),
        ("https://ab.lhr.life/any", True),
        ("https://ab.lhr.life:443/", True),
        ("https://me.example/hook?x", True),
        ("https://me.example/app", False),
        ("http://127.0.0.1:9877", False),
        ("http://127.0.0.1", False),
        ("https://cd.lhr.life/", False),
        ("http://192.0.2.1:9876", False),
    ],
)
def test_own_addresses(url: str, is_own: bool) -> None:
    """The port here, the tunnel's name with any path, the user's own URL with its path."""
    assert OWN.includes(url) is is_own


async def test_forwarding_to_oneself_is_refused(tmp_path: Path) -> None:
    """At the start, with the port free again, and while running."""
    with free_port() as port:
        with pytest.raises(ProblemError) as refused:
            Session.open(settings(tmp_path, port=port, forward_to=f"http://localhost:{port}/x"), asks=False)
        async with watching(tmp_path, port=port, port_was_given=True) as (running, url):
            running.ask(SetForwarding(url))
            problem = (await running.event(ProblemOccurred)).problem

        assert problem == refused.value.problem
        assert problem.sentence() == (
            "Deliveries cannot be forwarded to this receiver itself. Name the URL of your app, with its own port."
        )
        assert running.status.forward_to is None


async def test_what_comes_back_is_answered_508_and_goes_no_further(tmp_path: Path) -> None:
    """Another address of the receiver, which is not known as its own: a relay in front of it."""
    async with (
        watching(tmp_path, hook_url="http://hook.example/") as (running, _),
        relay_to(port := running.all(SessionReady)[0].port) as relay,
    ):
        running.ask(SetForwarding(relay))
        await running.until(lambda status: status.forward_to == relay)
        answer = await post(f"http://127.0.0.1:{port}/")
        sent = (await running.event(Forwarded)).sent

        assert answer.status_code == 508
        assert (await stored(running, 1)).row.answered == 508
        assert len(running.all(DeliveryStored)) == 1
        assert hint(sent) == "The URL leads back to this receiver: forward to your app's own URL."


async def test_the_rule_answers_and_the_app_still_gets_it(tmp_path: Path) -> None:
    """`503 x1, 200`: the first by the rule, the second by the app."""
    async with local_app() as app, watching(tmp_path, forward_to=app.url) as (running, url):
        running.ask(SetAnswerRule(parse("503 x1, 200")))
        status = await running.until(lambda status: status.answer == "503 ×1")
        answers = [(await post(url)).status_code for _ in range(2)]
        await running.event(Forwarded, lambda event: event.sent.seq == 1)

        assert status.forward_to == app.url
        assert answers == [503, 200]
        assert [(await stored(running, seq)).row.answered for seq in (1, 2)] == [503, 200]
        assert [app.body(at) for at in range(2)] == [BODY, BODY]


@pytest.mark.parametrize(
    ("rule", "answers"),
    [
        ("404", [404, 404, 404]),
        ("every 2nd 500", [200, 500, 200]),
        ("429 retry 7 x1", [429, 200, 200]),
        ("ping 418", [418, 418, 418]),
        ("reset", [RESET, RESET, RESET]),
    ],
)
async def test_each_rule_over_the_wire(tmp_path: Path, rule: str, answers: list[int]) -> None:
    """Stored first, whatever is answered; the row says what it was."""
    async with watching(tmp_path) as (running, url):
        running.ask(SetAnswerRule(parse(rule)))
        await running.until(lambda status: status.answer != "200")
        got = []
        for _ in answers:
            try:
                got.append((await post(url, b'{"id": 7, "name": "ping"}')).status_code)
            except httpx.ReadError:  # httpx's word for a connection that was reset
                got.append(RESET)
        rows = [(await stored(running, seq)).row for seq in range(1, len(answers) + 1)]

        assert got == answers
        assert [row.answered for row in rows] == answers
        assert len(running.all(DeliveryStored)) == len(answers)


async def test_a_rule_counts_each_event_by_itself(tmp_path: Path) -> None:
    """Two events that take turns both fail twice; those without an id have one count; the status says what is left."""
    one, other, unnamed = b'{"id": 1}', b'{"id": "1"}', b"[]"
    async with watching(tmp_path) as (running, url):
        running.ask(SetAnswerRule(parse("503 x2")))
        await running.until(lambda status: status.answer == "503 ×2")
        got = [(await post(url, body)).status_code for body in (one, other, one)]
        await running.until(lambda status: status.answer == "503 ×2")
        got += [(await post(url, body)).status_code for body in (one, unnamed)]
        await running.until(lambda status: status.answer == "503 ×2 (1 left)")
        got += [(await post(url, body)).status_code for body in (other, other, unnamed, unnamed)]

        assert got == [503, 503, 503, 200, 503, 503, 200, 503, 200]


async def test_a_replay_is_the_same_bytes_again(tmp_path: Path) -> None:
    """Once, to the URL that was named, with the signature as received."""
    async with local_app() as app, watching(tmp_path) as (running, url):
        await post(url)
        running.ask(ReplayDeliveries((1,), f"{app.url}/again"))
        sent = (await running.event(Replayed)).sent

        assert (sent.seq, sent.status, sent.origin, sent.re_signed, sent.edited) == (
            1,
            200,
            ForwardOrigin.REPLAYED,
            False,
            False,
        )
        assert app.requests[0].startswith(b"POST /again HTTP/1.1\r\n")
        assert app.body() == BODY
        assert f"X-Webhook-Signature: {HEADERS['X-Webhook-Signature']}".encode() in app.headers()
        assert (await stored(running, 1)).row.answered == 200


async def test_where_a_replay_went_is_remembered_for_the_next_run(tmp_path: Path) -> None:
    """Of this account; another token has none."""
    async with local_app() as app:
        async with watching(tmp_path) as (running, url):
            await post(url)
            running.ask(ReplayDeliveries((1,), f"{app.url}/one"))
            running.ask(SetForwarding(f"{app.url}/two"))
            running.ask(ReplayDeliveries((1,), f"{app.url}/one"))
            urls = [f"{app.url}/one", f"{app.url}/two"]
            status = await running.until(lambda status: [used.url for used in status.used_urls] == urls)
        async with watching(tmp_path) as (running, _):
            await running.until(lambda now: now.used_urls == status.used_urls)
        async with session_of(settings(tmp_path, register=False, token=Secret("another"))) as running:
            await running.event(SessionReady)
            assert not running.status.used_urls


async def test_a_replay_can_be_edited_and_re_signed(tmp_path: Path) -> None:
    """With the current secret, over the bytes that are sent."""
    async with local_app() as app, session_of(settings(tmp_path, sandbox=True)) as running:
        await running.event(DeliveryStored)
        await running.until(lambda status: status.webhook.secret_since is not None)
        running.ask(ReplayDeliveries((1,), app.url, re_sign=True, body=b"edited"))
        sent = (await running.event(Replayed)).sent
        secret = running.session.runtime.secret_ring.ring.current

        assert (sent.re_signed, sent.edited) == (True, True)
        assert app.body() == b"edited"
        assert secret is not None
        signature = f"x-webhook-signature: {sign(secret.secret, b'edited')}".encode()
        assert [line for line in app.headers() if line.lower().startswith(b"x-webhook-signature")] == [
            line for line in app.headers() if line.lower() == signature
        ]
        assert signature in [line.lower() for line in app.headers()]


async def test_without_a_secret_nothing_is_re_signed(tmp_path: Path) -> None:
    """It says what gives one."""
    async with local_app() as app, watching(tmp_path) as (running, url):
        await post(url)
        running.ask(ReplayDeliveries((1,), app.url, re_sign=True))
        problem = (await running.event(ProblemOccurred)).problem

        assert problem.message == "There is no current secret to sign with."
        assert not app.requests


async def test_it_begins_and_ends_while_running(tmp_path: Path) -> None:
    """From the palette: there, then nowhere."""
    async with local_app() as app, watching(tmp_path) as (running, url):
        running.ask(SetForwarding(app.url))
        await running.until(lambda status: status.forward_to == app.url)
        await post(url)
        running.ask(SetForwarding(None))
        await running.until(lambda status: status.forward_to is None)
        await post(url)

        assert statuses(app) == 1


@pytest.mark.parametrize(
    "url", ["http://192.0.2.1/", "https://example.com", "http://localhost.example.com", "http://127.0.0.1@192.0.2.1/"]
)
async def test_nothing_leaves_this_machine_unasked(tmp_path: Path, url: str) -> None:
    """Neither from the start, nor later, nor as a replay."""
    with pytest.raises(ProblemError) as refused:
        Session.open(settings(tmp_path, forward_to=url), asks=False)
    async with watching(tmp_path) as (running, hook):
        await post(hook)
        running.ask(SetForwarding(url))
        running.ask(ReplayDeliveries((1,), url))
        await running.until(lambda _: len(running.all(ProblemOccurred)) == 2)

        assert refused.value.problem.exit_code is ExitCode.USAGE
        assert {event.problem.message for event in running.all(ProblemOccurred)} == {
            "Deliveries are forwarded within this machine only."
        }
        assert running.status.forward_to is None


async def test_no_secret_is_in_the_events(tmp_path: Path) -> None:
    """A replay's event holds the answer only, not what was sent."""
    async with local_app() as app, watching(tmp_path, secrets=(Secret("canary-canary"),)) as (running, url):
        await post(url)
        running.ask(ReplayDeliveries((1,), app.url))
        await running.event(Replayed)

        assert "canary-canary" not in repr(running.events)
