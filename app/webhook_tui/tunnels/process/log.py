"""The log of tunnel programs' output: limited in size, mode 0600, sanitised, without secrets."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.units import rfc3339

_MOST_BYTES = 512 * 1024
_MOST_CHARACTERS = 2_000
_HIDDEN = "•" * 12


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
            line = line.replace(text, _HIDDEN)
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
