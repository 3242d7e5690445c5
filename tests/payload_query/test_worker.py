"""The child's side of the frames."""

from __future__ import annotations

import io

from webhook_tui.payload_query import wire
from webhook_tui.payload_query.worker import serve


def test_the_process_speaks_frames() -> None:
    """A stream that ends in the middle of one ends it."""
    source, target = io.BytesIO(), io.BytesIO()
    wire.write(source, wire.EXPRESSION, b"a")
    wire.write(source, wire.BODY, b'{"a": [1]}')
    wire.write(source, wire.EXPRESSION, b"a")
    source.write(b"E\0\0")
    source.seek(0)
    serve(source, target)
    target.seek(0)

    assert wire.read(target) == (wire.MISTAKEN, b'["there is no payload", null, 0]')
    assert wire.read(target) == (wire.FOUND, b"[1]")
    assert wire.read(target) is None
