"""When a history that is read a step at a time goes on where it was, and when it begins anew.

Numbers only grow and rows hardly change, so a pass goes on where it ended. After deletions or new verdicts another
pass begins, not too often, and what the one before found is shown until it is done.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Generic, Protocol, TypeVar

PASS_SHARE = 10
"""Another pass begins when this many times the time that the last one took has passed, ..."""
OTHERS_SECONDS = 60.0
"""... or, after this time, for what other programs may have changed."""
_EXTENT = (
    "SELECT coalesce((SELECT min(seq) FROM deliveries), 1), coalesce((SELECT max(seq) FROM deliveries), 0), deletions "
    "FROM shape"
)


@dataclass(frozen=True, slots=True)
class Extent:
    """Which numbers there are, and how often something else changed."""

    first: int
    last: int
    """Smaller than `first` when there is nothing."""
    changes: tuple[int, int]


class Pass(Protocol):
    """One way through the history."""

    changes: tuple[int, int]
    """As it began."""
    seconds: float
    """How long it has worked."""


P = TypeVar("P", bound=Pass)


class Passes(Generic[P]):
    """The pass that is shown, and the one that will be; belongs to one thread."""

    def __init__(self, begin: Callable[[Extent], P], *, judged: Callable[[], int]) -> None:
        """`judged`: a number that is another one when verdicts were changed here."""
        self._begin = begin
        self._judged = judged
        self._connection: sqlite3.Connection | None = None
        self._version = -1
        self._passed_at = 0.0
        self._shown: P | None = None
        self._next: P | None = None
        self.extent = Extent(1, 0, (0, 0))

    @property
    def shown(self) -> P:
        """What to show: the last one that was done, else the one under way."""
        return self._shown or self.working

    @property
    def working(self) -> P:
        """The one that is to go on."""
        if self._next is None and self._shown is None:
            self._next = self._begin(self.extent)
        working = self._next or self._shown
        assert working is not None
        return working

    @property
    def is_renewed(self) -> bool:
        """Whether what is shown will soon be replaced."""
        return self._next is not None

    def look(self, connection: sqlite3.Connection) -> None:
        """See whether anything is new; another file is read from its beginning."""
        (version,) = connection.execute("PRAGMA data_version").fetchone()
        if connection is not self._connection:
            self._connection, self._shown, self._next = connection, None, None
        elif version == self._version and self._judged() == self.working.changes[1]:
            return
        self._version = version
        first, last, deletions = connection.execute(_EXTENT).fetchone()
        self.extent = Extent(first, last, (deletions, self._judged()))
        if self._shown is None or self._next is not None:
            return
        since = monotonic() - self._passed_at
        is_changed = self._shown.changes != self.extent.changes or since > OTHERS_SECONDS
        if is_changed and since > PASS_SHARE * self._shown.seconds:
            self.renew()

    def renew(self) -> None:
        """Begin another pass now."""
        self._next = self._begin(self.extent)

    def ended(self) -> None:
        """The one under way has come to the end: it is shown from now on."""
        if self._next is not None:
            self._shown, self._next, self._passed_at = self._next, None, monotonic()
