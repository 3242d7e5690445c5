"""The event bus: by type, in order, and no handler can harm a publisher."""

from __future__ import annotations

import logging

import pytest

from webhook_tui.session.bus import EventBus, EventLost, EventsMatched


def test_handlers_of_a_type_are_called_in_the_order_of_subscription() -> None:
    """Before `publish` returns; an event without a handler is no error."""
    bus = EventBus()
    called: list[object] = []
    bus.subscribe(EventLost, lambda event: called.append(("first", event.event_id)))
    bus.subscribe(EventLost, lambda event: called.append(("second", event.event_id)))
    bus.publish(EventLost("1"))
    bus.publish(EventsMatched(("2",)))

    assert called == [("first", "1"), ("second", "1")]


def test_an_error_of_a_handler_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """The handlers after it are called."""

    def fail(_event: EventLost) -> None:
        raise ValueError("no")

    bus = EventBus()
    called: list[EventLost] = []
    bus.subscribe(EventLost, fail)
    bus.subscribe(EventLost, called.append)
    with caplog.at_level(logging.ERROR):
        bus.publish(EventLost("1"))

    assert called == [EventLost("1")]
    assert [record.getMessage() for record in caplog.records] == ["a handler of EventLost failed"]
