"""How `--forward-to [FILTER=]URL` is read, and which rule a delivery takes."""

from __future__ import annotations

import pytest

from tests.factories import INVALID, NOW, delivery, row
from webhook_tui.domain.contract.departures import Departure
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.filtering.filter import FilterError
from webhook_tui.domain.forwarding.forward_rule import ForwardFilter, ForwardHeader, ForwardRule, with_own_headers
from webhook_tui.domain.url import UrlError


@pytest.mark.parametrize(
    ("text", "filter_text", "url"),
    [
        ("http://127.0.0.1:3000/x?a=1", "", "http://127.0.0.1:3000/x?a=1"),
        ("localhost:3000/x?a=1", "", "http://localhost:3000/x?a=1"),
        ("127.0.0.1:3000/x?a=1&u=http://x", "", "http://127.0.0.1:3000/x?a=1&u=http://x"),
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
    assert ForwardFilter(()).url_for(StoredDelivery(row(), delivery()), NOW) is None


def test_a_rule_may_be_about_departures() -> None:
    """They depend on the deliveries before."""
    rules = ForwardFilter((ForwardRule("http://a", "departs:*"),))
    departures = [Departure(("data",), None, None, 20, 20)]

    assert rules.url_for(StoredDelivery(row(), delivery()), NOW) is None
    assert rules.url_for(StoredDelivery(row(), delivery()), NOW, lambda _: departures) == "http://a"


def test_a_header_of_the_user_replaces_one_of_its_name() -> None:
    """Its value is shown nowhere, since it may be a credential."""
    own = ForwardHeader.parse("X-Tenant:  shop: 1 ")

    assert with_own_headers(((b"x-tenant", b"a"), (b"B", b"b")), (own,)) == ((b"B", b"b"), (b"X-Tenant", b"shop: 1"))
    assert "shop" not in repr(own)


@pytest.mark.parametrize(
    "text", ["no colon", ": x", "A B: x", "A: x\ny", "A: \u00e9", "X-Webhook-Signature: x", "host: x"]
)
def test_a_header_that_is_none_or_the_delivery_s_own_is_refused(text: str) -> None:
    """The signature always is the one that arrived."""
    with pytest.raises(ValueError, match=r"NAME: VALUE|cannot be replaced"):
        ForwardHeader.parse(text)
