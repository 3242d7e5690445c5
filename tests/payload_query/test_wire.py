"""Frames between the screen's process and the child that answers queries."""

from __future__ import annotations

import io

import pytest

from webhook_tui.payload_query import wire


def test_frames_are_read_as_they_were_written() -> None:
    stream = io.BytesIO()
    wire.write(stream, wire.BODY, b"{}")
    wire.write(stream, wire.EXPRESSION, b"")
    stream.seek(0)
    assert [wire.read(stream) for _ in range(3)] == [(wire.BODY, b"{}"), (wire.EXPRESSION, b""), None]


@pytest.mark.parametrize("length", [1, 8, 9, 10])
def test_a_frame_that_was_cut_off_is_the_end(length: int) -> None:
    stream = io.BytesIO()
    wire.write(stream, wire.FOUND, b"[]")
    assert wire.read(io.BytesIO(stream.getvalue()[:length])) is None
