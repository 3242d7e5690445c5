"""Every way in which PiktID's API can say no has its own two sentences; real servers answer wherever they can."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from pathlib import Path

import httpx
import pytest

from tests.http.echo import raw_server
from tests.tcp_server import tcp_server
from webhook_tui.domain.errors import ExitCode, Problem, ProblemError
from webhook_tui.domain.failure import Failure
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.http.sockets import bind
from webhook_tui.piktid.client import PiktidClient
from webhook_tui.piktid.errors import Asked, Operation, UnknownSecretError, detail_of, problem_of_answer
from webhook_tui.piktid.stream import EventStream

TOKEN = Secret("token-1")
HOOK = "https://hook.example.com/h/1"
API = "https://v2.api.piktid.com"
REGISTER = Asked(Operation.REGISTER, API, 10.0)
AGAIN = "Retrying in {again}; u tries now."
UNAVAILABLE = "Your setup is fine; retrying in {again}; u tries now."


def _invalid(*detail: tuple[str | None, str]) -> bytes:
    items = [{"field": field, "message": message, "position": "json"} for field, message in detail]
    return json.dumps({"error": "Invalid request", "detail": items}).encode()


async def _ask(client: PiktidClient, stream: EventStream, call: str) -> None:
    match call:
        case "register":
            await client.register(HOOK)
        case "current":
            await client.current()
        case "ping":
            await client.test_ping()
        case "delete":
            await client.delete()
        case "stream":
            await anext(stream.items())


async def _asked_of(url: str, call: str, token: Secret = TOKEN, timeout_seconds: float = 5.0) -> ProblemError:
    client = PiktidClient(url, token, timeout_seconds=timeout_seconds)
    with pytest.raises(ProblemError) as caught:
        await _ask(client, EventStream(url, token), call)
    await client.aclose()
    return caught.value


def _answer(status: int, body: bytes = b"", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


@pytest.mark.parametrize(
    ("call", "answer", "what", "following"),
    [
        (
            "register",
            _answer(401),
            "PiktID refused the token (401): it is wrong or has expired.",
            "Create one at app.on-model.com/profile?tab=tokens, then u to enter it.",
        ),
        (
            "register",
            _answer(403),
            "PiktID does not let this token register webhooks (403).",
            "Use a token of the account's owner, then u to enter it.",
        ),
        (
            "stream",
            _answer(403),
            "PiktID does not let this token read events (403).",
            "Use a token of the account's owner, then u to enter it.",
        ),
        (
            "register",
            _answer(402),
            "PiktID says the account has no credits (402).",
            "Add credits at app.on-model.com, then u.",
        ),
        (
            "register",
            _answer(402, b'{"message": "0 left"}'),
            "PiktID says the account has no credits (402): 0 left",
            "Add credits at app.on-model.com, then u.",
        ),
        (
            "register",
            _answer(404),
            "There is nothing at HOST/webhooks (404).",
            "Check --api-url; the default is https://v2.api.piktid.com.",
        ),
        (
            "stream",
            _answer(404, b"<html>"),
            "There is nothing at HOST/notifications/events (404).",
            "Check --api-url; the default is https://v2.api.piktid.com.",
        ),
        (
            "stream",
            _answer(405),
            "There is nothing at HOST/notifications/events (405).",
            "Check --api-url; the default is https://v2.api.piktid.com.",
        ),
        ("ping", _answer(404), "PiktID has no webhook to ping (404).", "u registers it."),
        (
            "register",
            _answer(409, b'{"error": "busy \\u001b[31m"}'),
            "PiktID is changing this webhook already (409): busy ␛[31m",
            "Wait a moment, then u.",
        ),
        ("delete", _answer(409), "PiktID is changing this webhook already (409).", "Wait a moment, then X."),
        (
            "register",
            _answer(422, _invalid(("url", "must be https"), (None, "no"))),
            "PiktID refused the URL (422): url: must be https; no",
            "Register another one: --hook-url or another --tunnel.",
        ),
        (
            "register",
            _answer(400, _invalid(("url", "x" * 100))),
            f"PiktID refused the URL (400): url: {'x' * 42}…",
            "Register another one: --hook-url or another --tunnel.",
        ),
        (
            "register",
            _answer(422, b'{"error": "Invalid request"}'),
            "PiktID refused the request (422) and gave no reason.",
            "Check that the URL is public and https, then u.",
        ),
        (
            "ping",
            _answer(422, _invalid(("x", "y"))),
            "PiktID refused the request (422): x: y",
            "Wait a moment, then t.",
        ),
        (
            "register",
            _answer(418),
            "PiktID refused the request (418) and gave no reason.",
            "Check --api-url; the default is https://v2.api.piktid.com.",
        ),
        ("register", _answer(429, b"", "Retry-After: 12"), "PiktID asks for fewer requests (429).", AGAIN),
        (
            "ping",
            _answer(429, b"", "Retry-After: 12"),
            "PiktID asks for fewer requests (429).",
            "t works again in {again}.",
        ),
        ("ping", _answer(429), "PiktID asks for fewer requests (429).", "Wait a moment, then t."),
        ("register", _answer(503), "PiktID is unavailable (503).", UNAVAILABLE),
        ("current", _answer(500, b"{"), "PiktID is unavailable (500).", UNAVAILABLE),
        (
            "stream",
            _answer(502),
            "PiktID is unavailable (502).",
            "Your setup is fine; retrying in {again}.",
        ),
        ("ping", _answer(500), "PiktID is unavailable (500).", "Your setup is fine; wait a moment, then t."),
        (
            "current",
            _answer(200, b"<html>", "Content-Type: text/html; charset=utf-8"),
            "PiktID's answer was not JSON (200, text/html).",
            "Check --api-url: that may be a web page; then u.",
        ),
        (
            "register",
            _answer(301, b"", "Location: https://evil.example/"),
            "PiktID's answer was not JSON (301, no content type).",
            "Check --api-url: that may be a web page; then u.",
        ),
        (
            "stream",
            _answer(200, b"{}", "Content-Type: application/json"),
            "PiktID's answer was no event stream (200, application/json).",
            "Check --api-url: that may be a web page.",
        ),
    ],
)
async def test_an_answer_that_says_no(call: str, answer: bytes, what: str, following: str) -> None:
    """The exact sentences of the screen."""
    async with raw_server(answer) as server:
        problem = (await _asked_of(server.url, call)).problem

    host = server.url.removeprefix("http://")
    assert (problem.message, problem.screen_hint or problem.hint) == (what.replace("HOST", host), following)
    assert problem.exit_code is ExitCode.API
    assert len(problem.message) <= 78
    assert len(problem.advice(12)) <= 78


@pytest.mark.parametrize(
    ("status", "needs_token", "is_transient"),
    [
        (401, True, False),
        (402, False, False),
        (403, True, False),
        (404, False, False),
        (409, False, False),
        (422, False, False),
        (429, False, True),
        (500, False, True),
        (503, False, True),
    ],
)
def test_who_can_mend_it(status: int, needs_token: bool, is_transient: bool) -> None:
    """Another token, a person, or time."""
    problem = problem_of_answer(REGISTER, status, {}, b"")

    assert (problem.needs_token, problem.is_transient) == (needs_token, is_transient)


async def test_a_refused_connection() -> None:
    """The host is named with its port; a server that restarts accepts connections again by itself."""
    gone = bind("127.0.0.1", 0, exact=True)
    host = f"127.0.0.1:{gone.getsockname()[1]}"
    gone.close()

    error = await _asked_of(f"http://{host}", "register")

    assert error.problem.sentence(8) == (
        f"{host} refused the connection. Check --api-url and any proxy or firewall; retrying in 8 s."
    )
    assert error.problem.is_transient
    assert not isinstance(error, UnknownSecretError)


@pytest.mark.parametrize(
    ("call", "following"),
    [
        ("register", "PiktID may have issued a new secret; retrying in {again}; u tries now."),
        ("current", AGAIN),
        ("ping", "Wait a moment, then t."),
        ("delete", "Wait a moment, then X."),
    ],
)
async def test_no_answer_in_time(call: str, following: str) -> None:
    """The deadline is named; a PUT that was sent may have created a secret that is not known here."""
    async with raw_server(None) as server:
        error = await _asked_of(server.url, call, timeout_seconds=0.2)

    assert (error.problem.message, error.problem.screen_hint) == ("PiktID did not answer within 0.2 s.", following)
    assert error.problem.is_transient
    assert isinstance(error, UnknownSecretError) is (call == "register")


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"])
async def test_a_put_whose_answer_breaks_off_may_have_been_done(answer: bytes) -> None:
    """It is not repeated: each PUT makes another secret."""
    async with raw_server(answer) as server:
        error = await _asked_of(server.url, "register")

    assert isinstance(error, UnknownSecretError)
    assert error.webhook is None
    assert server.connections == 1
    assert error.problem.message == "PiktID cut the connection before its answer was whole."


@pytest.mark.parametrize("secret", ["null", '""', "7", "{}"])
async def test_a_registration_without_a_secret(secret: str) -> None:
    """It is registered, and the error carries it."""
    body = f'{{"id": "abc", "url": "{HOOK}", "secret": {secret}}}'.encode()
    async with raw_server(_answer(200, body)) as server:
        error = await _asked_of(server.url, "register")

    assert error.problem.sentence() == (
        "PiktID registered the webhook but sent no secret. Start again, or pass the secret that you have with --secret."
    )
    assert isinstance(error, UnknownSecretError)
    assert error.webhook is not None
    assert (error.webhook.id, error.webhook.url) == ("abc", HOOK)


async def test_a_success_that_is_not_json_may_have_made_a_secret() -> None:
    """A 2xx says that it was done."""
    async with raw_server(_answer(200, b"ok")) as server:
        error = await _asked_of(server.url, "register")

    assert isinstance(error, UnknownSecretError)
    assert error.problem.message == "PiktID's answer was not JSON (200, no content type)."


async def _handshake(context: ssl.SSLContext | None) -> ProblemError:
    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"this is not TLS")
        writer.close()

    async with tcp_server(serve, context=context) as port:
        error = await _asked_of(f"https://127.0.0.1:{port}", "register")
    assert not error.problem.is_transient
    assert not isinstance(error, UnknownSecretError)
    assert f"127.0.0.1:{port}" in error.problem.message
    return error


async def test_a_certificate_that_cannot_be_trusted() -> None:
    """A real TLS server whose certificate is not trusted."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(Path(__file__).with_name("self_signed.pem"))

    problem = (await _handshake(context)).problem

    assert problem.message.startswith("The certificate of ")
    assert problem.message.endswith(" cannot be trusted.")
    assert problem.screen_hint == "Check the clock, or set SSL_CERT_FILE to the CA of your network, then u."


async def test_a_server_that_does_not_speak_tls() -> None:
    """A port of http behind an https URL."""
    problem = (await _handshake(None)).problem

    assert problem.message.endswith(" made no secure connection.")
    assert problem.screen_hint == "Check --api-url (http or https?) and any proxy, then u."


def _failing(cause: BaseException) -> httpx.MockTransport:
    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("as told") from cause

    return httpx.MockTransport(fail)


@pytest.mark.parametrize(
    ("cause", "call", "what", "following"),
    [
        (
            socket.gaierror(-2, "unknown"),
            "register",
            "v2.api.piktid.com was not found: no network or no DNS.",
            "Check the connection; retrying in 8 s; u tries now.",
        ),
        (
            socket.gaierror(-2, "unknown"),
            "ping",
            "v2.api.piktid.com was not found: no network or no DNS.",
            "Check the connection, then t.",
        ),
        (
            OSError(101, "unreachable"),
            "register",
            "v2.api.piktid.com cannot be reached: no network.",
            "Retrying in 8 s; u tries now.",
        ),
    ],
)
async def test_no_connection(cause: BaseException, call: str, what: str, following: str) -> None:
    """A broken network cannot be had at will, so a transport stands in; all of it recovers by itself."""
    client = PiktidClient(API, TOKEN, transport=_failing(cause))
    with pytest.raises(ProblemError) as caught:
        await (client.register(HOOK) if call == "register" else client.test_ping())
    await client.aclose()

    assert (caught.value.problem.message, caught.value.problem.advice(8)) == (what, following)
    assert caught.value.problem.is_transient
    assert not isinstance(caught.value, UnknownSecretError)


async def test_a_connection_that_never_opens_did_not_register() -> None:
    """A timeout while connecting leaves the secret as it was."""

    def hang(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectTimeout("as told")

    client = PiktidClient(API, TOKEN, transport=httpx.MockTransport(hang))
    with pytest.raises(ProblemError) as caught:
        await client.register(HOOK)
    await client.aclose()

    assert caught.value.problem.sentence(8) == "PiktID did not answer within 10 s. Retrying in 8 s."
    assert not isinstance(caught.value, UnknownSecretError)


@pytest.mark.parametrize("token", ["", "two words", "line\nfeed", "é"])
async def test_a_token_that_no_header_can_carry_is_not_sent(token: str) -> None:
    """Nothing of it is quoted, and another one is asked for."""
    async with raw_server(_answer(200)) as server:
        for call in ("register", "stream"):
            error = await _asked_of(server.url, call, Secret(token))
            assert error.problem.needs_token
            assert error.problem.message == "The token has characters that a token cannot have."
    assert not server.received


@pytest.mark.parametrize("url", ["", "v2.api.piktid.com", "ftp://v2.api.piktid.com", "http://", "http://a:b"])
def test_an_api_url_that_is_none(url: str) -> None:
    """Said at once, as a mistake in the command."""
    with pytest.raises(ProblemError, match="--api-url is not an http or https URL") as caught:
        PiktidClient(url, TOKEN)

    assert caught.value.problem.exit_code is ExitCode.USAGE


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "12"}, 12.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "999999999"}, 86_400.0),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({}, None),
        ({"retry-after": "Mon, 23 Nov 2026 14:00:30 GMT", "date": "Mon, 23 Nov 2026 14:00:00 GMT"}, 30.0),
        ({"retry-after": "Mon, 23 Nov 2026 13:00:00 GMT", "date": "Mon, 23 Nov 2026 14:00:00 GMT"}, 0.0),
        ({"retry-after": "Mon, 23 Nov 2026 14:00:30 GMT", "date": "Mon, 23 Nov 2026 14:00:00 -0000"}, None),
        ({"retry-after": "Mon, 23 Nov 2026 14:00:30 GMT"}, None),
        ({"retry-after": f"Mon, 23 Nov 2026 14:00:30 +{'9' * 20}", "date": "Mon, 23 Nov 2026 14:00:00 GMT"}, None),
    ],
)
def test_how_long_the_api_asks_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    """A number or a date (RFC 9110, 10.2.3); anything else is ignored."""
    assert problem_of_answer(REGISTER, 429, headers, b"").retry_after == seconds


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", ""),
        (b"<html>", ""),
        (b"[]", ""),
        (b'"x"', ""),
        (b"\xff", ""),
        (b"[" * 100_000, ""),
        (b'{"detail": [1, null, {}, {"message": 2}, "plain", {"msg": "other"}]}', "plain; other"),
        (b'{"detail": "words"}', "words"),
        (b'{"error": "words"}', "words"),
        (b'{"error": {"a": 1}}', ""),
        (b'{"detail": "a\\nb\\u202ec\\u0000"}', "a␊b\ufffdc␀"),
    ],
)
def test_the_apis_own_words_are_found_and_harmless(body: bytes, words: str) -> None:
    """An error body of any shape can be read."""
    assert detail_of(body) == words


def test_wide_characters_are_cut_by_cells() -> None:
    """A sentence is at most 78 cells wide, not 78 characters."""
    body = json.dumps({"detail": "界" * 60}).encode()

    problem: Problem = problem_of_answer(REGISTER, 422, {}, body)

    assert problem.message == f"PiktID refused the URL (422): {'界' * 23}…"


def test_every_failure_is_a_clause() -> None:
    """The words stand in sentences of other parts, too."""
    assert all(failure.value[0].islower() and not failure.value.endswith(".") for failure in Failure)
