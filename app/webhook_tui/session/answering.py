"""The answer rule in force, and how many deliveries it has answered."""

from __future__ import annotations

from collections import OrderedDict

from webhook_tui.domain.answer import Answer
from webhook_tui.domain.answering import AnswerRule, Usual, answer_for, counts_each_event, words
from webhook_tui.domain.delivery import Delivery
from webhook_tui.domain.event import event_name, parse_event
from webhook_tui.session.board import Board

_MOST_EVENTS = 10_000
"""Events with a count of their own; the one that came longest ago loses its count first."""


class Answering:
    """Applies one rule at a time; all calls come from the session's loop."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._rule: AnswerRule = Usual()
        self._counts: OrderedDict[str | None, int] = OrderedDict()
        """By event id, where the rule counts each event; those without an id, and else all, have one count."""

    def use(self, rule: AnswerRule) -> None:
        """From the next delivery on; its counts begin anew."""
        self._rule = rule
        self._counts.clear()
        self._board.change(answer=words(rule), rule=rule)

    def next(self, delivery: Delivery) -> Answer | None:
        """What the delivery gets that is here now; None: what is usual."""
        if isinstance(self._rule, Usual):
            return None
        event = parse_event(delivery.body)
        is_by_event = counts_each_event(self._rule)
        nth = self._counted(event.event_id if is_by_event else None)
        answer = answer_for(self._rule, nth, event_name(delivery.headers, event))
        if answer is not None or not is_by_event:
            self._board.change(answer=words(self._rule, nth))
        return answer

    def _counted(self, key: str | None) -> int:
        nth = self._counts.pop(key, 0) + 1
        self._counts[key] = nth
        if len(self._counts) > _MOST_EVENTS:
            self._counts.popitem(last=False)
        return nth
