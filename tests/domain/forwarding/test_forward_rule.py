"""How `--forward-to [FILTER=]URL` is read, and which rule a delivery takes."""

from __future__ import annotations

import pytest

from tests.factories import INVALID, NOW, delivery, row
from webhook_tui.domain.contract.departures import Departure
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.filtering.filter import FilterError
from webhook_tui.domain.forwarding.forward_rule import ForwardFilter, ForwardRule
from webhook_tui.domain.url import UrlError


@pytest.mark.parametrize(
    ("text", "filter_text", "url"),
    [
        ("http://127.0.0.1:3000/x?a=1", "", "http://127.0.0.1:3000/x?a=1"),
        ("localhost:3000/x?a=1", "", "http://localhost:3000/x?a=1"),
        ("event:image_*=http://127.0.0.1:1/?u=http://x", "event:image_*", "http://127.0.0.1:1/?u=http://x"),
        ("body.data.a=1=localhost:3000?b=2", "body.data.a=1", "http://localhost:3000?b=2"),
    ],
)
def test_filter_and_url_are_distinguished(text: str, filter_text: str, url: str) -> None:
    """Both may hold an equals sign."""
    assert ForwardRule.parse(text) == ForwardRule(url, filter_text)


def test_what_is_neither_is_refused() -> None:
    """A filter that cannot be read, and what is no URL."""
    with pytest.raises(FilterError):
        ForwardRule.parse("event:=http://127.0.0.1:1")
    with pytest.raises(UrlError):
        ForwardRule.parse("event:a=ftp://x")


def test_the_first_match_wins() -> None:
    """None where there is none."""
    rules = ForwardFilter((ForwardRule("http://a", "event:ping verdict:valid"), ForwardRule("http://b", "event:p*")))

    assert rules.url_for(StoredDelivery(row(), delivery()), NOW) == "http://a"
    assert rules.url_for(StoredDelivery(row(verification=INVALID), delivery()), NOW) == "http://b"
    assert rules.url_for(StoredDelivery(row(event="x"), delivery()), NOW) is None
    assert not ForwardFilter(())


def test_a_rule_may_be_about_departures() -> None:
    """They depend on the deliveries before."""
    rules = ForwardFilter((ForwardRule("http://a", "departs:*"),))
    departures = [Departure(("data",), None, None, 20, 20)]

    assert rules.url_for(StoredDelivery(row(), delivery()), NOW) is None
    assert rules.url_for(StoredDelivery(row(), delivery()), NOW, lambda _: departures) == "http://a"
