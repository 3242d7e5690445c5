"""Time as a part of the session, and how long a failed step waits before its next try."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from random import Random

from webhook_tui.domain.attempts import exponential_delay


class Clock:
    """The clocks of this machine; tests replace it."""

    def utc_now(self) -> datetime:
        """Return the current time in UTC."""
        return datetime.now(UTC)

    def local_now(self) -> datetime:
        """Return the current time in the machine's time zone."""
        return datetime.now().astimezone()

    def monotonic(self) -> float:
        """Return seconds that never go backwards; only differences count."""
        return time.monotonic()


class RetryDelay:
    """Exponential backoff: doubles with each failure in a row, up to a limit, drawn from its upper half."""

    def __init__(self, first_seconds: float, longest_seconds: float, random: Random) -> None:
        self._first_seconds = first_seconds
        self._longest_seconds = longest_seconds
        self._random = random
        self._failures = 0

    def reset(self) -> None:
        """Forget earlier failures."""
        self._failures = 0

    def after_failure(self, retry_after: float | None) -> float:
        """Return the seconds until the next try; at least `retry_after`, which the other side asked for."""
        self._failures += 1
        drawn = self._random.random()
        delay = exponential_delay(self._first_seconds, self._longest_seconds, self._failures - 1, drawn)
        return max(retry_after or 0.0, delay)
