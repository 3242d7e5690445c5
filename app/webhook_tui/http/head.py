"""Splits received bytes into the lines of a head, and strips trailing white space from header values.

Optional white space is not part of a value (RFC 9110, 5.5), but the parser keeps it: `chunked` and a tab would be
another coding, and a signature and a tab another signature.
"""

from __future__ import annotations

import re

_TRAILING_BLANKS = re.compile(rb"^([^\s:]+:(?:[^\r\n]*[^\s])?)[ \t]+(?=\r\n)", re.MULTILINE)
"""Header lines only: in other lines the parser refuses trailing white space."""


class HeadLines:
    """Returns the lines of each head; an incomplete header line is held back."""

    def __init__(self, most_bytes: int) -> None:
        """`most_bytes`: the limit of a head. Slightly more is accepted, so that the caller sees that it is exceeded."""
        self._most_bytes = most_bytes
        self._held = b""
        self._has_line = False
        self.size = 0
        """Bytes of this head so far."""

    def start(self) -> None:
        """Start the next head."""
        self._held = b""
        self._has_line = False
        self.size = 0

    def take(self, data: bytes, at: int) -> tuple[bytes, int]:
        """Return what the parser may read of `data` from `at` on, and the offset of the rest.

        It ends at the latest with an empty line, so the first byte of a body is never in it.
        """
        text = self._held + data[at : at + self._most_bytes + 1]
        is_empty = text.startswith(b"\r\n")
        end = 2 if is_empty else text.find(b"\n\r\n") + 3
        is_ended = is_empty or end > 2
        whole = end if is_ended else text.rfind(b"\n") + 1
        rest = whole if is_ended else len(text)
        if not whole and not self._has_line:
            whole = len(text)  # a part of a request line is passed on: the parser refuses an invalid one at once
        first = 0 if self._has_line else text.find(b"\n", 0, whole) + 1
        taken = rest - len(self._held)
        self._has_line = self._has_line or first > 0
        self._held = text[whole:rest]
        self.size += taken
        lines = text[:whole]
        if b" \r\n" in lines or b"\t\r\n" in lines:  # asked first: hardly any head has them
            lines = text[:first] + _TRAILING_BLANKS.sub(rb"\1", text[first:whole])
        return lines, at + taken
