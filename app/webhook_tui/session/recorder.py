"""From a delivery to its answer: judged, stored, counted, told, and only then acknowledged."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from webhook_tui.domain.answer import Answer
from webhook_tui.domain.delivery import Delivery, StoredDelivery
from webhook_tui.domain.facts import DeliveryRecorded, ProblemOccurred, WishGranted
from webhook_tui.domain.problem import Problem, ProblemError
from webhook_tui.domain.signature import judge
from webhook_tui.domain.verdict import Verdict
from webhook_tui.session.board import Board
from webhook_tui.session.keeper import RingKeeper
from webhook_tui.store import DeliveryStore

SECRETS_BEFORE_THE_ANSWER = 4
"""The current secret and the last three; the others are tried in the background."""

_QUIET_SECONDS = 1.0
"""Nothing was refused for so long: then deliveries are stored again."""


class Recorder:
    """What the receiver calls with each delivery."""

    def __init__(
        self,
        store: DeliveryStore,
        keeper: RingKeeper,
        board: Board,
        *,
        local_now: Callable[[], datetime],
        judge_again: Callable[[], None],
        recorded: Callable[[StoredDelivery], None],
        refused: Callable[[Delivery], None],
    ) -> None:
        """`refused`: told of each delivery that is not on disk and so not acknowledged."""
        self._store = store
        self._keeper = keeper
        self._board = board
        self._local_now = local_now
        self._judge_again = judge_again
        self._recorded = recorded
        self._refused = refused
        self._said: str | None = None
        self._quiet: asyncio.TimerHandle | None = None

    async def record(self, delivery: Delivery) -> Answer:
        """Store one delivery and give its answer; raises ProblemError when it is not on disk."""
        judgement = judge(
            delivery.headers,
            delivery.body,
            self._keeper.ring,
            limit=SECRETS_BEFORE_THE_ANSWER,
            unanswered=self._keeper.unanswered,
            zone_now=self._local_now(),
        )
        answer = Answer()
        try:
            row = await self._store.record(delivery, judgement, account=self._keeper.account, answered=answer.status)
        except ProblemError as error:
            self._say_not_stored(error.problem)
            self._refused(delivery)
            raise
        if self._board.status.storing is not None:
            self._board.change(storing=None)
        if self._said is not None and self._quiet is None:
            self._quiet = asyncio.get_running_loop().call_later(_QUIET_SECONDS, self._say_stored_again)
        self._board.received(row.verdict)
        self._board.emit(DeliveryRecorded(row, delivery))
        self._recorded(StoredDelivery(row, delivery))
        if row.verdict is Verdict.PENDING and not self._keeper.unanswered and len(self._keeper.ring):
            self._judge_again()
        return answer

    def _say_not_stored(self, problem: Problem) -> None:
        """Once, however many are refused, and also when there is room for a small one now and then."""
        self._board.change(storing=problem)
        if self._quiet is not None:
            self._quiet.cancel()
            self._quiet = None
        if problem.what != self._said:
            self._said = problem.what
            self._board.emit(ProblemOccurred(problem))

    def _say_stored_again(self) -> None:
        self._said = self._quiet = None
        self._board.emit(WishGranted("Deliveries are stored again."))
