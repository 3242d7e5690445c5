"""What is said when a wait ends."""

from __future__ import annotations

from tests.factories import INVALID, NOW, VALID, delivery, row
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.expectation.expectation import Criteria, Expectation
from webhook_tui.domain.filtering.filter import Filter
from webhook_tui.headless.expectation import conclusion, exit_code, intention


def _expectation(criteria: Criteria) -> Expectation:
    expectation = Expectation(criteria)
    for seq, event, verification in ((45, "a", INVALID), (46, "b", VALID), (47, "a", INVALID)):
        expectation.observe(StoredDelivery(row(seq, event=event, verification=verification), delivery()), NOW)
    return expectation


def test_not_in_time() -> None:
    """The near ones by their cause, the others by event."""
    criteria = Criteria(Filter.parse("event:a verdict:valid"), 3, within=60)

    expectation = _expectation(criteria)

    assert exit_code(expectation) == 6
    assert intention(criteria, 44) == "waiting for 3: event:a verdict:valid (60 s, from #45)"
    assert conclusion(expectation, 60.0) == [
        "Not in time: 0 of 3 after 60 s.",
        "Nearest misses, of the 3 others that arrived:",
        "  2  a, invalid: matches no known secret" + " " * 20 + "#45 #47",
        "  1  b" + " " * 54 + "#46",
        "Next: webhook-tui why 45",
    ]


def test_a_forbidden_delivery() -> None:
    """It is named, with its cause."""
    expectation = _expectation(Criteria(none=Filter.parse("verdict:invalid"), within=1))

    assert exit_code(expectation) == 7
    assert conclusion(expectation, 0.25) == [
        "A forbidden delivery arrived after 0.25 s: #45 a, invalid: matches no known secret (verdict:invalid).",
        "Nothing else arrived.",
        "Next: webhook-tui why 45",
    ]
    assert exit_code(Expectation(Criteria(none=Filter.parse("x")))) == 0
