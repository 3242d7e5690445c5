"""Sends signed deliveries over raw sockets, from one thread, at a cost that leaves the other core to the server."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import selectors
import socket
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter

SECRET = "benchmark-secret"
PATH = "/h/benchmark"
BODY_BYTES = 1024
_REQUESTS = 20_000
_READ_BYTES = 65_536
_END_OF_HEAD = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Answers:
    """The result of a load."""

    seconds: float
    waits: Sequence[float]
    """Seconds to each answer of 200: from sending, or from the scheduled time where there is a schedule."""
    failures: int
    """Answers other than 200, and connections that broke."""

    @property
    def rate(self) -> float:
        """Answers of 200 a second."""
        return len(self.waits) / self.seconds

    def percentile(self, share: float) -> float:
        """The seconds that this share of the answers did not take longer than."""
        return sorted(self.waits)[min(len(self.waits) - 1, int(share * len(self.waits)))]


class Requests:
    """Requests with 1 KiB of signed JSON each, every event another one, until 20,000 were given out."""

    def __init__(self) -> None:
        self._kept = [_request(number, "") for number in range(_REQUESTS)]
        self._closing = [_request(number, "Connection: close\r\n") for number in range(_REQUESTS)]
        self._next = 0

    def take(self, *, keeps_alive: bool) -> bytes:
        """Return the next request."""
        self._next = (self._next + 1) % _REQUESTS
        return (self._kept if keeps_alive else self._closing)[self._next]


def _request(number: int, header: str) -> bytes:
    event = {"id": number, "name": "image_result", "data": {"job_id": "j", "text": ""}, "timestamp": 1764000000.0}
    event["data"] = {"job_id": "j", "text": "x" * (BODY_BYTES - len(json.dumps(event)))}
    body = json.dumps(event).encode()
    signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nX-Webhook-Event: image_result\r\n"
        f"X-Webhook-Signature: sha256={signature}\r\n{header}\r\n"
    )
    return head.encode() + body


class _Connection:
    """One connection with at most one request under way."""

    def __init__(self, port: int, selector: selectors.BaseSelector) -> None:
        self.began = 0.0
        self.received = b""
        self._selector = selector
        self._unsent = b""
        self._is_connected = False
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.socket.connect_ex(("127.0.0.1", port))
        selector.register(self.socket, selectors.EVENT_READ, self)

    def send(self, request: bytes, began: float) -> None:
        """Send a request that counts from `began`; at once, or when the connection takes it."""
        self.began = began
        self.received = b""
        try:
            sent = self.socket.send(request)
        except (BlockingIOError, OSError):
            sent = 0
        if sent < len(request):
            self._unsent = request[sent:]
            self._selector.modify(self.socket, selectors.EVENT_READ | selectors.EVENT_WRITE, self)

    def on_writable(self) -> None:
        """Send what is left."""
        with contextlib.suppress(BlockingIOError, OSError):
            self._unsent = self._unsent[self.socket.send(self._unsent) :]
        if not self._unsent:
            self._selector.modify(self.socket, selectors.EVENT_READ, self)

    def read(self) -> bool:
        """Read; return whether the connection has ended."""
        try:
            data = self.socket.recv(_READ_BYTES)
        except BlockingIOError:
            return False
        except OSError:
            return True
        self.received += data
        return not data

    @property
    def is_answered(self) -> bool:
        """Whether the answer is whole."""
        head, end, body = self.received.partition(_END_OF_HEAD)
        if not end:
            return False
        at = head.lower().find(b"content-length:")
        return at >= 0 and len(body) >= int(head[at + 15 :].split(b"\r\n", 1)[0])

    @property
    def is_good(self) -> bool:
        """Whether the answer is a 200."""
        return self.received.startswith((b"HTTP/1.1 200", b"HTTP/1.0 200"))

    def close(self) -> None:
        """Close."""
        self._selector.unregister(self.socket)
        self.socket.close()


class Load:
    """The load on one port of this machine."""

    def __init__(self, port: int, requests: Requests) -> None:
        self._port = port
        self._requests = requests
        self._waits: list[float] = []
        self._failures = 0

    def closed(self, seconds: float, *, keeps_alive: bool, connections: int = 32) -> Answers:
        """Each connection sends the next request as soon as it has its answer; or a new connection does."""
        with _selector() as selector:
            began = perf_counter()
            until = began + seconds
            for _ in range(connections):
                self._connect(selector, keeps_alive)
            while (now := perf_counter()) < until:
                for key, mask in selector.select(until - now):
                    connection: _Connection = key.data
                    if mask & selectors.EVENT_WRITE:
                        connection.on_writable()
                    if mask & selectors.EVENT_READ:
                        self._read(connection, selector, keeps_alive)
            return self._answers(perf_counter() - began)

    def _connect(self, selector: selectors.BaseSelector, keeps_alive: bool) -> None:
        began = perf_counter()
        _Connection(self._port, selector).send(self._requests.take(keeps_alive=keeps_alive), began)

    def _read(self, connection: _Connection, selector: selectors.BaseSelector, keeps_alive: bool) -> None:
        has_ended = connection.read()
        if keeps_alive and connection.is_answered:
            self._count(connection)
            connection.send(self._requests.take(keeps_alive=True), perf_counter())
        elif has_ended:
            self._count(connection)
            connection.close()
            self._connect(selector, keeps_alive)

    def scheduled(self, rate: float, seconds: float, connections: int = 16) -> Answers:
        """So many a second, whether those before are answered or not; waits count from the scheduled times.

        What is due while all connections wait for an answer is sent by the next one that is free. Raises
        ConnectionError when the server closes one.
        """
        with _selector() as selector:
            free = deque(_Connection(self._port, selector) for _ in range(connections))
            due: deque[float] = deque()
            began = perf_counter()
            number, count = 0, int(rate * seconds)
            while number < count or due or len(free) < connections:
                now = perf_counter()
                while number < count and began + number / rate <= now:
                    due.append(began + number / rate)
                    number += 1
                while due and free:
                    free.popleft().send(self._requests.take(keeps_alive=True), due.popleft())
                if now > began + 3 * seconds:
                    break
                wait = max(0.0, began + number / rate - perf_counter()) if number < count else 1.0
                for key, mask in selector.select(wait):
                    connection: _Connection = key.data
                    if mask & selectors.EVENT_WRITE:
                        connection.on_writable()
                    if mask & selectors.EVENT_READ and connection.read():
                        raise ConnectionError(f"the server closed a connection after {connection.received!r}")
                    if mask & selectors.EVENT_READ and connection.is_answered:
                        self._count(connection)
                        free.append(connection)
            return self._answers(perf_counter() - began)

    def _count(self, connection: _Connection) -> None:
        if connection.is_good:
            self._waits.append(perf_counter() - connection.began)
        else:
            self._failures += 1

    def _answers(self, seconds: float) -> Answers:
        answers = Answers(seconds, self._waits, self._failures)
        self._waits, self._failures = [], 0
        return answers


@contextlib.contextmanager
def _selector() -> Iterator[selectors.BaseSelector]:
    """A selector whose sockets are closed at the end."""
    with selectors.DefaultSelector() as selector:
        try:
            yield selector
        finally:
            for key in list(selector.get_map().values()):
                key.data.close()
