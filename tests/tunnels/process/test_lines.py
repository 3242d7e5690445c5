"""Output as lines of plain text, however the bytes were split."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from webhook_tui.tunnels.process.output import LineSplitter


@given(st.binary(max_size=400), st.integers(1, 7))
def test_lines_do_not_depend_on_how_bytes_were_cut(data: bytes, size: int) -> None:
    """Seven bytes at a time give what all at once give."""
    whole, pieces = LineSplitter(), LineSplitter()
    expected = whole.feed(data) + whole.rest()
    got: list[str] = []
    for start in range(0, len(data), size):
        got += pieces.feed(data[start : start + size])
    assert got + pieces.rest() == expected


def test_lines_are_plain_and_bounded() -> None:
    """No ANSI, no empty line, and none that eats the memory."""
    splitter = LineSplitter(most_bytes=20)
    assert splitter.feed(b"\x1b[32mhi\x1b[0m\r\n\n\x1b]0;title\x07there\rlong" + b"x" * 100 + b"\nend") == [
        "hi",
        "there",
        "long" + "x" * 16,
    ]
    assert splitter.rest() == ["end"]
