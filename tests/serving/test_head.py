"""The lines of a head, cut at any place: what the parser gets is the same, and never a byte of a body."""

from __future__ import annotations

import pytest

from webhook_tui.serving.head import HeadLines

HEADS = (
    (
        b"POST /h HTTP/1.1\r\nA: 1 \t\r\nB:\t\r\nC: d \t e\r\n\r\n",
        b"POST /h HTTP/1.1\r\nA: 1\r\nB:\r\nC: d \t e\r\n\r\n",
    ),
    (b"POST /h:1 HTTP/1.1 \t\r\nA: 1\r\n\r\n", b"POST /h:1 HTTP/1.1 \t\r\nA: 1\r\n\r\n"),
    *(
        (head, head)
        for head in (
            b"POST / HTTP/1.1\r\n\r\n",
            b"POST / HTTP/1.1\r\nA \t: 1\r\nB\t\r\nC: 1\r\n \t\r\n\r\n",
            b"POST / HTTP/1.1\r\nA: 1\t\nB: 2\t\rC: 3\x0b\t\r\n\r\n",
        )
    ),
)
"""As sent, and as the parser reads it: only blanks at the end of a header line are gone."""


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize(("sent", "read"), HEADS)
def test_blanks_after_values_are_gone_wherever_the_data_is_cut(sent: bytes, read: bytes, size: int) -> None:
    """What follows the empty line is left where it is."""
    lines, body = HeadLines(10_000), b"A: 1 \t\r\n\r\n"
    parts: list[bytes] = []
    pieces = [sent[at : at + size] for at in range(0, len(sent), size)]
    pieces[-1] += body
    for piece in pieces:
        at = 0
        while at < len(piece) and lines.size < len(sent):
            part, at = lines.take(piece, at)
            parts.append(part)
    assert b"".join(parts) == read
    assert (lines.size, piece[at:]) == (len(sent), body)


def test_a_request_line_is_given_out_as_it_comes() -> None:
    """So that what is none is refused before its end; a header line is held until it is whole."""
    lines = HeadLines(10_000)
    assert lines.take(b"\x16\x03\x01", 0) == (b"\x16\x03\x01", 3)
    lines.start()
    assert lines.take(b"POST / HT", 0) == (b"POST / HT", 9)
    assert lines.take(b"TP/1.1\r\nA: 1 ", 0) == (b"TP/1.1\r\n", 13)
    assert lines.take(b"\t\r", 0) == (b"", 2)
    assert lines.take(b"\n\r\nA: 1 \r\n", 0) == (b"A: 1\r\n\r\n", 3)


def test_more_than_a_head_may_have_is_not_taken() -> None:
    """Only so much that it is seen to be too much."""
    lines = HeadLines(10)
    _, end = lines.take(b"x" * 1000, 0)
    assert end == lines.size == 11
