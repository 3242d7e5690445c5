"""Frames between the screen's process and the child: one letter, eight bytes of length, content."""

from __future__ import annotations

import struct
from typing import IO

BODY, EXPRESSION, FOUND, MISTAKEN = b"B", b"E", b"F", b"M"

_HEAD = struct.Struct(">cQ")


def write(stream: IO[bytes], kind: bytes, content: bytes) -> None:
    """Write one frame. Raises OSError when the other process has ended."""
    stream.write(_HEAD.pack(kind, len(content)))
    stream.write(content)
    stream.flush()


def read(stream: IO[bytes]) -> tuple[bytes, bytes] | None:
    """The next frame, or None when the other side has ended."""
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    kind, length = _HEAD.unpack(head)
    content = stream.read(length)
    return (kind, content) if len(content) == length else None
