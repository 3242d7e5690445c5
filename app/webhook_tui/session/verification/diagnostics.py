"""Searches for the cause of a failing signature: soon after its arrival, within a budget of CPU time, or on demand.

Each search runs in a thread, within a time limit, and ends when the session does; the row's reason then names the
cause.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import deque

from msgspec import Struct

from webhook_tui.domain.delivery.delivery import DeliveryRow, StoredDelivery
from webhook_tui.domain.delivery.headers import Headers
from webhook_tui.domain.diagnostics.report import (
    LARGEST_COMPARED,
    MOST_RECENT,
    SignatureReport,
    stored_report,
    with_cause,
)
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.events import DeliveryStored, VerdictChanged
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import SecretRing
from webhook_tui.domain.signature.signature import no_secret_fits
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.session.bus import DeliveriesStored, DeliveryReverified, EventBus, TokenChanged
from webhook_tui.session.status import StatusPublisher
from webhook_tui.session.verification.secret_ring import SecretRingRepository
from webhook_tui.storage.history import DeliveryStore

_log = logging.getLogger(__name__)

_MOST_WAITING = 200
"""How many failing deliveries wait at most; when there are more, the oldest are examined on demand only."""
_BUDGET_SECONDS = 10.0
"""Seconds of CPU time for searches in the background; the budget refills within a minute."""
_RESERVED_SECONDS = 4.0
"""Seconds of the budget that are reserved for small bodies."""
_LARGEST_SMALL = 65_536
"""Bytes of a body that may use all of the budget."""


class SearchBudget:
    """A budget of CPU time for searches, refilled by `_BUDGET_SECONDS` a minute."""

    def __init__(self, now: float) -> None:
        self._left = _BUDGET_SECONDS
        self._at = now

    def spend(self, seconds: float, now: float) -> None:
        """Take `seconds` of CPU time off."""
        self._left = self._grown(now) - seconds
        self._at = now

    def wait_seconds(self, size: int, now: float) -> float:
        """Return the seconds until a body of `size` bytes may be examined; 0: at once."""
        least = 0.0 if size <= _LARGEST_SMALL else _RESERVED_SECONDS
        missing = least - self._grown(now)
        return 0.0 if missing < 0 else max(0.1, missing * 60 / _BUDGET_SECONDS)

    def _grown(self, now: float) -> float:
        return min(_BUDGET_SECONDS, self._left + (now - self._at) * _BUDGET_SECONDS / 60)


class Diagnostics:
    """Examines failing signatures in the background (`run`), newest first, and on demand (`report`)."""

    def __init__(
        self, store: DeliveryStore, secret_ring: SecretRingRepository, status: StatusPublisher, bus: EventBus
    ) -> None:
        self._store = store
        self._secret_ring = secret_ring
        self._status = status
        self._bus = bus
        self._token: Secret | None = None
        self._waiting: deque[tuple[int, int]] = deque(maxlen=_MOST_WAITING)
        """Number and size of each, the newest last."""
        self._budget = SearchBudget(time.monotonic())
        self._is_wanted = asyncio.Event()
        self._recent: deque[DeliveryStored] = deque(maxlen=MOST_RECENT)
        self._searches: dict[int, _Search] = {}
        """Those under way, by the number of the delivery."""

    def on_token_changed(self, event: TokenChanged) -> None:
        """Signatures may have been made with the token by mistake: keep the one in use."""
        self._token = event.token

    def on_deliveries_stored(self, event: DeliveriesStored) -> None:
        """Keep the newest for comparison; explain soon those whose signature fails."""
        for stored in event.deliveries:
            if stored.row.size <= LARGEST_COMPARED:
                self._recent.append(stored)
            verdict = stored.row.verdict
            if verdict is Verdict.VALID:  # nearly all are
                continue
            if verdict is not Verdict.MISSING or _has_signature(stored.delivery.headers):
                self._explain_soon(stored.row)

    def on_delivery_reverified(self, event: DeliveryReverified) -> None:
        """Explain it soon if its signature fails, again when the ring has changed."""
        self._explain_soon(event.row)

    async def run(self) -> None:
        """Examine the waiting deliveries until cancelled."""
        while True:
            await self._is_wanted.wait()
            self._is_wanted.clear()
            while (waits := self._shortest_wait()) == 0:
                seq = self._take_newest()
                try:
                    await self._name_cause(seq)
                except ProblemError as error:
                    self._status.change(storing=error.problem)
                except Exception:  # noqa: BLE001 -- whatever bytes do to the search, they must not end the session
                    _log.exception("The signature of delivery #%d was not explained", seq)
            if waits is not None:
                try:
                    async with asyncio.timeout(waits):
                        await self._is_wanted.wait()
                except TimeoutError:
                    self._is_wanted.set()

    def _shortest_wait(self) -> float | None:
        """Return the seconds until one of those that wait may be examined; None: none waits."""
        now = time.monotonic()
        return min((self._budget.wait_seconds(size, now) for _, size in self._waiting), default=None)

    def _take_newest(self) -> int:
        """Remove the newest delivery that the budget allows, and return its number."""
        now = time.monotonic()
        waits = [self._budget.wait_seconds(size, now) for _, size in self._waiting]
        at = len(waits) - 1 - waits[::-1].index(min(waits))
        seq, _ = self._waiting[at]
        del self._waiting[at]
        return seq

    async def report(self, seq: int) -> SignatureReport | None:
        """Return all that is known about the signature of delivery `seq`; None: not stored. Raises ProblemError."""
        stored = await self._store.stored(seq)
        return None if stored is None else await self._report(stored)

    def _explain_soon(self, row: DeliveryRow) -> None:
        if row.verdict.is_bad:
            self._waiting.append((row.seq, row.size))
            self._is_wanted.set()

    async def _name_cause(self, seq: int) -> None:
        stored = await self._store.stored(seq)
        if stored is None or not stored.row.verdict.is_bad:
            return
        report = await self._report(stored)
        # The stored reason may name a cause that was found with another ring.
        verification = with_cause(no_secret_fits(stored.delivery.headers), report)
        if verification.verdict is stored.row.verdict and verification != stored.row.verification:
            row = await self._store.set_reason(seq, verification)  # it may have been verified again meanwhile
            if row is not None:
                self._bus.publish(VerdictChanged(row, report.cause))

    async def _report(self, stored: StoredDelivery) -> SignatureReport:
        """Search, or wait for the search that is under way: `why` often comes while the first one goes on."""
        seq, ring, token = stored.row.seq, self._secret_ring.ring, self._token
        search = self._searches.get(seq)
        if search is None or search.ring is not ring or search.token is not token:
            search = self._searches[seq] = _Search(ring, token, asyncio.create_task(self._search(stored, ring, token)))
        search.waiting += 1
        try:
            return await asyncio.shield(search.task)
        finally:
            search.waiting -= 1
            if not search.waiting:
                search.task.cancel()
                if self._searches.get(seq) is search:
                    del self._searches[seq]

    async def _search(self, stored: StoredDelivery, ring: SecretRing, token: Secret | None) -> SignatureReport:
        """Search in a thread that ends soon after this is cancelled."""
        recent = [
            StoredDelivery(other.row, other.delivery)
            for other in reversed(self._recent)
            if other.row.seq != stored.row.seq
        ]
        is_cancelled = threading.Event()

        def search() -> tuple[SignatureReport, float]:
            began = time.thread_time()
            report = stored_report(stored, ring, token, recent, time.monotonic, is_cancelled=is_cancelled.is_set)
            return report, time.thread_time() - began

        try:
            report, spent = await asyncio.to_thread(search)
        finally:
            is_cancelled.set()
        self._budget.spend(spent, time.monotonic())
        return report


class _Search(Struct):
    """A search under way, and how many wait for it."""

    ring: SecretRing
    token: Secret | None
    task: asyncio.Task[SignatureReport]
    waiting: int = 0


def _has_signature(headers: Headers) -> bool:
    """Whether a header without the documented name may hold the signature."""
    from webhook_tui.domain.diagnostics.encodings import readings  # noqa: PLC0415 -- at the first missing signature

    return bool(readings(headers))
