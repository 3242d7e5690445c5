"""When the deliveries of an event came, counted in parts of equal length that grow with the time they cover."""

from __future__ import annotations

import msgspec

PARTS = 48
_FIRST_WIDTH = 1_000_000
"""Microseconds."""


class Timeline(msgspec.Struct, array_like=True):
    """Counts of deliveries by time, in at most PARTS parts."""

    start: int = 0
    """Microseconds since 1970."""
    width: int = _FIRST_WIDTH
    """Of a part, in microseconds."""
    counts: list[int] = []

    def add(self, received_at: int) -> None:
        """Count a delivery; one from before the start is counted in the first part."""
        if not self.counts:
            self.start = received_at
        while self.part(received_at) >= PARTS:
            self._halve()
        part = self.part(received_at)
        self.counts += [0] * (part + 1 - len(self.counts))
        self.counts[part] += 1

    def part(self, received_at: int) -> int:
        """Return the index of the part in which a time lies."""
        return max(0, received_at - self.start) // self.width

    def _halve(self) -> None:
        """Join each two parts."""
        self.width *= 2
        padded = [*self.counts, 0]
        self.counts = [padded[place] + padded[place + 1] for place in range(0, len(self.counts), 2)]
