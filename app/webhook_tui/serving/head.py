"""Cuts what arrives into the lines of a head, and takes the blanks after header values away before anything reads them.

Optional white space is not part of a value (RFC 9110, 5.5), but the parser keeps it: `chunked` and a tab would be
another coding, and a signature and a tab another signature.
"""

from __future__ import annotations

import re

_EMPTY_LINE = re.compile(rb"(?:\A|\n)\r\n")
_TRAILING_BLANKS = re.compile(rb"^([^\s:]+:(?:[^\r\n]*[^\s])?)[ \t]+(?=\r\n)", re.MULTILINE)
"""Only in a header line: elsewhere blanks before the end of a line are for the parser to refuse."""


class HeadLines:
    """The lines of one head after the other; a header line is given out only when it is whole."""

    def __init__(self, most_bytes: int) -> None:
        """`most_bytes`: what a head may have; somewhat more is taken, so that it is seen to have too much."""
        self._most_bytes = most_bytes
        self._held = b""
        self._has_line = False
        self.size = 0
        """Bytes of this head so far."""

    def start(self) -> None:
        """What is taken next belongs to another head."""
        self._held = b""
        self._has_line = False
        self.size = 0

    def take(self, data: bytes, at: int) -> tuple[bytes, int]:
        """What the parser may read of `data` from `at` on, and where what follows begins.

        It ends at the latest with an empty line, so the first byte of a body is never in it.
        """
        text = self._held + data[at : at + self._most_bytes + 1]
        empty = _EMPTY_LINE.search(text)
        whole = empty.end() if empty else text.rfind(b"\n") + 1
        rest = len(text) if empty is None else whole
        if not whole and not self._has_line:  # a request line is read as it comes: what is none is refused at once
            whole = len(text)
        first = 0 if self._has_line else text.find(b"\n", 0, whole) + 1
        taken = rest - len(self._held)
        self._has_line = self._has_line or first > 0
        self._held = text[whole:rest]
        self.size += taken
        return text[:first] + _TRAILING_BLANKS.sub(rb"\1", text[first:whole]), at + taken
