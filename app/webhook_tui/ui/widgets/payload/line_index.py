"""The lines of a block of bytes, found without an offset for each."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate

_BLOCK = 8192
"""Bytes in which line ends are counted at once; a line is found by looking through one block."""


class LineIndex:
    """The lines of `body`, separated by LF."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        counts = (body.count(b"\n", start, start + _BLOCK) for start in range(0, len(body), _BLOCK))
        self._ends_before = array("Q", accumulate(counts, initial=0))
        """How many line ends stand before each block, and in the whole."""
        self.count = self._ends_before[-1] + 1
        self._lowered: bytes | None = None

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> bytes:
        """Line `index` without its LF."""
        if not 0 <= index < self.count:
            raise IndexError(index)
        start = self.start(index)
        end = self.body.find(b"\n", start)
        return self.body[start : len(self.body) if end < 0 else end]

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.body.split(b"\n"))

    def start(self, index: int) -> int:
        """The offset of the first byte of line `index`."""
        if index == 0:
            return 0
        block = bisect_left(self._ends_before, index) - 1
        end = (block + 1) * _BLOCK
        rest = self.body[end - _BLOCK : end].split(b"\n", index - self._ends_before[block])[-1]
        return min(end, len(self.body)) - len(rest)

    def index_at(self, offset: int) -> int:
        """The line that byte `offset` belongs to."""
        block = offset // _BLOCK
        return self._ends_before[block] + self.body.count(b"\n", block * _BLOCK, offset)

    def find(self, text: str, start: int, *, backwards: bool) -> int | None:
        """The nearest line from `start` on that holds `text`; ASCII letters match in either case."""
        wanted = text.encode("utf-8", "replace").lower()
        if self._lowered is None:
            self._lowered = self.body.lower()
        if backwards:
            end = self.start(start + 1) if start + 1 < self.count else len(self.body)
            found = self._lowered.rfind(wanted, 0, end)
        else:
            found = self._lowered.find(wanted, self.start(start)) if start < self.count else -1
        return self.index_at(found) if found >= 0 else None
