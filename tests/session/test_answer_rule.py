"""The answer rule in force: how many deliveries it has answered, and what the status says of it."""

from __future__ import annotations

from tests.factories import delivery
from webhook_tui.domain.answer_rules.rules import parse
from webhook_tui.domain.status import SessionStatus
from webhook_tui.session.answer_rule import ActiveAnswerRule
from webhook_tui.session.bus import EventBus
from webhook_tui.session.status import StatusPublisher


def made() -> tuple[ActiveAnswerRule, StatusPublisher]:
    """The rule of a session, and its status."""
    status = StatusPublisher(SessionStatus(), EventBus())
    return ActiveAnswerRule(status), status


def statuses(rule: ActiveAnswerRule, *bodies: bytes) -> list[int | None]:
    """What deliveries of these bodies are answered; None: the default answer."""
    answers = [rule.next(delivery(body)) for body in bodies]
    return [None if answer is None else answer.status for answer in answers]


async def test_a_rule_counts_from_when_it_is_set() -> None:
    """The status says when it applies next; the same rule set again begins with its first delivery."""
    rule, status = made()
    assert statuses(rule, b"{}") == [None]

    for _ in range(2):
        rule.set_rule(parse("every 2 500"))
        assert status.status.answer == "every 2nd 500 (next in 2)"
        assert statuses(rule, b"{}") == [None]
        assert status.status.answer == "every 2nd 500 (next in 1)"
    assert statuses(rule, b"{}", b"{}", b"{}") == [500, None, 500]
    status.close()


async def test_each_event_is_counted_where_the_rule_says_so() -> None:
    """By its id: another event fails first, too; those without an id share a count."""
    rule, status = made()
    rule.set_rule(parse("503 x1, 200"))

    assert statuses(rule, b'{"id": 1}', b'{"id": 2}', b'{"id": 1}') == [503, 503, None]
    assert statuses(rule, b"{}", b"text") == [503, None]
    status.close()
