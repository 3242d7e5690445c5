"""How long to wait before the next try; pure.

The ceiling doubles with each failed try; the wait is drawn between half of it and all of it, so that many programs that
lost the same server do not come back together, and none hammers it.
"""

from __future__ import annotations

from collections.abc import Callable

SETTLED_SECONDS = 0.5
"""A tunnel that lived shorter was stillborn: the next try is not quite as quick."""
MOST_STILLBORN = 150
"""So many in a row, in some minutes, are taken for bad luck; after them the wait grows as after failures."""
HEALTHY_SECONDS = 60.0
"""A tunnel that lived as long wipes out every failure before it."""


class Backoff:
    """Counts failures; `random` gives numbers from 0 up to 1."""

    def __init__(self, first_seconds: float, longest_seconds: float, random: Callable[[], float]) -> None:
        self._first_seconds = first_seconds
        self._longest_seconds = longest_seconds
        self._random = random
        self._failures = 0
        self._stillborn = 0

    def after(self, lived_seconds: float | None) -> float:
        """Seconds to wait after a try that was live for `lived_seconds`, or never was (None).

        After a tunnel that stood the wait is the first one, so that a drop is mended at once, and the second one after
        a tunnel that hardly did. Earlier failures are forgotten by halves, and wholly after a healthy minute.
        """
        if lived_seconds is None:
            self._failures += 1
            return self._drawn(self._failures - 1)
        self._failures = 0 if lived_seconds >= HEALTHY_SECONDS else self._failures // 2
        if lived_seconds >= SETTLED_SECONDS:
            self._stillborn = 0
            return self._drawn(0)
        self._stillborn += 1
        return self._drawn(max(1, self._stillborn - MOST_STILLBORN + 1))

    def forget(self) -> None:
        """Start again: somebody asked for it, or the world changed."""
        self._failures = 0
        self._stillborn = 0

    def _drawn(self, doublings: int) -> float:
        ceiling = min(self._longest_seconds, self._first_seconds * 2.0 ** min(doublings, 60))
        return ceiling * (0.5 + 0.5 * self._random())
