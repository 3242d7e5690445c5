"""The queue between the session's thread and the one that prints: the order, and what wakes it."""

from __future__ import annotations

import threading

from tests.factories import delivery, row
from tests.timeouts import TIMEOUT_SECONDS
from webhook_tui.domain.events import DeliveryStored, WebhookDeleted
from webhook_tui.headless.event_queue import EventQueue, Published
from webhook_tui.session.bus import DeliveriesInserted, DeliveriesStored


def _group() -> list[DeliveryStored]:
    return [DeliveryStored(row(1), delivery())]


def _is_woken(events: EventQueue) -> bool:
    """Return whether a thread that waits is woken; takes what is there, as it would."""
    wakeups = events._wakeups  # noqa: SLF001 -- a thread that waits would have to be given time
    is_woken = not wakeups.empty()
    while not wakeups.empty():
        wakeups.get()
    while events.take() is not None:
        pass
    return is_woken


def test_events_are_taken_in_their_order() -> None:
    """Whichever way they came, also after the thread has taken some."""
    group = _group()
    inserted, stored, deleted = DeliveriesInserted(group), DeliveriesStored(group), WebhookDeleted()
    events = EventQueue()
    events.put_inserted(inserted)
    events.put_stored(stored)
    first: list[Published | None] = [events.take()]
    events.put(deleted)

    assert [*first, events.take(), events.take(), events.take()] == [inserted, stored, deleted, None]


def test_the_thread_waits_for_an_event() -> None:
    """Until one is put by another thread."""
    events, deleted = EventQueue(), WebhookDeleted()
    threading.Timer(0.01, events.put, (deleted,)).start()
    events.wait(TIMEOUT_SECONDS)

    assert events.take() is deleted


def test_a_commit_that_was_announced_wakes_the_thread_once_in_a_while() -> None:
    """Else it is there when the thread looks again."""
    now = [5.0]
    events = EventQueue(lambda: now[0])
    woken: list[tuple[bool, bool]] = []
    for seconds in (0.0, 0.009, 0.011):
        now[0] = 5.0 + seconds
        group = _group()
        events.put_inserted(DeliveriesInserted(group))
        announced = _is_woken(events)
        events.put_stored(DeliveriesStored(group))
        woken.append((announced, _is_woken(events)))

    assert woken == [(True, True), (True, False), (True, True)]


def test_every_other_commit_wakes_it() -> None:
    """That of deliveries that were inserted again, and that of those that the history's own thread stored."""
    events = EventQueue(lambda: 5.0)
    events.put_stored(DeliveriesStored(_group()))
    assert _is_woken(events)
    events.put_inserted(DeliveriesInserted(_group()))
    assert _is_woken(events)

    events.put_stored(DeliveriesStored(_group()))
    again = _is_woken(events)
    events.put_stored(DeliveriesStored(_group()))

    assert (again, _is_woken(events)) == (True, True)


def test_wake_ups_do_not_gather() -> None:
    """A thread that never has to wait leaves one, and that one takes the place of none that is needed."""
    events = EventQueue()
    for _ in range(1000):
        events.put(WebhookDeleted())
        events.take()

    assert events._wakeups.qsize() == 1  # noqa: SLF001 -- only the memory that they take would show it
    assert _is_woken(events)
    events.put(WebhookDeleted())
    assert _is_woken(events)
