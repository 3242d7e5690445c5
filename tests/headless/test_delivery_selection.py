"""Which events a filter leaves out."""

from __future__ import annotations

from tests.factories import NOW, PENDING, VALID, delivery, row
from webhook_tui.domain.events import DeliveryStored, Forwarded, SessionReady, VerdictChanged
from webhook_tui.domain.filtering.filter import Filter
from webhook_tui.domain.forwarding.forward_result import ForwardOrigin, ForwardResult
from webhook_tui.headless.delivery_selection import DeliverySelection


def test_what_passes_only_later_comes_then_and_whole() -> None:
    """A pending delivery is left out, with all that is said of it; when it is valid, it is shown as it is then."""
    selection = DeliverySelection(Filter.parse("verdict:valid"))
    stored, valid = DeliveryStored(row(verification=PENDING), delivery()), VerdictChanged(row(verification=VALID))
    forwarded = Forwarded(ForwardResult(1, ForwardOrigin.FORWARDED, "http://a", NOW, 200))

    assert selection.select(stored) is None
    assert selection.select(VerdictChanged(row(verification=PENDING))) is None
    assert selection.select(forwarded) is None
    assert selection.select(valid) == DeliveryStored(row(verification=VALID), delivery())
    assert selection.select(forwarded) == forwarded
    assert selection.select(valid) == valid


def test_what_is_about_no_delivery_passes() -> None:
    """Also without a filter."""
    ready = SessionReady(None, 1)

    assert DeliverySelection(Filter.parse("event:x")).select(ready) == ready
    assert DeliverySelection(None).select(ready) == ready
