"""What the screen may ask of the store: synchronous, read-only, each call bounded to one page of rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from webhook_tui.domain.delivery import DeliveryRow, StoredDelivery


class DeliveryRows(Protocol):
    """The deliveries in the order of the table, oldest first; positions run from 0 to len - 1.

    All calls come from one thread, the screen's. What was committed since the last `refresh` is invisible, so that one
    frame is drawn from one state.
    """

    def __len__(self) -> int:
        """How many rows there are, as of the last refresh."""
        ...

    def refresh(self) -> int:
        """Learn of all that is committed by now; give back how many rows there are."""
        ...

    def window(self, start: int, count: int) -> Sequence[DeliveryRow]:
        """At most `count` rows from position `start`; fewer at the end; positions out of range give fewer."""
        ...

    def position(self, seq: int) -> int | None:
        """Where delivery `seq` stands, or None when it is not among the rows."""
        ...

    def stored(self, seq: int) -> StoredDelivery | None:
        """Delivery `seq` with headers and body, or None."""
        ...

    def attempts(self, seq: int) -> Sequence[DeliveryRow]:
        """All deliveries of the event id of `seq` (same account), oldest first, at most 200; its row if it has none."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...
