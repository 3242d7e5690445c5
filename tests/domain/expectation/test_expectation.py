"""When a wait is over, and the nearest misses."""

from __future__ import annotations

import pytest

from tests.factories import INVALID, NOW, VALID, delivery, row
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.expectation.expectation import Criteria, Expectation, Outcome
from webhook_tui.domain.filtering.filter import Filter


def _stored(seq: int, event: str, *, valid: bool = True) -> StoredDelivery:
    return StoredDelivery(row(seq, event=event, verification=VALID if valid else INVALID), delivery())


@pytest.mark.parametrize(
    ("until", "count", "none", "outcome"),
    [
        ("event:a", 1, None, Outcome.MET),
        ("event:a", 3, None, Outcome.WAITING),
        (None, 1, "event:c", Outcome.WAITING),
        (None, 1, "verdict:invalid", Outcome.FORBIDDEN),
        ("event:b", 1, "verdict:invalid", Outcome.FORBIDDEN),
        ("event:a", 1, "verdict:invalid", Outcome.MET),
        ("verdict:invalid", 1, "event:b", Outcome.FORBIDDEN),
    ],
)
def test_until_is_met_unless_none_comes_first(
    until: str | None, count: int, none: str | None, outcome: Outcome
) -> None:
    """Deliveries: a valid, b invalid, a valid."""
    filters = [None if text is None else Filter.parse(text) for text in (until, none)]
    expectation = Expectation(Criteria(filters[0], count, filters[1]))

    for stored in (_stored(1, "a"), _stored(2, "b", valid=False), _stored(3, "a")):
        expectation.observe(stored, NOW)

    assert expectation.outcome is outcome


def test_what_becomes_valid_later_counts_once() -> None:
    """A delivery is observed again when it changed; the misses know how near they were."""
    expectation = Expectation(Criteria(Filter.parse("event:a verdict:valid"), 2))

    assert not expectation.observe(_stored(1, "a", valid=False), NOW)
    assert not expectation.observe(_stored(2, "b", valid=False), NOW)
    assert [miss.terms_met for miss in expectation.others.values()] == [1, 0]
    assert expectation.observe(_stored(1, "a"), NOW)
    assert not expectation.observe(_stored(1, "a"), NOW)
    assert (list(expectation.met), list(expectation.others)) == ([1], [2])
