"""Small handlers of webhooks, as people write them: a good one, and ones with a fault each."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable

from tests.tcp_server import tcp_server
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.handler_check.cases import cases
from webhook_tui.http.asgi import AsgiApplication, Receive, Scope, Send
from webhook_tui.http.server import Server
from webhook_tui.http.sockets import bind

SECRET = "whsec_check"
CASES = cases(
    Secret(SECRET),
    [("ping", {}), ("batch_edit", {"status": "completed"})],
    first_id=1_000_000_000,
    now=1_795_443_602.5,
)

Answer = Callable[[dict[bytes, bytes], bytes], int]
"""Headers (names in lower case) and body to a status; what it raises is answered 500."""


def good(headers: dict[bytes, bytes], body: bytes) -> int:
    """As PiktID's documentation has it."""
    expected = b"sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest().encode()
    if not hmac.compare_digest(expected, headers.get(b"x-webhook-signature", b"")):
        return 401
    try:
        event = json.loads(body)
    except ValueError:
        return 400
    return 200 if isinstance(event, dict) and isinstance(event.get("data"), dict) else 400


def credulous(headers: dict[bytes, bytes], body: bytes) -> int:
    """Accepts everything."""
    return 200


def crashing(headers: dict[bytes, bytes], body: bytes) -> int:
    """Trusts that every header and member is there."""
    expected = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, headers[b"x-webhook-signature"].decode("utf-8")):
        return 401
    return {"ping": 200, "batch_edit": 200, "image_result": 200, "identity_preprocessing": 204}[
        json.loads(body)["name"]
    ]


def reserialising(headers: dict[bytes, bytes], body: bytes) -> int:
    """Checks the signature of JSON that it wrote itself."""
    return good(headers, json.dumps(json.loads(body)).encode()) if body.startswith(b"{") else 400


def unset(headers: dict[bytes, bytes], body: bytes) -> int:
    """Its secret's variable is not set in the environment."""
    expected = b"sha256=" + hmac.new(b"", body, hashlib.sha256).hexdigest().encode()
    return 200 if headers.get(b"x-webhook-signature") == expected else 401


def beginning(headers: dict[bytes, bytes], body: bytes) -> int:
    """Compares as many digits as there are."""
    expected = b"sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest().encode()
    signature = headers.get(b"x-webhook-signature", b"")
    return 200 if signature and expected.startswith(signature) else 401


def small(headers: dict[bytes, bytes], body: bytes) -> int:
    """Takes no more than 100 kB."""
    return 413 if len(body) > 100_000 else good(headers, body)


def redirecting(headers: dict[bytes, bytes], body: bytes) -> int:
    """Wants a login."""
    return 302


def nowhere(headers: dict[bytes, bytes], body: bytes) -> int:
    """Is at another path."""
    return 404


def once() -> Answer:
    """Refuses an event that it has seen."""
    seen: set[bytes] = set()

    def answer(headers: dict[bytes, bytes], body: bytes) -> int:
        status = 409 if body in seen else good(headers, body)
        seen.add(body)
        return status

    return answer


def in_order() -> Answer:
    """Refuses what is older than what it has seen."""
    newest = [0.0]

    def answer(headers: dict[bytes, bytes], body: bytes) -> int:
        status = good(headers, body)
        if status == 200:
            happened = json.loads(body)["timestamp"]
            if happened < newest[0]:
                return 409
            newest[0] = happened
        return status

    return answer


def fragile() -> Answer:
    """Is out of order after the first body that is no JSON."""
    broken = [False]

    def answer(headers: dict[bytes, bytes], body: bytes) -> int:
        status = 500 if broken[0] else good(headers, body)
        broken[0] = broken[0] or body == b"this is no JSON"
        return status

    return answer


@contextlib.asynccontextmanager
async def serving(
    answer: Answer, *, first_piece: bool = False, waits: Callable[[], Awaitable[object]] | None = None
) -> AsyncIterator[str]:
    """The handler's URL. `first_piece`: it reads the body once only. `waits`: before it answers."""

    def status(headers: dict[bytes, bytes], body: bytes) -> int:
        try:
            return answer(headers, body)
        except Exception:  # noqa: BLE001 -- as every web framework does
            return 500

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        message = await receive()
        if waits is not None:
            await waits()
        found = status(dict(scope["headers"]), message["body"])
        await send({"type": "http.response.start", "status": found, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def read_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        lines = (line.partition(b": ") for line in head.split(b"\r\n")[1:-2])
        headers = {name.lower(): value for name, _, value in lines}
        body = await reader.read(65_536) if int(headers.get(b"content-length", b"0")) else b""
        writer.write(b"HTTP/1.0 %d \r\n\r\n" % status(headers, body))
        writer.write_eof()
        while await reader.read(65_536):  # closed before the client is done, it would lose the answer
            pass
        writer.close()

    if first_piece:
        async with tcp_server(read_once) as port:
            yield f"http://127.0.0.1:{port}/webhook"
        return
    server = Server(AsgiApplication(app), bind("127.0.0.1", 0, exact=True))
    await server.start()
    try:
        yield f"http://127.0.0.1:{server.port}/webhook"
    finally:
        await server.stop()
