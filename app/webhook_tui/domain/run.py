"""One run of the program, as the history remembers it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from webhook_tui.domain.signature.verdict import Verdict


class Run(Struct, frozen=True):
    """A run and what of it is still stored."""

    number: int
    """From 1, as in DeliveryRow.run and in the filter `run:3`."""
    started_at: datetime
    ended_at: datetime | None
    """None: it runs, or was killed."""
    counts: Mapping[Verdict, int]
    """Stored deliveries by verdict; without those of which there is none."""

    @property
    def deliveries(self) -> int:
        """How many deliveries of it are stored."""
        return sum(self.counts.values())
