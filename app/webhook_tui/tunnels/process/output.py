"""The output of a tunnel's program: lines of plain text, and the log that keeps them."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from webhook_tui.domain.delivery.text import decoded, visible
from webhook_tui.domain.units import rfc3339

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


_MOST_BYTES = 512 * 1024
_MOST_CHARACTERS = 2_000
_HIDDEN_TEXT = "•" * 12


class TunnelLog:
    """Appends lines to `path`; a full file is renamed to `path`.1, so that both use at most twice `most_bytes`.

    Write errors are ignored.
    """

    def __init__(self, path: Path, *, hidden: Iterable[str] = (), most_bytes: int = _MOST_BYTES) -> None:
        """`hidden`: texts that are replaced by dots."""
        self._path = path
        self._hidden = tuple(sorted({text for text in hidden if text}, key=len, reverse=True))
        self._most_bytes = most_bytes

    def clean(self, line: str) -> str:
        """Return the line with hidden texts replaced."""
        for text in self._hidden:
            line = line.replace(text, _HIDDEN_TEXT)
        return line

    def write(self, program: str, line: str) -> None:
        """Append one line of the output of `program`."""
        text = visible(self.clean(line)[:_MOST_CHARACTERS])
        entry = f"{rfc3339(datetime.now(UTC))} {program}: {text}\n".encode(errors="replace")
        with contextlib.suppress(OSError):
            self._append(entry)

    def _append(self, entry: bytes) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        number = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            full = os.fstat(number).st_size + len(entry) > self._most_bytes
            if not full:
                os.write(number, entry)
        finally:
            os.close(number)
        if full:
            self._path.replace(self._path.with_name(f"{self._path.name}.1"))
            self._append(entry)
