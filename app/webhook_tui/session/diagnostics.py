"""Explains why a signature does not verify: of every failing delivery soon after it came, and of any one on demand.

The work is done in a thread, one delivery at a time, within a time limit; the row's reason then names the cause.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque

from webhook_tui.domain.delivery.delivery import DeliveryRow, StoredDelivery
from webhook_tui.domain.diagnostics.engine import with_cause
from webhook_tui.domain.diagnostics.report import SignatureReport
from webhook_tui.domain.diagnostics.stored_report import LARGEST_COMPARED, MOST_RECENT, stored_report
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.events import DeliveryStored, VerdictChanged
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.session.bus import DeliveryReverified, EventBus, TokenChanged
from webhook_tui.session.secret_ring import SecretRingRepository
from webhook_tui.session.status import StatusPublisher
from webhook_tui.storage.history import DeliveryStore

_MOST_WAITING = 200
"""How many failing deliveries wait at most; when there are more, the oldest are explained on demand only."""


class Diagnostics:
    """Explains failing signatures in the background (`run`) and on demand (`report`)."""

    def __init__(
        self, store: DeliveryStore, secret_ring: SecretRingRepository, status: StatusPublisher, bus: EventBus
    ) -> None:
        self._store = store
        self._secret_ring = secret_ring
        self._status = status
        self._bus = bus
        self._token: Secret | None = None
        self._waiting: deque[int] = deque(maxlen=_MOST_WAITING)
        self._is_wanted = asyncio.Event()
        self._recent: deque[StoredDelivery] = deque(maxlen=MOST_RECENT)

    def on_token_changed(self, event: TokenChanged) -> None:
        """Signatures may have been made with the token by mistake: keep the one in use."""
        self._token = event.token

    def on_delivery_stored(self, event: DeliveryStored) -> None:
        """Keep it for comparison; explain it soon if its signature fails."""
        if len(event.delivery.body) <= LARGEST_COMPARED:
            self._recent.append(StoredDelivery(event.row, event.delivery))
        self._explain_soon(event.row)

    def on_delivery_reverified(self, event: DeliveryReverified) -> None:
        """Explain it soon if its signature fails now."""
        self._explain_soon(event.row)

    async def run(self) -> None:
        """Explain the waiting deliveries until cancelled."""
        while True:
            await self._is_wanted.wait()
            if not self._waiting:
                self._is_wanted.clear()
                continue
            seq = self._waiting.popleft()
            try:
                await self._name_cause(seq)
            except ProblemError as error:
                self._status.change(storing=error.problem)

    async def report(self, seq: int) -> SignatureReport | None:
        """Return all that is known about the signature of delivery `seq`; None: not stored. Raises ProblemError."""
        stored = await self._store.stored(seq)
        return None if stored is None else await self._report(stored)

    def _explain_soon(self, row: DeliveryRow) -> None:
        if row.verdict in (Verdict.INVALID, Verdict.MALFORMED):
            self._waiting.append(row.seq)
            self._is_wanted.set()

    async def _name_cause(self, seq: int) -> None:
        stored = await self._store.stored(seq)
        if stored is None or not stored.row.verdict.is_bad:
            return
        judgement = with_cause(stored.row.judgement, await self._report(stored))
        if judgement != stored.row.judgement:
            for row in await self._store.set_judgements([(seq, judgement)]):
                self._bus.publish(VerdictChanged(row))

    async def _report(self, stored: StoredDelivery) -> SignatureReport:
        recent = [other for other in reversed(self._recent) if other.row.seq != stored.row.seq]
        return await asyncio.to_thread(
            stored_report, stored, self._secret_ring.ring, self._token, recent, time.monotonic
        )
