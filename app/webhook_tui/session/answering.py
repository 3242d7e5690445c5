"""The answer rule in force, and how many deliveries it has answered."""

from __future__ import annotations

from webhook_tui.domain.answer import Answer
from webhook_tui.domain.answering import AnswerRule, ByEvent, Usual, answer_for, words
from webhook_tui.domain.delivery import Delivery
from webhook_tui.domain.event import event_name, parse_event
from webhook_tui.session.board import Board


class Answering:
    """Applies one rule at a time; all calls come from the session's loop."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._rule: AnswerRule = Usual()
        self._count = 0

    def use(self, rule: AnswerRule) -> None:
        """From the next delivery on; its count begins anew."""
        self._rule, self._count = rule, 0
        self._board.change(answer=words(rule), rule=rule)

    def next(self, delivery: Delivery) -> Answer | None:
        """What the delivery gets that is here now; None: what is usual."""
        self._count += 1
        event = _event(delivery) if isinstance(self._rule, ByEvent) else ""
        return answer_for(self._rule, self._count, event)


def _event(delivery: Delivery) -> str:
    return event_name(delivery.headers, parse_event(delivery.body))
