"""Judging stored deliveries again: when the ring has a new secret, and those that the answer could not wait for.

One page at a time, newest first, so that the rows on the screen change first and memory stays bounded.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

from webhook_tui.domain.delivery.delivery import DeliveryRow, StoredDelivery
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.events import VerdictChanged
from webhook_tui.domain.signature.secret_ring import SecretRing
from webhook_tui.domain.signature.signature import judge
from webhook_tui.domain.signature.verdict import Judgement
from webhook_tui.session.secret_ring import SecretRingRepository
from webhook_tui.session.status import StatusPublisher
from webhook_tui.storage.history import DeliveryStore

_PAGE = 100


class Reverification:
    """The background judge; `again` may be called at any time, also while it works."""

    def __init__(
        self,
        store: DeliveryStore,
        keeper: SecretRingRepository,
        board: StatusPublisher,
        *,
        local_now: Callable[[], datetime],
        judged: Callable[[DeliveryRow], None],
    ) -> None:
        self._store = store
        self._keeper = keeper
        self._board = board
        self._local_now = local_now
        self._judged = judged
        self._wanted = asyncio.Event()

    def again(self) -> None:
        """Judge every stored delivery that is not valid, soon."""
        self._wanted.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            try:
                await self._judge_all()
            except ProblemError as error:
                self._board.change(storing=error.problem)

    async def _judge_all(self) -> None:
        below: int | None = None
        while not self._wanted.is_set():  # a newer ring starts from the newest row again
            page = await self._store.unsettled(account=self._keeper.account, below=below, limit=_PAGE)
            if not page:
                return
            below = page[-1].row.seq
            changes = await asyncio.to_thread(
                _changes, page, self._keeper.ring, self._keeper.unanswered, self._local_now()
            )
            await self._apply(page, changes)

    async def _apply(self, page: Sequence[StoredDelivery], changes: Sequence[tuple[int, Judgement]]) -> None:
        if not changes:
            return
        before = {stored.row.seq: stored.row.verdict for stored in page}
        for row in await self._store.set_judgements(changes):
            if row.run == self._store.run:
                self._board.reverified(before[row.seq], row.verdict)
            if row.verdict is not before[row.seq]:
                self._board.emit(VerdictChanged(row))
                self._judged(row)


def _changes(
    page: Sequence[StoredDelivery], ring: SecretRing, unanswered: bool, zone_now: datetime
) -> list[tuple[int, Judgement]]:
    changes = []
    for stored in page:
        delivery = stored.delivery
        judgement = judge(delivery.headers, delivery.body, ring, unanswered=unanswered, zone_now=zone_now)
        # The same verdict keeps its reason, which may name a cause by now.
        if (judgement.verdict, judgement.secret_id) != (stored.row.verdict, stored.row.secret_id):
            changes.append((stored.row.seq, judgement))
    return changes
