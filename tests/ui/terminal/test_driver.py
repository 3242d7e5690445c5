"""The input of a terminal, mouse reports in old forms included."""

from __future__ import annotations

import os
import struct
import sys

import pytest
from textual import events
from textual.message import Message

if sys.platform == "win32":
    pytest.skip("its driver is Textual's own", allow_module_level=True)

import fcntl
import pty
import termios

from webhook_tui.ui.terminal.answers import AttributesReported, GraphicsAnswered
from webhook_tui.ui.terminal.driver import InputDecoder, cell_size_of


def _fed(*parts: bytes) -> list[Message]:
    decoder = InputDecoder()
    return [message for part in parts for message in decoder.feed(part)] + list(decoder.tick())


def _mouse(*parts: bytes) -> list[tuple[str, int, int, int]]:
    found = [message for message in _fed(*parts) if isinstance(message, events.MouseEvent)]
    return [(type(each).__name__, int(each.x), int(each.y), each.button) for each in found]


@pytest.mark.parametrize(
    "parts",
    [
        (b"\x1b[<0;5;3M", b"\x1b[<0;5;3m"),
        (b"\x1b[32;5;3M", b"\x1b[35;5;3M"),
        (b"\x1b[M\x20\x25\x23", b"\x1b[M\x23\x25\x23"),
        (b"\x1b[M\x20", b"\x25\x23\x1b[", b"M\x23\x25\x23"),
    ],
    ids=["sgr", "urxvt", "x10", "x10 in parts"],
)
def test_a_click_in_each_form(parts: tuple[bytes, ...]) -> None:
    assert _mouse(*parts) == [("MouseDown", 4, 2, 1), ("MouseUp", 4, 2, 1)]


def test_a_far_column_is_no_text() -> None:
    found = _fed(b"\x1b[M\x20\xff\xfe")
    assert not any(isinstance(message, events.Key) for message in found)


def test_keys_come_whole_though_their_bytes_come_apart() -> None:
    keys = [message.character for message in _fed(b"a\xc3", b"\xa9") if isinstance(message, events.Key)]
    assert keys == ["a", "é"]


def test_answers_between_keys() -> None:
    """They are messages of their own; each key is pressed once, in its order."""
    found = _fed(b"a\x1b_Gi=1;OK\x1b", b"\\b\x1b[?62;4c\x1b[A")
    read = [message.key if isinstance(message, events.Key) else type(message) for message in found]
    assert read == ["a", GraphicsAnswered, "b", AttributesReported, "up"]


def test_the_size_of_a_cell_of_a_device() -> None:
    """Not where the device knows no pixels, nor where it is none."""
    ours, theirs = pty.openpty()
    assert cell_size_of(theirs) is None
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 905, 840))
    assert cell_size_of(theirs) == (9, 21)
    os.close(ours)
    os.close(theirs)
    assert cell_size_of(theirs) is None
