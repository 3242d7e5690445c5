"""Deliveries a second, durable ones, beside the server of PiktID's published script, in the same run.

Run by hand: `PYTHONPATH=app python tests/benchmarks/receiver.py [--seconds 4]`. Each server is a child process; the
load comes from this one: 32 connections, 1 KiB of signed JSON a request, every event another one. Ours answers 200 when
the delivery is on disk (one fsync for all that wait); the script's stores nothing, and its prints go to /dev/null.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import hashlib
import hmac
import importlib.machinery
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self, cast

import uvloop

from webhook_tui.config import Places, Settings
from webhook_tui.domain.events import SessionEvent, SessionReady
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.session.session import Session

CONNECTIONS = 32
BODY_BYTES = 1024
SECRET = "benchmark-secret"
_REQUESTS = 8_000
_HERE = Path(__file__).resolve()
_SCRIPT = _HERE.parent.parent / "sandbox" / "published_script.txt"
_SHIM = _HERE.parent.parent / "sandbox" / "requests_shim"


# The servers, each in a child of its own


def _serve_session(directory: Path) -> None:
    """The receiver, the judge and the store as the screen has them; what is recorded is only counted."""
    places = Places(directory / "config", directory / "state")
    settings = Settings(
        tunnel="none",
        port=0,
        register=False,
        hook_url="http://127.0.0.1/any",
        secrets=(Secret(SECRET),),
        places=places,
    )
    session = Session.open(settings, asks=False)

    def emit(fact: SessionEvent) -> None:
        if isinstance(fact, SessionReady):
            _say(fact.port)

    worker = threading.Thread(target=session.run, args=(emit,))
    worker.start()
    _say(_cpu_until_told())
    session.stop()
    worker.join()


def _serve_script() -> None:
    """The published script's own server class; its module is loaded from the text as it was published."""
    sys.path.insert(0, str(_SHIM))
    loader = importlib.machinery.SourceFileLoader("published_script", str(_SCRIPT))
    spec = importlib.util.spec_from_loader("published_script", loader)
    assert spec is not None
    script = importlib.util.module_from_spec(spec)
    loader.exec_module(script)
    server = script._WebhookServer(("127.0.0.1", 0), secret=SECRET)
    _say(server.server_address[1])
    with Path(os.devnull).open("w", encoding="utf-8") as nothing, contextlib.redirect_stdout(nothing):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        _say(_cpu_until_told())


def _cpu_until_told() -> float:
    """Seconds of CPU time until standard input ends."""
    before = time.process_time()
    sys.stdin.read()
    return time.process_time() - before


def _say(number: float) -> None:
    sys.__stdout__.write(f"{number}\n")  # type: ignore[union-attr]  # a child has one
    sys.__stdout__.flush()  # type: ignore[union-attr]  # as above


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")


class _Server:
    """A child that serves; `port` is good inside the context, `cpu_seconds` after it."""

    def __init__(self, kind: str, directory: Path) -> None:
        self._command = [sys.executable, str(_HERE), "--serve", kind, "--directory", str(directory)]
        self.cpu_seconds = 0.0

    def __enter__(self) -> Self:
        self._child = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._child.stdout is not None
        self.port = int(self._child.stdout.readline())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            said, _ = self._child.communicate(timeout=10)
            self.cpu_seconds = float(said)
        finally:
            self._child.kill()


# The load


def _requests(path: str = "/h/benchmark") -> list[bytes]:
    made = []
    for number in range(_REQUESTS):
        event = {"id": number, "name": "image_result", "data": {"job_id": "j", "text": ""}, "timestamp": 1764000000.0}
        event["data"] = {"job_id": "j", "text": "x" * (BODY_BYTES - len(json.dumps(event)))}
        body = json.dumps(event).encode()
        signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nX-Webhook-Event: image_result\r\n"
            f"X-Webhook-Signature: sha256={signature}\r\n"
        )
        made.append(head.encode() + b"%s\r\n" + body)
    return made


@dataclass
class _Load:
    """So many connections, each with one request under way, until time is up."""

    port: int
    seconds: float
    keeps: bool
    requests: list[bytes]
    done: int = 0
    wrong: int = 0
    waits: list[float] = field(default_factory=list)
    next: int = 0

    async def run(self) -> None:
        """Send for `seconds`."""
        self.until = time.perf_counter() + self.seconds
        await asyncio.gather(*(self._one() for _ in range(CONNECTIONS)))

    def request(self) -> bytes:
        """The next one, each with another event."""
        self.next = (self.next + 1) % len(self.requests)
        return self.requests[self.next] % (b"" if self.keeps else b"Connection: close\r\n")

    async def _one(self) -> None:
        loop = asyncio.get_running_loop()
        while time.perf_counter() < self.until:
            ended: asyncio.Future[None] = loop.create_future()
            await loop.create_connection(lambda ended=ended: _Connection(self, ended), "127.0.0.1", self.port)  # type: ignore[misc]  # mypy cannot infer a lambda with a default
            await ended


class _Connection(asyncio.Protocol):
    """One connection of the load."""

    def __init__(self, load: _Load, ended: asyncio.Future[None]) -> None:
        self._load = load
        self._ended = ended
        self._answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass
        self._send()

    def _send(self) -> None:
        self._answer = b""
        self._sent_at = time.perf_counter()
        self._transport.write(self._load.request())

    def data_received(self, data: bytes) -> None:
        self._answer += data
        if self._load.keeps and self._is_whole():
            self._count()
            if time.perf_counter() < self._load.until:
                self._send()
            else:
                self._transport.close()

    def _is_whole(self) -> bool:
        head, end, body = self._answer.partition(b"\r\n\r\n")
        length = head.lower().partition(b"content-length:")[2].split(maxsplit=1)
        return bool(end) and len(body) >= int(length[0])

    def connection_lost(self, error: Exception | None) -> None:
        if not self._load.keeps:
            self._count()
        self._ended.set_result(None)

    def _count(self) -> None:
        now = time.perf_counter()
        good = self._answer[9:12] == b"200" and now <= self._load.until
        self._load.done += good
        self._load.wrong += self._answer[9:12] != b"200"
        self._load.waits.append(now - self._sent_at)


# The table


def _measured(kind: str, directory: Path, seconds: float, requests: list[bytes]) -> dict[str, float]:
    rates = {}
    answered = 0
    with _Server(kind, directory) as server:
        for name, keeps in (("keep-alive", True), ("new connections", False)):
            if keeps and kind == "script":
                continue  # it speaks HTTP/1.0: one request a connection
            warming, load = (_Load(server.port, wait, keeps, requests) for wait in (0.5, seconds))
            uvloop.run(warming.run())
            uvloop.run(load.run())
            answered += len(warming.waits) + len(load.waits)
            rates[name] = load.done / seconds
            waits = statistics.quantiles(load.waits, n=100)
            _tell(
                f"{kind:<8} {name:<16} {rates[name]:>9,.0f}/s   median {waits[49] * 1000:6.1f} ms"
                f"   99 % {waits[98] * 1000:7.1f} ms   {load.wrong} not answered 200"
            )
    _tell(f"{kind:<8} CPU time {server.cpu_seconds / answered * 1000:.3f} ms a delivery")
    return rates


def main() -> None:
    """Measure both and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--serve", choices=["session", "script"], help=argparse.SUPPRESS)
    parser.add_argument("--directory", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve == "session":
        _serve_session(given.directory)
    elif given.serve == "script":
        _serve_script()
    else:
        requests = _requests()
        with tempfile.TemporaryDirectory() as directory:
            ours = _measured("session", Path(directory), given.seconds, requests)
        theirs = _measured("script", Path(), given.seconds, requests)["new connections"]
        for name, rate in ours.items():
            _tell(f"ours, {name}, durable: {rate / theirs:.1f} times the script's, which stores nothing")


if __name__ == "__main__":
    main()
