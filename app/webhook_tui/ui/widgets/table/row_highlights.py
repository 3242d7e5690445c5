"""New and changed rows of the table and the strength of their highlights at a given time. In a burst no row is
highlighted as new: a page full of highlights shows nothing, and each step would cost a frame.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta

FADE_SECONDS = 1.0
STILL_SECONDS = 5.0
"""How long a change is highlighted without animation."""

_BURST = 20
_BURST_WINDOW = timedelta(milliseconds=100)
_FLOOD_WINDOW = timedelta(seconds=1)


class RowHighlights:
    """New rows and changed verdicts by the number of the delivery, until they have faded."""

    def __init__(self) -> None:
        self._new: dict[int, datetime] = {}
        self._changed: dict[int, datetime] = {}
        self._arrivals: deque[tuple[datetime, int]] = deque()

    def arrived(self, seqs: Iterable[int], count: int, now: datetime, page: int) -> None:
        """`count` rows are new, of which `seqs` can be seen; `page` rows fit the screen.

        In a burst, and while more than a page a second arrives, no row is shown as new.
        """
        self._arrivals.append((now, count))
        while now - self._arrivals[0][0] >= _FLOOD_WINDOW:
            self._arrivals.popleft()
        burst = sum(number for at, number in self._arrivals if now - at < _BURST_WINDOW)
        if burst > _BURST or sum(number for _, number in self._arrivals) > page:
            self._new.clear()
            return
        self._new.update(dict.fromkeys(seqs, now))

    def changed(self, seqs: Iterable[int], now: datetime) -> None:
        """Add changed verdicts."""
        self._changed.update(dict.fromkeys(seqs, now))

    def visited(self, seq: int | None) -> None:
        """End the highlight of `seq`, which the cursor is on."""
        if seq is not None:
            self._new.pop(seq, None)

    def newness(self, seq: int, now: datetime, seconds: float) -> float:
        """Return 1 for a row that arrived at `now`, 0 for one that arrived `seconds` ago or was there before."""
        return _strength(self._new.get(seq), now, seconds)

    def change(self, seq: int, now: datetime, seconds: float) -> float:
        """Return the same for a changed verdict."""
        return _strength(self._changed.get(seq), now, seconds)

    def expire(self, now: datetime, seconds: float) -> set[int]:
        """Remove and return what has faded."""
        gone: set[int] = set()
        for fading in (self._new, self._changed):
            over = [seq for seq, since in fading.items() if _strength(since, now, seconds) == 0]
            for seq in over:
                del fading[seq]
            gone.update(over)
        return gone

    def showing(self) -> set[int]:
        """Return all that has not faded yet."""
        return {*self._new, *self._changed}

    def clear(self) -> None:
        """Remove all highlights."""
        self._new.clear()
        self._changed.clear()
        self._arrivals.clear()


def _strength(since: datetime | None, now: datetime, seconds: float) -> float:
    if since is None:
        return 0.0
    age = (now - since).total_seconds()
    return 1 - age / seconds if 0 <= age < seconds else 0.0
