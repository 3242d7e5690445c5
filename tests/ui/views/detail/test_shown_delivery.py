"""What the detail reads along with a delivery, without a screen."""

from __future__ import annotations

from tests.ui.memory_rows import MemoryRows, mock_up_rows, stored_delivery
from webhook_tui.ui.views.detail.shown_delivery import ATTEMPTS, TABS, ShownDelivery


def test_a_delivery_is_read_with_its_attempts() -> None:
    """One that does not exist changes nothing; more attempts bring their tab."""
    rows = MemoryRows(mock_up_rows())
    shown = ShownDelivery()
    assert not shown.load(rows, 99)
    assert (shown.seq, shown.tabs, shown.neighbours()) == (None, TABS, ())

    assert shown.load(rows, 1)
    assert (shown.seq, shown.tabs) == (1, TABS)
    assert not shown.load(rows, 99)
    assert shown.seq == 1


def test_attempts_are_compared_with_the_first() -> None:
    """Bodies and signatures each; the first is compared with nothing."""
    rows = MemoryRows(
        [
            stored_delivery(1, event_id="7", attempt=1, body=b"{}"),
            stored_delivery(2, event_id="7", attempt=2, body=b"{ }"),
        ]
    )
    shown = ShownDelivery()
    assert shown.load(rows, 2)

    assert shown.tabs == (*TABS, ATTEMPTS)
    assert [(same.body, same.signature) for same in shown.comparisons()] == [(None, None), (False, True)]
    assert not shown.reload_attempts()
    rows.add(stored_delivery(3, event_id="7", attempt=3))
    rows.refresh()
    assert shown.reload_attempts()
    assert len(shown.attempts) == 3
