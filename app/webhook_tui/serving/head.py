"""Cuts what arrives into the lines of a head, and takes the blanks after header values away before anything reads them.

Optional white space is not part of a value (RFC 9110, 5.5), but the parser keeps it: `chunked` and a tab would be
another coding, and a signature and a tab another signature.
"""

from __future__ import annotations

import re

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
        is_empty = text.startswith(b"\r\n")
        end = 2 if is_empty else text.find(b"\n\r\n") + 3
        is_ended = is_empty or end > 2
        whole = end if is_ended else text.rfind(b"\n") + 1
        rest = whole if is_ended else len(text)
        if not whole and not self._has_line:  # a request line is read as it comes: what is none is refused at once
            whole = len(text)
        first = 0 if self._has_line else text.find(b"\n", 0, whole) + 1
        taken = rest - len(self._held)
        self._has_line = self._has_line or first > 0
        self._held = text[whole:rest]
        self.size += taken
        lines = text[:whole]
        if b" \r\n" in lines or b"\t\r\n" in lines:  # asked first: hardly any head has them
            lines = text[:first] + _TRAILING_BLANKS.sub(rb"\1", text[first:whole])
        return lines, at + taken
