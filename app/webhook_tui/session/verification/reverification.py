"""Verifies stored deliveries again: when the ring has changed, and those that were answered before their verification
was complete.

One page at a time, newest first, so that the visible rows change first and memory stays bounded.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime

from msgspec import Struct

from webhook_tui.domain.account import Account
from webhook_tui.domain.delivery.delivery import DeliveryRow, StoredDelivery
from webhook_tui.domain.delivery.headers import SIGNATURE_HEADER, first
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.events import VerdictChanged
from webhook_tui.domain.queries import SecretTrial
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import SecretRing
from webhook_tui.domain.signature.signature import Verifier, fits
from webhook_tui.domain.signature.verdict import Verdict, VerificationResult
from webhook_tui.session.bus import DeliveryReverified, EventBus, RegistrationAnswered, TokenChanged, VerificationWanted
from webhook_tui.session.clock import Clock
from webhook_tui.session.status import StatusPublisher
from webhook_tui.session.verification.secret_ring import SecretRingRepository
from webhook_tui.storage.history import DeliveryStore

_PAGE = 100
_MOST_TRIED = 1000
"""How many of the newest deliveries a secret is tried on before it is added."""


class Rechecked(Struct):
    """What verifying again changed."""

    checked: int = 0
    valid: int = 0
    """How many are valid now and were not before."""
    invalid: int = 0
    """How many are not valid any more."""


class Reverification:
    """Verifies in the background (`run`) whenever it is wanted, the first time at the start, and on demand."""

    def __init__(
        self,
        store: DeliveryStore,
        secret_ring: SecretRingRepository,
        status: StatusPublisher,
        bus: EventBus,
        clock: Clock,
    ) -> None:
        self._store = store
        self._secret_ring = secret_ring
        self._status = status
        self._bus = bus
        self._clock = clock
        self._is_wanted = asyncio.Event()
        self._is_wanted.set()
        self._turn = asyncio.Lock()
        self._has_new_secret = False
        self._done_without: set[tuple[Account, str]] = set()
        """Withdrawn secrets whose deliveries were verified without them."""

    def on_token_changed(self, _event: TokenChanged) -> None:
        """Another account has another ring."""
        self._is_wanted.set()

    def on_registration_answered(self, _event: RegistrationAnswered) -> None:
        """Pending deliveries can be verified now, others perhaps with the new secret."""
        self._has_new_secret = True
        self._is_wanted.set()

    def on_verification_wanted(self, _event: VerificationWanted) -> None:
        """The answer to a delivery waited for some of the secrets only."""
        self._is_wanted.set()

    async def run(self) -> None:
        """Verify every stored delivery that the ring could make valid, whenever it is wanted, until cancelled."""
        while True:
            await self._is_wanted.wait()
            async with self._turn:
                self._is_wanted.clear()
                try:
                    await self._verify_all()
                except ProblemError as error:
                    self._status.change(storing=error.problem)

    async def recheck(self, removed: frozenset[str] = frozenset()) -> Rechecked:
        """Verify now, also what is valid by secrets that were `removed`; returns what changed. Raises ProblemError."""
        self._is_wanted.set()  # the background run gives way
        self._has_new_secret = True
        rechecked = Rechecked()
        async with self._turn:
            async for page in self._pages(self._secret_ring.account, removed):
                await self._verify_page(page, rechecked)
        return rechecked

    async def try_secret(self, secret: Secret, is_over: Callable[[], bool]) -> SecretTrial:
        """Return which deliveries `secret` would make valid; ends when `is_over`. Raises ProblemError."""
        matches = pending = tried = 0
        is_all, below = True, None
        while not is_over():
            page = await self._store.unsettled(account=self._secret_ring.account, below=below, limit=_PAGE)
            if not page or tried >= _MOST_TRIED:
                is_all = not page
                break
            below = page[-1].row.seq
            matching = await asyncio.to_thread(_matching, page, secret)
            tried += len(page)
            matches += len(matching)
            pending += sum(row.verdict is Verdict.PENDING for row in matching)
        return SecretTrial(None, matches, pending, tried, is_all)

    async def _verify_all(self) -> None:
        account = self._secret_ring.account
        withdrawn = frozenset(one for one in self._secret_ring.withdrawn if (account, one) not in self._done_without)
        rechecked = Rechecked()
        async for page in self._pages(account, withdrawn):
            if self._is_wanted.is_set():  # start again with the newest row
                return
            await self._verify_page(page, rechecked)
        self._done_without |= {(account, one) for one in withdrawn}

    async def _pages(self, account: Account, removed: frozenset[str]) -> AsyncIterator[Sequence[StoredDelivery]]:
        below: int | None = None
        while page := await self._store.unsettled(account=account, below=below, limit=_PAGE):
            below = page[-1].row.seq
            yield page
        below = None
        while removed:
            page, below = await self._store.signed_with(account=account, secret_ids=removed, below=below)
            yield page
            if below is None:
                return

    async def _verify_page(self, page: Sequence[StoredDelivery], rechecked: Rechecked) -> None:
        rechecked.checked += len(page)
        ring = self._secret_ring
        changes = await asyncio.to_thread(_changes, page, ring.ring, ring.unanswered, self._clock.local_now())
        if self._has_new_secret:
            # The newest failing ones: their cause was searched for with another ring.
            self._has_new_secret = False
            changed = {seq for seq, _ in changes}
            for stored in reversed(page):
                if stored.row.verdict.is_bad and stored.row.seq not in changed:
                    self._bus.publish(DeliveryReverified(stored.row))
        if not changes:
            return
        before = {stored.row.seq: stored.row.verdict for stored in page}
        for row in await self._store.set_verdicts(changes):
            was_good = before[row.seq].is_good
            rechecked.valid += row.verdict.is_good and not was_good
            rechecked.invalid += was_good and not row.verdict.is_good
            if row.run == self._store.run:
                self._status.count_reverified(before[row.seq], row.verdict)
            self._bus.publish(VerdictChanged(row))
            self._bus.publish(DeliveryReverified(row))


def _changes(
    page: Sequence[StoredDelivery], ring: SecretRing, unanswered: bool, zone_now: datetime
) -> list[tuple[int, VerificationResult]]:
    verifier = Verifier(ring)
    changes = []
    for stored in page:
        row, delivery = stored.row, stored.delivery
        verification = verifier.check(delivery.headers, delivery.body, unanswered=unanswered, zone_now=lambda: zone_now)
        # The same verdict keeps its reason, which may name a cause by now.
        is_same = (verification.verdict, verification.secret_id) == (row.verdict, row.secret_id)
        if not is_same or (verification.verdict.is_good and verification != row.verification):
            changes.append((row.seq, verification))
    return changes


def _matching(page: Sequence[StoredDelivery], secret: Secret) -> list[DeliveryRow]:
    return [
        stored.row
        for stored in page
        if fits(secret, stored.delivery.body, first(stored.delivery.headers, SIGNATURE_HEADER) or b"")
    ]
