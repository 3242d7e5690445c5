"""Indents JSON that msgspec refuses although it is JSON, such as half a surrogate pair; slower, so only for that."""

from __future__ import annotations

import re
from collections.abc import Iterator

LARGEST_INDENTED = 1024 * 1024
"""Bytes; above that a body that msgspec refuses is shown as text."""

_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}\[\],:]|[^\s{}\[\],:"]++', re.DOTALL)
_CLOSING = {b"{": b"}", b"[": b"]"}


def indented(body: bytes, indent: int) -> bytes:
    """A body that is known to be JSON, laid out as `msgspec.json.format` does; every token stays as it came."""
    return b"".join(_laid_out(_TOKEN.findall(body), indent))


def _laid_out(tokens: list[bytes], indent: int) -> Iterator[bytes]:
    depth = 0
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else b""
        if token in _CLOSING:
            yield token
            if following != _CLOSING[token]:
                depth += 1
                yield b"\n" + b" " * (indent * depth)
        elif token in (b"}", b"]"):
            if _CLOSING.get(tokens[index - 1]) != token:
                depth -= 1
                yield b"\n" + b" " * (indent * depth)
            yield token
        elif token == b",":
            yield b",\n" + b" " * (indent * depth)
        elif token == b":":
            yield b": "
        else:
            yield token
