"""The delay before a tunnel is opened again: exponential backoff with jitter.

The limit doubles with each failure, and the delay is drawn from its upper half, so that many clients of a server that
failed do not return at once.
"""

from __future__ import annotations

from collections.abc import Callable

from webhook_tui.domain.attempts.backoff import exponential_delay

STABLE_SECONDS = 0.5
"""A tunnel that was open for a shorter time counts as short-lived: the next delay is the second one."""
MOST_SHORT_LIVED = 150
"""After so many short-lived tunnels in a row the delay grows as after failures."""
HEALTHY_SECONDS = 60.0
"""A tunnel that was open so long resets the count of failures."""


class TunnelRetryDelay:
    """Counts failures; `random` returns numbers from 0 up to 1."""

    def __init__(self, first_seconds: float, longest_seconds: float, random: Callable[[], float]) -> None:
        self._first_seconds = first_seconds
        self._longest_seconds = longest_seconds
        self._random = random
        self._failures = 0
        self._short_lived = 0

    def after(self, open_seconds: float | None) -> float:
        """Return the seconds to wait after a tunnel that was open for `open_seconds`; None: it never was.

        After an open tunnel the first delay applies, so that a dropped connection returns at once; after a short-lived
        one the second. Half of the earlier failures still count, and none after HEALTHY_SECONDS.
        """
        if open_seconds is None:
            self._failures += 1
            return self._drawn(self._failures - 1)
        self._failures = 0 if open_seconds >= HEALTHY_SECONDS else self._failures // 2
        if open_seconds >= STABLE_SECONDS:
            self._short_lived = 0
            return self._drawn(0)
        self._short_lived += 1
        return self._drawn(max(1, self._short_lived - MOST_SHORT_LIVED + 1))

    def reset(self) -> None:
        """Start with the first delay again."""
        self._failures = 0
        self._short_lived = 0

    def _drawn(self, doublings: int) -> float:
        return exponential_delay(self._first_seconds, self._longest_seconds, doublings, self._random())
