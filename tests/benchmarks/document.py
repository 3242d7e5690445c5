"""A body of 10 MiB of JSON on the screen: its first frame, and a key's."""

from __future__ import annotations

import json
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tests.benchmarks import terminal
from tests.benchmarks.figure import Figure, at_most

_BODY_BYTES = 10_000_000
"""A little less than the largest body that the receiver takes."""
_KEYS = 10


def measure() -> Iterator[Figure]:
    """Send the body, select it, and scroll in it."""
    with tempfile.TemporaryDirectory() as home, terminal.screen(Path(home)) as screen:
        _send(screen.port, b'{"id": 1, "name": "ping", "data": {"first": "small"}}')
        screen.wait_for(rb"first")
        _send(screen.port, _body())
        screen.wait_for(rb"\b2 +\d\d:\d\d:\d\d")
        screen.key_seconds(b"k", rb"first")
        first = screen.key_seconds(b"j", rb"number 0\b")
        screen.key_seconds(b"\r", rb".")
        keys = [screen.key_seconds(b"\x04", rb"number \d+") for _ in range(_KEYS)]
    yield at_most("10 MB of JSON: first frame", first * 1000, 150, "ms")
    yield at_most("10 MB of JSON: a key in it", median(keys) * 1000, 50, "ms", "(median)")


def _body() -> bytes:
    count = _BODY_BYTES // len(
        json.dumps({"text": "number 100000", "value": 100000, "nested": [1, 2, {"a": None}]}) + ", "
    )
    values = [{"text": f"number {each}", "value": each, "nested": [1, 2, {"a": None}]} for each in range(count)]
    return json.dumps({"id": 2, "name": "batch_edit", "data": {"values": values}}).encode()


def _send(port: int, body: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), 30) as connection:
        connection.sendall(b"POST /h HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        answer = connection.recv(100)
    if not answer.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(answer)
