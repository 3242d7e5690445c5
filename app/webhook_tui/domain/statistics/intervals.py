"""Times during which something was so (the tunnel was down, a webhook was registered); pure, and bounded."""

from __future__ import annotations

from collections import deque
from datetime import datetime

from msgspec import Struct

_MOST = 200


class Interval(Struct, frozen=True):
    """From when until when; `until` None: it still is so."""

    since: datetime
    until: datetime | None = None

    def overlaps(self, start: datetime, end: datetime) -> bool:
        """Whether some moment from `start` to `end`, both included, lies in it."""
        return self.since <= end and (self.until is None or start <= self.until)


class Intervals:
    """The newest 200 spells of one thing, oldest first."""

    def __init__(self) -> None:
        self._spells: deque[Interval] = deque(maxlen=_MOST)

    @property
    def current(self) -> Interval | None:
        """The spell that lasts, if it is so now."""
        return self._spells[-1] if self._spells and self._spells[-1].until is None else None

    def note(self, at: datetime, is_so: bool) -> bool:
        """Say how it is from `at` on; gives back whether that is news."""
        lasting = self.current
        if is_so == (lasting is not None):
            return False
        if lasting is None:
            self._spells.append(Interval(at))
        else:
            self._spells[-1] = Interval(lasting.since, max(at, lasting.since))
        return True

    def overlapping(self, start: datetime, end: datetime) -> Interval | None:
        """The newest spell that has a moment from `start` to `end` in it."""
        return next((spell for spell in reversed(self._spells) if spell.overlaps(start, end)), None)
