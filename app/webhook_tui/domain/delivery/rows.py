"""What the screen may ask of the store: synchronous, read-only, each call bounded to one page of rows."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from webhook_tui.domain.delivery.delivery import DeliveryRow, StoredDelivery
from webhook_tui.domain.forwarding.forward_result import ForwardResult


class DeliveryRows(Protocol):
    """The deliveries in the order of the table, oldest first; positions run from 0 to len - 1.

    Calls come from one thread at a time. What was committed since the last `refresh` is invisible, so that one
    frame is drawn from one state.
    """

    def __len__(self) -> int:
        """How many rows there are, as of the last refresh."""

    def refresh(self) -> int:
        """Learn of all that is committed by now; give back how many rows there are."""

    def window(self, start: int, count: int) -> Sequence[DeliveryRow]:
        """At most `count` rows from position `start`; fewer at the end; positions out of range give fewer."""

    def position(self, seq: int) -> int | None:
        """Where delivery `seq` stands, or None when it is not among the rows."""

    def stored(self, seq: int) -> StoredDelivery | None:
        """Delivery `seq` with headers and body, or None."""

    def attempts(self, seq: int) -> Sequence[DeliveryRow]:
        """All deliveries of the event id of `seq` (same account), oldest first, at most 200; its row if it has none."""

    def forward_results(self, seq: int) -> Sequence[ForwardResult]:
        """Return what became of delivery `seq` where it was forwarded or replayed, newest first, at most five."""

    def close(self) -> None:
        """Let go of the connection."""


class SortColumn(StrEnum):
    """What the rows of a search can be sorted by."""

    NUMBER = "number"
    """The order of arrival, which is also that of time."""
    VERDICT = "verdict"
    """In the order of `Verdict`."""
    EVENT = "event"
    JOB = "job"
    STATUS = "status"
    RESULT = "result"
    """The name of the file, else the progress."""
    ATTEMPT = "attempt"
    ANSWERED = "answered"
    """Not answered comes first."""
    SIZE = "size"


class Sort(Struct, frozen=True):
    """An order of rows; those that are equal stand in the order of arrival, in the same direction."""

    column: SortColumn = SortColumn.NUMBER
    is_descending: bool = False


class Progress(Struct, frozen=True):
    """How far a search has come."""

    examined: int
    """Numbers of deliveries examined, newest first; those of deleted ones count."""
    total: int
    """Numbers to examine."""
    is_done: bool
    """Whether the rows are all that there are, in their order."""


class FoundRows(DeliveryRows, Protocol):
    """The deliveries that pass a filter, in some order. No call waits for the search, which goes on by itself.

    By number, the newest matches come first and older ones are put before them: `len(rows) - position` of a row stays.
    Sorted by a column, matches are put in between. So after a refresh, keep the cursor by `position(seq)`. A delivery
    that arrives after the search began is put in its place in the order, too.
    """

    @property
    def progress(self) -> Progress:
        """How far the search had come at the last refresh."""

    def reconsider(self, seqs: Sequence[int]) -> None:
        """Examine deliveries again that changed: verdict, answer, mark or comment."""
