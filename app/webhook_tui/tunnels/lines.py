"""Bytes of a terminal program as whole lines of plain text, however they were cut on the way; pure."""

from __future__ import annotations

import re

from webhook_tui.domain.delivery.text import decoded

MOST_LINE_BYTES = 64 * 1024

_ANSI = re.compile(
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # OSC: titles, links
    r"|\x1b[PX^_][^\x1b]*(?:\x1b\\)?"  # DCS, SOS, PM, APC
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor
    r"|\x1b[ -/]*[0-~]"
)


def plain(text: str) -> str:
    """The text without ANSI sequences."""
    return _ANSI.sub("", text)


class LineSplitter:
    """Collects bytes and gives whole lines; a carriage return ends a line as well, and empty lines are left out.

    A line longer than `most_bytes` is cut there, and its rest is dropped.
    """

    def __init__(self, most_bytes: int = MOST_LINE_BYTES) -> None:
        self._most_bytes = most_bytes
        self._begun = bytearray()

    def feed(self, data: bytes) -> list[str]:
        """The lines that `data` completes."""
        *whole, rest = data.replace(b"\r", b"\n").split(b"\n")
        lines: list[str] = []
        for piece in whole:
            self._keep(piece)
            lines.extend(self.rest())
        self._keep(rest)
        return lines

    def rest(self) -> list[str]:
        """What was begun and has no end: after the last byte, or [] when there is nothing."""
        line = plain(decoded(bytes(self._begun))).strip()
        self._begun.clear()
        return [line] if line else []

    def _keep(self, piece: bytes) -> None:
        self._begun += piece[: self._most_bytes - len(self._begun)]
