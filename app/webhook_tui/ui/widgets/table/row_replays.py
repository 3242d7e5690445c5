"""What became of the replays of deliveries, as their rows show it: the newest one of each delivery."""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from collections.abc import Iterable

from msgspec.structs import replace

from webhook_tui.domain.delivery.delivery import DeliveryRow
from webhook_tui.domain.delivery.rows import DeliveryRows
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.forwarding.forward_result import ForwardOrigin, ForwardResult

_MOST = 10_000
"""Rows that say that they were replayed; the oldest replays are forgotten first."""


class RowReplays:
    """Keeps those of this run; those of earlier ones are read once."""

    def __init__(self) -> None:
        self._newest: OrderedDict[int, ForwardResult] = OrderedDict()

    def add(self, results: Iterable[ForwardResult]) -> set[int]:
        """Keep the replays among these; return the numbers of their deliveries."""
        replays = [sent for sent in results if sent.origin is ForwardOrigin.REPLAYED]
        for sent in replays:
            self._keep(sent)
        return {sent.seq for sent in replays}

    def of(self, row: DeliveryRow, rows: DeliveryRows | None) -> ForwardResult | None:
        """Return the newest replay of a delivery, which is one of `rows`; None: there was none."""
        if row.replayed and row.seq not in self._newest and rows is not None:
            with contextlib.suppress(ProblemError):  # the next frame tries again
                for sent in rows.forward_results(row.seq):
                    if sent.origin is ForwardOrigin.REPLAYED:
                        self._keep(sent)
                        break
        return self._newest.get(row.seq)

    def _keep(self, sent: ForwardResult) -> None:
        """Keep it without headers and body, which no row shows."""
        self._newest[sent.seq] = replace(sent, headers=(), body=b"")
        self._newest.move_to_end(sent.seq)
        if len(self._newest) > _MOST:
            self._newest.popitem(last=False)
