"""What is derived of an event that was compared: its lag, and whether the contents are equal."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from tests.factories import NOW
from webhook_tui.domain.comparison.compared_event import ComparedEvent, Seen

BOTH = ComparedEvent("7", "ping", NOW, 1, NOW + timedelta(seconds=2), False, NOW, Seen.BOTH, 0, None)


@pytest.mark.parametrize(
    ("event", "lag"),
    [
        (BOTH, -2.0),
        (replace(BOTH, sse_at=None), None),
        (replace(BOTH, webhook_at=None), None),
        (replace(BOTH, backfilled=True), None),
    ],
)
def test_the_lag_of_the_webhook(event: ComparedEvent, lag: float | None) -> None:
    """Negative: the webhook was earlier. An event from before the connection measures nothing."""
    assert event.lag_seconds == lag


@pytest.mark.parametrize(("differing", "equal"), [(0, True), (3, False), (None, None)])
def test_equal_contents(differing: int | None, equal: bool | None) -> None:
    assert replace(BOTH, differing=differing).equal is equal
