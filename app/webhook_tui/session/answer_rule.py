"""The answer rule in force, and how many deliveries it has answered."""

from __future__ import annotations

from collections import OrderedDict

from webhook_tui.domain.answer_rules.answer import Answer
from webhook_tui.domain.answer_rules.rules import AnswerRule, Default, answer_for, counts_each_event, words
from webhook_tui.domain.delivery.delivery import Delivery
from webhook_tui.domain.delivery.event import event_name, parse_event
from webhook_tui.session.status import StatusPublisher

_MOST_EVENTS = 10_000
"""Events with a count of their own; the one used longest ago loses its count first."""


class ActiveAnswerRule:
    """Applies one rule at a time. Belongs to the session's loop."""

    def __init__(self, status: StatusPublisher) -> None:
        self._status = status
        self._rule: AnswerRule = Default()
        self._counts: OrderedDict[str | None, int] = OrderedDict()
        """Deliveries by event id, where the rule counts each event; all others share the key None."""

    def set_rule(self, rule: AnswerRule) -> None:
        """Use another rule from the next delivery on; its counts start at zero."""
        self._rule = rule
        self._counts.clear()
        self._status.change(answer=words(rule), rule=rule)

    def next(self, delivery: Delivery) -> Answer | None:
        """Return the rule's answer to this delivery and count it; None: the default answer."""
        if isinstance(self._rule, Default):
            return None
        event = parse_event(delivery.body)
        is_by_event = counts_each_event(self._rule)
        nth = self._count(event.event_id if is_by_event else None)
        answer = answer_for(self._rule, nth, event_name(delivery.headers, event))
        if answer is not None or not is_by_event:
            self._status.change(answer=words(self._rule, nth))
        return answer

    def _count(self, key: str | None) -> int:
        nth = self._counts.pop(key, 0) + 1
        self._counts[key] = nth
        if len(self._counts) > _MOST_EVENTS:
            self._counts.popitem(last=False)
        return nth
