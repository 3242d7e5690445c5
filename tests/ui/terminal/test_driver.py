"""The input of a terminal, mouse reports in old forms included."""

from __future__ import annotations

import sys

import pytest
from textual import events
from textual.message import Message

if sys.platform == "win32":
    pytest.skip("its driver is Textual's own", allow_module_level=True)

from webhook_tui.ui.terminal.driver import InputDecoder


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
