"""The querying process: reads a payload and expressions from standard input, writes results; ends when that ends."""

from __future__ import annotations

import json
import sys
from typing import Any, BinaryIO

from webhook_tui.domain.query import Mistake, QueryResult
from webhook_tui.querying import wire
from webhook_tui.querying.evaluate import document_of, evaluate

LARGEST_MEMORY = 2 * 1024**3
"""Bytes of address space, where the system keeps to it."""


def main() -> None:
    """Serve until the other side has ended."""
    _limit_memory()
    serve(sys.stdin.buffer, sys.stdout.buffer)


def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Answer every expression with what it finds in the payload that came last."""
    document: Any = None
    refused: Mistake | None = Mistake("there is no payload")
    while (frame := wire.read(source)) is not None:
        kind, content = frame
        if kind == wire.BODY:
            document, refused = _read(content)
            continue
        result = QueryResult(mistake=refused)
        if refused is None:
            try:
                result = evaluate(content.decode("utf-8"), document)
            except MemoryError:
                result = QueryResult(mistake=Mistake("it takes more memory than a query may have"))
        _answer(target, result)


def _read(body: bytes) -> tuple[Any, Mistake | None]:
    try:
        return document_of(body), None
    except RecursionError:
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
