"""The calls on /webhooks against the embedded PiktID and against servers that answer what it never would."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable

import pytest

from tests.http.echo import raw_server
from tests.sandbox.harness import receiver, serving
from webhook_tui import __version__
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.http.asgi import AsgiApplication, Receive, Scope, Send
from webhook_tui.http.server import Server
from webhook_tui.http.sockets import bind
from webhook_tui.piktid.client import PiktidClient
from webhook_tui.piktid.models import CannotTell, NoWebhook, Webhook
from webhook_tui.sandbox.options import SandboxOptions

TOKEN = Secret("token-1")


async def test_register_ping_show_and_delete() -> None:
    """The whole life of a webhook."""
    async with serving(SandboxOptions(token=TOKEN)) as running, receiver() as hook:
        client = PiktidClient(running.url, TOKEN)
        assert isinstance(await client.current(), NoWebhook)

        made = await client.register(hook.url)
        assert (made.id, made.url, made.secret, made.is_active) == (41, hook.url, Secret("secret-1"), True)
        await hook.count(1)
        await client.test_ping()
        await hook.count(2)
        await running.sandbox.settled()

        shown = await client.current()
        assert isinstance(shown, Webhook)
        assert (shown.url, shown.secret, shown.last_response_status) == (hook.url, None, 200)
        assert shown.last_response_at == "2026-11-23T14:20:00.000Z"

        assert await client.delete() is True
        assert await client.delete() is False
        with pytest.raises(ProblemError, match=r"PiktID has no webhook to ping \(404\)\. Register it first\."):
            await client.test_ping()
        await client.aclose()


async def test_the_clock_of_the_api_is_in_every_answer() -> None:
    """By its Date header, to the second; without one it is not known."""
    async with serving(SandboxOptions(token=TOKEN)) as running:
        client = PiktidClient(running.url, TOKEN)
        await client.current()
        assert client.clock_offset_seconds is not None
        assert 0 <= client.clock_offset_seconds + 1 < 30
        await client.aclose()
    head = b"HTTP/1.1 404 x\r\nContent-Length: 0\r\nDate: "
    for date, expected in ((b"Thu, 01 Jan 1970 00:00:00 GMT", 1e9), (b"now", None)):
        async with raw_server(head + date + b"\r\n\r\n") as wire:
            client = PiktidClient(wire.url, TOKEN)
            await client.current()
            offset = client.clock_offset_seconds
            assert (offset is None) if expected is None else (offset is not None and offset > expected)
            await client.aclose()


async def test_an_api_without_get_cannot_tell() -> None:
    """405 says nothing about whether there is a webhook."""
    async with serving(SandboxOptions(get_status=405)) as running:
        client = PiktidClient(running.url, TOKEN)
        assert isinstance(await client.current(), CannotTell)
        await client.aclose()


async def test_a_wrong_token_is_reported() -> None:
    """401 has an empty body; the sentence says where a token is made."""
    async with serving(SandboxOptions(token=TOKEN)) as running:
        client = PiktidClient(running.url, Secret("token-2"))
        with pytest.raises(ProblemError, match="PiktID refused the token") as caught:
            await client.current()
        await client.aclose()

    assert caught.value.problem.needs_token
    assert not caught.value.problem.is_transient


async def test_the_token_goes_into_its_header_and_nowhere_else() -> None:
    """Paths, queries and bodies are free of it; the program says who it is; a base path is kept."""
    body = b'{"id": 1, "url": "u", "secret": "s"}'
    async with raw_server(
        b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(body), body)
    ) as (wire):
        client = PiktidClient(wire.url.replace("//", "//ada:lovelace@") + "/base/?q=1", TOKEN)
        webhook = await client.register("https://hook.example.com/")
        await client.aclose()

    lines = wire.received.decode().split("\r\n")
    assert lines[0] == "PUT /base/webhooks HTTP/1.1"
    assert f"User-Agent: webhook-tui/{__version__}" in lines
    assert [line for line in lines if TOKEN.reveal() in line] == [f"Authorization: Bearer {TOKEN.reveal()}"]
    assert "token-1" not in repr(client)
    assert repr(webhook.secret) == "Secret(***)"


class _Sequence:
    """Answers with one status after the other, and counts."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.methods: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.methods.append(scope["method"])
        await send({"type": "http.response.start", "status": self.statuses.pop(0), "headers": []})
        await send({"type": "http.response.body", "body": b'{"url": "u", "secret": "s"}'})


@pytest.mark.parametrize(
    ("call", "statuses", "asked"),
    [
        ("register", (503, 502, 200), 3),
        ("register", (503, 503, 503, 200), 3),
        ("register", (500, 200), 1),
        ("register", (429, 200), 1),
        ("current", (504, 200), 2),
        ("ping", (503, 200), 1),
        ("delete", (503, 204), 2),
        ("delete once", (503, 204), 1),
    ],
)
async def test_what_is_safe_to_repeat_is_repeated_a_few_times(call: str, statuses: tuple[int, ...], asked: int) -> None:
    """502, 503 and 504 pass quickly or not at all; a test ping is never repeated."""
    sequence = _Sequence(*statuses)
    server = Server(AsgiApplication(sequence), bind("127.0.0.1", 0, exact=True))
    await server.start()
    client = PiktidClient(f"http://127.0.0.1:{server.port}", TOKEN)
    calls: dict[str, Callable[[], Awaitable[object]]] = {
        "register": lambda: client.register("https://hook.example.com/"),
        "current": client.current,
        "ping": client.test_ping,
        "delete": client.delete,
        "delete once": lambda: client.delete(timeout_seconds=2, attempts=1),
    }
    with contextlib.suppress(ProblemError):
        await calls[call]()
    await client.aclose()
    await server.stop()

    assert len(sequence.methods) == asked


async def test_a_client_that_is_closed_reports_a_problem() -> None:
    """A call may be between two tries when another token replaces its client."""
    sequence = _Sequence(204)
    server = Server(AsgiApplication(sequence), bind("127.0.0.1", 0, exact=True))
    await server.start()
    client = PiktidClient(f"http://127.0.0.1:{server.port}", TOKEN)
    await client.delete()
    await client.aclose()
    with pytest.raises(ProblemError):
        await client.current()
    await server.stop()

    assert sequence.methods == ["DELETE"]


async def test_a_retry_writes_nothing_to_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    """The terminal is the screen's."""
    async with raw_server(b"HTTP/1.1 503 X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n") as wire:
        client = PiktidClient(wire.url, TOKEN)
        with pytest.raises(ProblemError, match="unavailable"):
            await client.current()
        await client.aclose()

    assert wire.connections == 3
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", CannotTell),
        (b"null", CannotTell),
        (b"{}", CannotTell),
        (b"[]", CannotTell),
        (b'{"url": null}', CannotTell),
        (b'{"url": "https://a/"}', Webhook),
    ],
)
async def test_a_get_that_names_no_url_cannot_tell(body: bytes, expected: type) -> None:
    """The shape of its answer is not documented."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    async with raw_server(head.encode() + body) as wire:
        client = PiktidClient(wire.url, TOKEN)
        assert isinstance(await client.current(), expected)
        await client.aclose()


@pytest.mark.parametrize("status", [200, 202, 204])
async def test_any_success_deletes(status: int) -> None:
    """Which 2xx it is, is not documented."""
    async with raw_server(f"HTTP/1.1 {status} X\r\n\r\n".encode()) as wire:
        client = PiktidClient(wire.url, TOKEN)
        assert await client.delete() is True
        await client.aclose()


async def test_an_https_api_is_reached_through_the_environments_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """As by every other program; one that refuses is named; an http API is never asked for through one."""
    async with raw_server(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n") as proxy:
        for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        client = PiktidClient("https://v2.api.piktid.com", TOKEN)
        with pytest.raises(ProblemError) as caught:
            await client.register("https://hook.example.com/")
        await client.aclose()
        async with serving() as running:
            local = PiktidClient(running.url, TOKEN)
            assert isinstance(await local.current(), NoWebhook)
            await local.aclose()

    assert proxy.received.startswith(b"CONNECT v2.api.piktid.com:443 ")
    assert b"GET" not in proxy.received
    assert TOKEN.key not in proxy.received
    assert caught.value.problem.sentence() == (
        "The proxy did not connect to v2.api.piktid.com. Check HTTPS_PROXY and NO_PROXY."
    )


@pytest.mark.parametrize("variable", ["ALL_PROXY", "https_proxy"])
@pytest.mark.parametrize(
    "proxy", ["socks5://127.0.0.1:1", "nonsense://x", "http://", "http://[", "http://h:99999", "http://h:port", "a b"]
)
async def test_a_proxy_that_cannot_be_used_is_named_by_the_call(
    monkeypatch: pytest.MonkeyPatch, variable: str, proxy: str
) -> None:
    """Nothing is sent past it; to create the client raises nothing."""
    monkeypatch.setenv(variable, proxy)
    client = PiktidClient("https://127.0.0.1:1", TOKEN)
    for call in (client.current(), client.register("https://hook.example.com/")):
        with pytest.raises(ProblemError) as caught:
            await call
        assert caught.value.problem.sentence() == (
            f"{variable} names a proxy that cannot be used here. "
            "Set it to http://HOST:PORT or unset it, then start again."
        )
    await client.aclose()


@pytest.mark.parametrize("no_proxy", ["fd07:b51a:cc66:f0::/64", "[::1]", "http://[x"])
async def test_no_proxy_without_a_proxy_changes_nothing(monkeypatch: pytest.MonkeyPatch, no_proxy: str) -> None:
    """As containers have it."""
    monkeypatch.setenv("NO_PROXY", no_proxy)
    client = PiktidClient("https://127.0.0.1:1", TOKEN)
    with pytest.raises(ProblemError, match=r"127\.0\.0\.1:1 refused the connection"):
        await client.current()
    await client.aclose()
