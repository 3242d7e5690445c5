"""The attempts of one event in time: gaps and the factors between them.

The rule behind the gaps is fitted by `backoff`.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from webhook_tui.domain.answer_rules.answer import is_success
from webhook_tui.domain.delivery.delivery import DeliveryRow


class TimelineEntry(Struct, frozen=True):
    """One attempt beside the one before it."""

    row: DeliveryRow
    gap_seconds: float | None
    """Since the attempt before; None for the first."""
    factor: float | None
    """This gap divided by the one before; None for the first two, and where the one before was nothing."""


def timeline(rows: Sequence[DeliveryRow]) -> tuple[TimelineEntry, ...]:
    """Return an entry for each attempt.

    `rows`: the attempts of one event, oldest first.
    """
    entries: list[TimelineEntry] = []
    for index, row in enumerate(rows):
        gap = (row.received_at - rows[index - 1].received_at).total_seconds() if index else None
        before = entries[-1].gap_seconds if entries else None
        factor = gap / before if gap is not None and before is not None and before > 0 else None
        entries.append(TimelineEntry(row, gap, factor))
    return tuple(entries)


def refusals(rows: Sequence[DeliveryRow]) -> int:
    """Return how many attempts before the last one were not answered 2xx; `rows`: oldest first."""
    return sum(1 for row in rows[:-1] if not is_success(row.answered))
