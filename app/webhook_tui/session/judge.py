"""Judging stored deliveries again: when the ring has another secret, and those that the answer could not wait for.

One page at a time, newest first, so that the rows on the screen change first and memory stays bounded.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from webhook_tui.domain.account import Account
from webhook_tui.domain.delivery import DeliveryRow, StoredDelivery
from webhook_tui.domain.facts import VerdictChanged
from webhook_tui.domain.headers import SIGNATURE_HEADER, first
from webhook_tui.domain.problem import ProblemError
from webhook_tui.domain.ring import SecretRing
from webhook_tui.domain.secret import Secret
from webhook_tui.domain.signature import fits, judge
from webhook_tui.domain.verdict import Judgement, Verdict
from webhook_tui.session.board import Board
from webhook_tui.session.keeper import RingKeeper
from webhook_tui.store import DeliveryStore

_PAGE = 100
_MOST_TRIED = 1000
"""How many of the newest deliveries a secret is tried on before it is added."""


@dataclass(slots=True)
class Rechecked:
    """What verifying again came to."""

    checked: int = 0
    valid: int = 0
    """How many are valid now and were not before."""
    invalid: int = 0
    """How many are not valid any more."""


@dataclass(slots=True)
class Trial:
    """On which deliveries that are not valid now a secret was tried, and with what success."""

    matches: int = 0
    pending: int = 0
    """Those of the matches that are pending, not invalid."""
    tried: int = 0
    is_all: bool = True
    """False: only the newest were tried."""


class Judge:
    """The background judge; `again` may be called at any time, also while it works."""

    def __init__(
        self,
        store: DeliveryStore,
        keeper: RingKeeper,
        board: Board,
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
        self._turn = asyncio.Lock()
        self._settled: set[tuple[Account, str]] = set()
        """Withdrawn secrets of which no delivery is valid any more by a word of an earlier run."""

    def again(self) -> None:
        """Judge every stored delivery that another secret could make valid, soon."""
        self._wanted.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._wanted.wait()
            async with self._turn:
                self._wanted.clear()
                try:
                    await self._judge_all()
                except ProblemError as error:
                    self._board.change(storing=error.problem)

    async def recheck(self, removed: frozenset[str] = frozenset()) -> Rechecked:
        """Judge again now, also what is valid by secrets that were `removed`, and say what changed.

        Raises ProblemError.
        """
        self._wanted.set()  # whatever is judged in the background gives way
        rechecked = Rechecked()
        async with self._turn:
            async for page in self._pages(self._keeper.account, removed):
                await self._judge_page(page, rechecked)
        return rechecked

    async def try_secret(self, secret: Secret, is_over: Callable[[], bool]) -> Trial:
        """Which deliveries that are not valid now `secret` would verify; ends when `is_over`. Raises ProblemError."""
        trial, below = Trial(), None
        while not is_over():
            page = await self._store.unsettled(account=self._keeper.account, below=below, limit=_PAGE)
            if not page or trial.tried >= _MOST_TRIED:
                trial.is_all = not page
                break
            below = page[-1].row.seq
            matching = await asyncio.to_thread(_matching, page, secret)
            trial.tried += len(page)
            trial.matches += len(matching)
            trial.pending += sum(row.verdict is Verdict.PENDING for row in matching)
        return trial

    async def _judge_all(self) -> None:
        account = self._keeper.account
        withdrawn = frozenset(one for one in self._keeper.withdrawn if (account, one) not in self._settled)
        rechecked = Rechecked()
        async for page in self._pages(account, withdrawn):
            if self._wanted.is_set():  # a newer ring starts from the newest row again
                return
            await self._judge_page(page, rechecked)
        self._settled |= {(account, one) for one in withdrawn}

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

    async def _judge_page(self, page: Sequence[StoredDelivery], rechecked: Rechecked) -> None:
        rechecked.checked += len(page)
        changes = await asyncio.to_thread(_changes, page, self._keeper.ring, self._keeper.unanswered, self._local_now())
        if not changes:
            return
        before = {stored.row.seq: stored.row.verdict for stored in page}
        for row in await self._store.set_judgements(changes):
            was_good = before[row.seq].is_good
            rechecked.valid += row.verdict.is_good and not was_good
            rechecked.invalid += was_good and not row.verdict.is_good
            if row.run == self._store.run:
                self._board.judged_again(before[row.seq], row.verdict)
            self._board.emit(VerdictChanged(row))
            self._judged(row)


def _changes(
    page: Sequence[StoredDelivery], ring: SecretRing, unanswered: bool, zone_now: datetime
) -> list[tuple[int, Judgement]]:
    changes = []
    for stored in page:
        row, delivery = stored.row, stored.delivery
        judgement = judge(delivery.headers, delivery.body, ring, unanswered=unanswered, zone_now=zone_now)
        # The same verdict keeps its reason, which may name a cause by now.
        is_same = (judgement.verdict, judgement.secret_id) == (row.verdict, row.secret_id)
        if not is_same or (judgement.verdict.is_good and judgement != row.judgement):
            changes.append((row.seq, judgement))
    return changes


def _matching(page: Sequence[StoredDelivery], secret: Secret) -> list[DeliveryRow]:
    return [
        stored.row
        for stored in page
        if fits(secret, stored.delivery.body, first(stored.delivery.headers, SIGNATURE_HEADER) or b"")
    ]
