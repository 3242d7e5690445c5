"""What may reach a terminal: the few control sequences that Textual draws with, and text that is harmless."""

from __future__ import annotations

import re
from collections.abc import Iterable

from webhook_tui.domain.delivery.text import is_harmless

_SGR = rb"\x1b\[(?:(?:[0-9]{1,2}|[34]8;(?:2;\d{1,3};\d{1,3};\d{1,3}|5;\d{1,3}))(?:;|(?=m)))*m"
_OURS = re.compile(
    rb"|".join(
        (
            _SGR,
            rb"\x1b\[\d+;\d+H",
            rb"\x1b\[H",
            rb"\x1b\[\?(?:1000|1003|1004|1006|1015|1016|1049|2004|2026|2031|2048|25|7)[hl]",
            rb"\x1b\[\?(?:2026|2048)\$p",
            rb"\x1b\[>\d+u",
            rb"\x1b\[<u",
            rb"\x1b\[K(?=Leaving)",
            rb"\x1b\]22;[a-z]+\x07",
            rb"\x1b\]52;c;[A-Za-z0-9+/=]*\x07",
            rb"\r|\n",
        )
    )
)
COPY = re.compile(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")


def strangers(output: bytes) -> list[bytes]:
    """Everything in `output` that is neither Textual's own way of drawing nor harmless text, with what is before it."""
    place = 0
    text = bytearray()
    for match in _OURS.finditer(output):
        text += output[place : match.start()] + b"\n"
        place = match.end()
    text += output[place:]
    lines = text.decode("utf-8", "surrogateescape").split("\n")
    return [line.encode("utf-8", "surrogateescape")[:300] for line in lines if not all(map(is_harmless, line))]


def assert_clean(output: bytes, sent: Iterable[str]) -> None:
    """No stranger is in `output`, no link, and none of what was sent between angle brackets appeared raw."""
    assert strangers(output) == []
    assert b"\x1b]8;" not in output
    for text in sent:
        if not all(map(is_harmless, text)):
            raw = f"<{text}>".encode("utf-8", "surrogatepass")
            assert raw not in output, text
