"""Splits the output of a terminal program into lines of plain text."""

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
    """Return the text without ANSI escape sequences (ECMA-48)."""
    return _ANSI.sub("", text)


class LineSplitter:
    """Collects bytes and returns complete lines, without empty ones; a carriage return ends a line, too.

    A line longer than `most_bytes` is truncated.
    """

    def __init__(self, most_bytes: int = MOST_LINE_BYTES) -> None:
        self._most_bytes = most_bytes
        self._begun = bytearray()

    def feed(self, data: bytes) -> list[str]:
        """Add `data` and return the lines that it completes."""
        *whole, rest = data.replace(b"\r", b"\n").split(b"\n")
        lines: list[str] = []
        for piece in whole:
            self._keep(piece)
            lines.extend(self.rest())
        self._keep(rest)
        return lines

    def rest(self) -> list[str]:
        """Return the unfinished line after the last byte; [] without one."""
        line = plain(decoded(bytes(self._begun))).strip()
        self._begun.clear()
        return [line] if line else []

    def _keep(self, piece: bytes) -> None:
        self._begun += piece[: self._most_bytes - len(self._begun)]
