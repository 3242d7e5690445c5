"""Odd deliveries, and the commands that must make them arrive at a server byte for byte."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.factories import delivery, row
from tests.http.echo import Received, echo
from tests.timeouts import TIMEOUT_SECONDS
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.delivery.headers import Headers
from webhook_tui.export.destination import Destination
from webhook_tui.export.formats import FORMATS

JSON = (b"Content-Type", b"application/json")

BODIES: Mapping[str, bytes] = {
    "ping": b'{"id": 90412, "name": "ping", "data": {}, "timestamp": 1795443602.5}',
    "empty": b"",
    "a file's name": b"@/etc/passwd",
    "an option": b"-d @/etc/passwd",
    "a command": b"$(touch /tmp/x) `touch /tmp/x` ${HOME} $HOME !! ; exit 1 && #",
    "quotes": b"""it's "quoted" \\' \\\\ '"'"' \\n""",
    "newlines": b'{\n  "a": 1\n}\n\n',
    "the end of the here-document": b"END_OF_BODY\nEND_OF_BODY\n\x00",
    "CR LF and TAB": b'{\r\n\t"a": 1\r\n}\r\n',
    "NUL": b"a\x00b",
    "every byte": bytes(range(256)) * 3,
    "UTF-8": '{"name": "Zoë — 日本"}'.encode(),
    "text that hides": "a\u202eb\u200bc\x1b[31m\x9b".encode(),
    "not UTF-8": b"caf\xe9",
    "an image": b"\x89PNG\r\n\x1a\n" + os.urandom(64),
    "long text": b'{"x": "' + b"y" * 60_000 + b'"}',
    "200,000 bytes": b'{"x": "' + b"y" * 200_000 + b'"}',
    "percent": b"%s %d %% %\\n",
}

HEADERS: Mapping[str, Headers] = {
    "as PiktID's": (
        (b"Host", b"evil.example"),
        JSON,
        (b"X-Webhook-Event", b"ping"),
        (b"X-Webhook-Signature", b"sha256=" + b"0a" * 32),
        (b"Content-Length", b"999"),
    ),
    "none": (),
    "case and order": ((b"x-TWICE", b"1"), (b"User-Agent", b"a b"), (b"accept", b"*/*"), (b"x-TWICE", b"2")),
    "empty": ((b"X-Empty", b""), (b"Content-Type", b"")),
    "a file's name": ((b"X-At", b"@/etc/passwd"), (b"X-Is", b"=@/etc/passwd"), (b"X-Colon", b":=@/etc/passwd")),
    "a command": ((b"X-Run", b'$(touch /tmp/x)`touch /tmp/x`\'"\\"!!%s;'),),
    "not ASCII": ((b"X-Utf", "Zoë".encode()), (b"X-Tab", b"a\tb"), (b"X-Hides", "a\u202eb".encode())),
    "not UTF-8": ((b"X-Latin", b"caf\xe9 \x9b31m 'x' %s \\n!"),),
    "an option": ((b"-v", b"--output /tmp/x"), (b"X-Dash", b"-x"), (b"-x", b"caf\xe9")),
    "of one connection": ((b"Connection", b"close"), (b"Transfer-Encoding", b"chunked"), (b"Expect", b"100-continue")),
}

TARGETS = (
    "/h/abc?a=1&b=%2F",
    "//evil.example/",
    "/a/../b/./c",
    "/%zz%2e",
    "/a?b?c#d",
    "/[a-c]{1,2}'\"$(x)",
    "/caf\xe9",
)

DROPPED = {b"host", b"content-length", b"connection", b"transfer-encoding", b"expect"}


def stored(
    body: bytes = BODIES["ping"], headers: Headers = HEADERS["as PiktID's"], target: str = "/h/abc", seq: int = 8
) -> StoredDelivery:
    """A delivery of the history."""
    return StoredDelivery(row(seq, size=len(body)), delivery(body, headers=headers, target=target))


EVERYTHING = [
    *(stored(body, seq=number) for number, body in enumerate(BODIES.values(), start=100)),
    *(stored(headers=headers, seq=number) for number, headers in enumerate(HEADERS.values(), start=200)),
    *(stored(target=target, seq=number) for number, target in enumerate(TARGETS, start=300)),
]


def written(form: str, deliveries: Iterable[StoredDelivery]) -> bytes:
    """The whole file of these deliveries."""
    return b"".join(FORMATS[form].write(deliveries, Destination()))


async def run(*command: str, tools: Path | None = None, **environment: str) -> str:
    """Run a command in an empty directory's stead; its standard output. A failure fails the test."""
    path = os.environ["PATH"] if tools is None else f"{tools}{os.pathsep}{os.environ['PATH']}"
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **environment, "PATH": path},
    )
    out, errors = await asyncio.wait_for(process.communicate(), TIMEOUT_SECONDS)
    assert process.returncode == 0, (out, errors)
    return out.decode()


async def shell(command: bytes, *, tools: Path | None) -> None:
    """Run a command as `sh -c` does; one that is too long for an argument comes from a file, as it does for people."""
    if len(command) < 100_000:
        await run("sh", "-c", command.decode(), tools=tools)
        return
    with tempfile.NamedTemporaryFile(suffix=".sh") as file:
        file.write(command)
        file.flush()
        await run("sh", file.name, tools=tools)


async def arrived(form: str, deliveries: Iterable[StoredDelivery], tools: Path | None) -> list[Received]:
    """Every delivery's own command, run by itself, and what arrived."""
    async with echo() as server:
        for one in deliveries:
            await shell(FORMATS[form].one(one, Destination(server.url)), tools=tools)
    return server.requests


def travelling(headers: Headers) -> list[tuple[bytes, bytes]]:
    """The headers without those that concern one connection."""
    return [(name, value) for name, value in headers if name.lower() not in DROPPED]
