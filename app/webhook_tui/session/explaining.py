"""Why a signature does not verify, said of every failing delivery soon after it came, and of any one on demand.

Work is done in a thread, one delivery at a time, within a bound; the row's reason then names the cause.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence

from webhook_tui.domain.delivery import DeliveryRow, StoredDelivery
from webhook_tui.domain.explainer import OtherDelivery, explain, with_cause
from webhook_tui.domain.facts import DeliveryExplained, VerdictChanged
from webhook_tui.domain.headers import signatures
from webhook_tui.domain.lint import Earlier, field_paths, lint
from webhook_tui.domain.problem import ProblemError
from webhook_tui.domain.report import SignatureReport
from webhook_tui.domain.ring import SecretRing
from webhook_tui.domain.secret import Secret
from webhook_tui.domain.verdict import Verdict
from webhook_tui.session.board import Board
from webhook_tui.session.keeper import RingKeeper
from webhook_tui.store import DeliveryStore

_SECONDS = 3.0
"""How long the search for one cause may take."""
_RECENT = 100
"""How many recent deliveries are looked at: for a swapped signature, for fields that are new, for earlier attempts."""
_LARGEST_REMEMBERED = 100_000
"""Bytes of a body up to which a delivery is among them."""
_WAITING = 200
"""How many failing deliveries wait at most; when more come, the oldest are explained only on demand."""


class Explaining:
    """Explains in the background (`run`) and on demand (`report`)."""

    def __init__(
        self, store: DeliveryStore, keeper: RingKeeper, board: Board, *, token: Callable[[], Secret | None]
    ) -> None:
        self._store = store
        self._keeper = keeper
        self._board = board
        self._token = token
        self._waiting: deque[int] = deque(maxlen=_WAITING)
        self._wanted = asyncio.Event()
        self._recent: deque[StoredDelivery] = deque(maxlen=_RECENT)

    def came(self, stored: StoredDelivery) -> None:
        """One delivery was recorded or judged again: explained soon if its verdict is a bad one."""
        if len(stored.delivery.body) <= _LARGEST_REMEMBERED:
            self._recent.append(stored)
        self.failed(stored.row)

    def failed(self, row: DeliveryRow) -> None:
        """Explain it soon, if there is a signature that fails."""
        if row.verdict in (Verdict.INVALID, Verdict.MALFORMED):
            self._waiting.append(row.seq)
            self._wanted.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._wanted.wait()
            if not self._waiting:
                self._wanted.clear()
                continue
            seq = self._waiting.popleft()
            try:
                await self._name_the_cause(seq)
            except ProblemError as error:
                self._board.change(storing=error.problem)

    async def explain(self, seq: int) -> None:
        """Tell all that is known of the signature of delivery `seq`, if it is there. Raises ProblemError."""
        stored = await self._store.stored(seq)
        if stored is not None:
            self._board.emit(DeliveryExplained(await self._explained(stored)))

    async def _name_the_cause(self, seq: int) -> None:
        stored = await self._store.stored(seq)
        if stored is None or not stored.row.verdict.is_bad:
            return
        report = await self._explained(stored)
        judgement = with_cause(stored.row.judgement, report)
        if judgement != stored.row.judgement:
            for row in await self._store.set_judgements([(seq, judgement)]):
                self._board.emit(VerdictChanged(row))

    async def _explained(self, stored: StoredDelivery) -> SignatureReport:
        recent = [other for other in reversed(self._recent) if other.row.seq != stored.row.seq]
        return await asyncio.to_thread(_explain, stored, self._keeper.ring, self._token(), recent)


def _explain(
    stored: StoredDelivery, ring: SecretRing, token: Secret | None, recent: Sequence[StoredDelivery]
) -> SignatureReport:
    deadline = time.monotonic() + _SECONDS
    return explain(
        stored.delivery,
        ring,
        seq=stored.row.seq,
        clock=time.monotonic,
        token=token,
        others=[
            OtherDelivery(other.row.seq, next(iter(signatures(other.delivery.headers)), b""), other.delivery.body)
            for other in recent
        ],
        expired=lambda: time.monotonic() > deadline,
        notes=_notes(stored, [other for other in recent if other.row.seq < stored.row.seq]),
    )


def _notes(stored: StoredDelivery, before: Sequence[StoredDelivery]) -> tuple[str, ...]:
    row = stored.row
    namesakes = [field_paths(other.delivery.body) for other in before if other.row.event == row.event]
    same_id = next((other for other in before if row.event_id is not None and other.row.event_id == row.event_id), None)
    return lint(
        stored.delivery,
        known_fields=frozenset().union(*namesakes) if namesakes else None,
        earlier=None
        if same_id is None
        else Earlier(same_id.row.seq, same_id.row.answered, same_id.delivery.body == stored.delivery.body),
    )
