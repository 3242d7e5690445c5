"""From a delivery to its answer: judged, stored, counted, told, and only then acknowledged."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

from webhook_tui.domain.answer import Answer
from webhook_tui.domain.delivery import Delivery, StoredDelivery
from webhook_tui.domain.facts import DeliveryRecorded, Forwarded, ProblemOccurred, WishGranted
from webhook_tui.domain.problem import Problem, ProblemError
from webhook_tui.domain.signature import judge
from webhook_tui.domain.verdict import Verdict
from webhook_tui.session.answering import Answering
from webhook_tui.session.board import Board
from webhook_tui.session.forwarding import LOOP, Forwarding
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
        answering: Answering,
        forwarding: Forwarding,
        start: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:
        """`refused`: told of each delivery that is not on disk and so not acknowledged; `start`: does it meanwhile."""
        self._store = store
        self._keeper = keeper
        self._board = board
        self._local_now = local_now
        self._judge_again = judge_again
        self._recorded = recorded
        self._refused = refused
        self._answering = answering
        self._forwarding = forwarding
        self._start = start
        self._said: str | None = None
        self._quiet: asyncio.TimerHandle | None = None

    async def record(self, delivery: Delivery) -> Answer:
        """Store one delivery and give its answer; raises ProblemError when it is not on disk.

        A forwarded delivery that came back is on disk already and is not stored again.
        """
        if self._forwarding.has_come_back(delivery.headers):
            return LOOP
        judgement = judge(
            delivery.headers,
            delivery.body,
            self._keeper.ring,
            limit=SECRETS_BEFORE_THE_ANSWER,
            unanswered=self._keeper.unanswered,
            zone_now=self._local_now(),
        )
        ruled, forwards = self._answering.next(delivery), self._forwarding.url is not None
        answer = ruled or Answer()
        answered = None if forwards and ruled is None else answer.answered
        try:
            row = await self._store.record(delivery, judgement, account=self._keeper.account, answered=answered)
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
        if row.verdict is Verdict.PENDING and not self._keeper.unanswered and self._keeper.ring.newest_first():
            self._judge_again()
        if not forwards:
            return answer
        if ruled is None:
            return await self._forwarded(StoredDelivery(row, delivery))
        self._start(self._forward_too(StoredDelivery(row, delivery)))
        return ruled

    async def _forwarded(self, stored: StoredDelivery) -> Answer:
        """The app's answer, noted in the row."""
        answer, sent = await self._forwarding.forward(stored)
        try:
            await self._store.set_answered(stored.row.seq, answer.answered)
        except ProblemError as error:  # the delivery itself is on disk
            self._say_not_stored(error.problem)
        self._board.emit(Forwarded(sent))
        return answer

    async def _forward_too(self, stored: StoredDelivery) -> None:
        """The app gets it although the rule answers."""
        _, sent = await self._forwarding.forward(stored)
        self._board.emit(Forwarded(sent))

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
