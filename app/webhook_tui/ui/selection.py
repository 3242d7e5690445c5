"""Which deliveries the user means: one, the marked, those that pass the filter, or all."""

from __future__ import annotations

from dataclasses import dataclass

from webhook_tui.domain.delivery.rows import Sort
from webhook_tui.domain.filtering.filter import EVERYTHING, Expression

_BY_ARRIVAL = Sort()


@dataclass(frozen=True, slots=True)
class Selection:
    """Deliveries, by number or by a filter and an order."""

    name: str
    """`this one`, `marked`, `filtered`, `all`"""
    seq: int | None = None
    """One delivery; None: those of `expression`."""
    expression: Expression = EVERYTHING
    sort: Sort = _BY_ARRIVAL
    count: int | None = None
    """How many there are, where that is known."""
    first: int | None = None
    """That delivery and all that came after it."""
    is_timed: bool = False
    """Those of a range of time that is still to be said."""

    @property
    def words(self) -> str:
        """`#8`, `marked`, `2 filtered`, `all 12`"""
        if self.seq is not None:
            return f"#{self.seq}"
        if self.count is None:
            return self.name
        return f"all {self.count:,}" if self.name == "all" else f"{self.count:,} {self.name}"
