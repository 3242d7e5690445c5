"""The attempts of one event in time: gaps, the factor between them, and when the next one would have been due.

Pure. PiktID documents only "exponential backoff"; everything here is measured from what came.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from webhook_tui.domain.delivery import DeliveryRow

_STEADY = 0.25
"""How far, in parts of the middle one, factors may lie from each other and still be called one factor."""


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One attempt beside the one before it."""

    row: DeliveryRow
    gap_seconds: float | None
    """Since the attempt before; None for the first."""
    factor: float | None
    """This gap divided by the one before; None for the first two, and where the one before was nothing."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """All attempts, oldest first."""

    entries: tuple[TimelineEntry, ...]
    steady_factor: float | None
    """The factor, if at least two gaps have been seen and all factors agree; else None."""
    next_due: datetime | None
    """When one more attempt would have come, if the factor is steady."""


def timeline(rows: Sequence[DeliveryRow]) -> Timeline:
    """Gaps and factors of `rows`, which are the attempts of one event, oldest first."""
    entries: list[TimelineEntry] = []
    for index, row in enumerate(rows):
        gap = (row.received_at - rows[index - 1].received_at).total_seconds() if index else None
        before = entries[-1].gap_seconds if entries else None
        factor = gap / before if gap is not None and before is not None and before > 0 else None
        entries.append(TimelineEntry(row, gap, factor))
    steady = _steady([entry.factor for entry in entries if entry.factor is not None])
    due = None
    if steady is not None and (gap := entries[-1].gap_seconds) is not None:
        due = rows[-1].received_at + timedelta(seconds=gap * steady)
    return Timeline(tuple(entries), steady, due)


def _steady(factors: Sequence[float]) -> float | None:
    if not factors:
        return None
    middle = sorted(factors)[len(factors) // 2]
    agree = all(abs(factor - middle) <= _STEADY * middle for factor in factors)
    return middle if agree and middle > 0 else None


def refusals(rows: Sequence[DeliveryRow]) -> int:
    """How many attempts before the last one were not answered 2xx."""
    return sum(1 for row in rows[:-1] if not accepted(row.answered))


def accepted(answered: int | None) -> bool:
    """Whether the answer told the sender that all is well."""
    return answered is not None and 200 <= answered < 300
