"""The querying process: reads a payload and expressions from standard input, writes results; ends when that ends."""

from __future__ import annotations

import contextlib
import json
import signal
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

from webhook_tui.domain.payload.json_decoder import NestingError
from webhook_tui.domain.payload.query import Mistake, QueryResult
from webhook_tui.payload_query import wire
from webhook_tui.payload_query.evaluate import document_of, evaluate

LONGEST_SECONDS = 10
"""For one query; the host ends the process long before, if there still is one."""
LARGEST_MEMORY = 2 * 1024**3
"""Bytes of address space, where the system keeps to it."""


def main() -> None:
    """Serve until the other side has ended."""
    _limit_memory()
    serve(sys.stdin.buffer, sys.stdout.buffer)


def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Answer every expression with what it finds in the payload that was sent last."""
    document: Any = None
    refused: Mistake | None = Mistake("there is no payload")
    while (frame := wire.read(source)) is not None:
        kind, content = frame
        if kind == wire.BODY:
            document, refused = _read(content)
            continue
        result = QueryResult(mistake=refused)
        if refused is None:
            with _at_most(LONGEST_SECONDS):
                result = _evaluated(content.decode("utf-8"), document)
        _answer(target, result)


def _evaluated(expression: str, document: Any) -> QueryResult:
    try:
        return evaluate(expression, document)
    except MemoryError:
        return QueryResult(mistake=Mistake("it takes more memory than a query may have"))


@contextlib.contextmanager
def _at_most(seconds: int) -> Iterator[None]:
    """The process ends when that takes longer, since the asking process may be gone; Windows has no such clock."""
    alarm = getattr(signal, "alarm", lambda _seconds: 0)
    alarm(seconds)
    try:
        yield
    finally:
        alarm(0)


def _read(body: bytes) -> tuple[Any, Mistake | None]:
    try:
        return document_of(body), None
    except NestingError:
        return None, Mistake("the payload is nested too deeply to be queried")
    except MemoryError:
        return None, Mistake("the payload is too large to be queried")
    except ValueError:
        return None, Mistake("the payload is not JSON")


def _answer(target: BinaryIO, result: QueryResult) -> None:
    if result.mistake is None:
        wire.write(target, wire.FOUND, result.content)
        return
    mistake = result.mistake
    wire.write(target, wire.MISTAKEN, json.dumps([mistake.sentence, mistake.start, mistake.end]).encode("ascii"))


def _limit_memory() -> None:
    try:
        import resource  # noqa: PLC0415 -- not on Windows
    except ImportError:
        return
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    least = LARGEST_MEMORY if most == resource.RLIM_INFINITY else min(LARGEST_MEMORY, most)
    resource.setrlimit(resource.RLIMIT_AS, (least, most))
