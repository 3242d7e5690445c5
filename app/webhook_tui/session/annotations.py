"""What the user does to the history: marks, comments, deletions, and the list of runs; each ends in one fact."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TypeAlias

from webhook_tui.domain.account import Account
from webhook_tui.domain.commands import CommentDelivery, DeleteDeliveries, ListRuns, MarkDelivery
from webhook_tui.domain.delivery.delivery import DeliveryRow
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.events import DeliveriesDeleted, ProblemOccurred, RowChanged, RunsListed, SessionEvent
from webhook_tui.storage.history import DeliveryStore

_log = logging.getLogger(__name__)

TendingWish: TypeAlias = MarkDelivery | CommentDelivery | DeleteDeliveries | ListRuns


class Annotations:
    """Carries out what concerns stored deliveries and nothing else."""

    def __init__(self, store: DeliveryStore, emit: Callable[[SessionEvent], None]) -> None:
        self._store = store
        self._emit = emit

    async def carry_out(self, wish: TendingWish) -> None:
        """Do it and say so; what the store cannot do is said as a problem."""
        try:
            match wish:
                case MarkDelivery(seq, marked):
                    self._changed(await self._store.set_marked(seq, marked))
                case CommentDelivery(seq, text):
                    self._changed(await self._store.set_comment(seq, text))
                case DeleteDeliveries(None):
                    self._emit(DeliveriesDeleted(await self._store.clear_except_marked()))
                case DeleteDeliveries(seqs) if seqs is not None:
                    self._emit(DeliveriesDeleted(await self._store.delete(seqs)))
                case _:
                    self._emit(RunsListed(tuple(await self._store.runs())))
        except ProblemError as error:
            self._emit(ProblemOccurred(error.problem))

    async def note_on_stream(self, account: Account, event_ids: Sequence[str]) -> None:
        """Let the deliveries of those events know that the event stream brought them, too; nobody misses it if not."""
        try:
            for row in await self._store.set_on_stream(account, event_ids):
                self._emit(RowChanged(row))
        except ProblemError as error:
            _log.warning("what came by the event stream could not be noted: %s", error.problem.what)

    def _changed(self, row: DeliveryRow | None) -> None:
        if row is not None:
            self._emit(RowChanged(row))
