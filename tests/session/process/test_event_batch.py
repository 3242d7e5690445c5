"""Events on their way to the screen: floods become few updates, however long the screen does not read."""

from __future__ import annotations

import threading

from msgspec.structs import replace

from tests.factories import delivery, row
from webhook_tui.domain.events import (
    DeliveryStored,
    EventCompared,
    HistoryOpened,
    Notified,
    ProblemOccurred,
    SessionStopped,
    SessionUpdated,
    StatusChanged,
    VerdictChanged,
)
from webhook_tui.domain.status import Counts, SessionStatus
from webhook_tui.session.clock import Clock
from webhook_tui.session.process.event_batch import INTERVAL_SECONDS, EventBatcher


class _Clock(Clock):
    seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds


def _received(count: int) -> StatusChanged:
    return StatusChanged(SessionStatus(counts=Counts(received=count)))


def test_a_flood_is_one_update() -> None:
    """Of statuses and numbers the newest, of changed rows each once."""
    batcher = EventBatcher()
    for seq in range(1, 1001):
        batcher.put(DeliveryStored(replace(row(), seq=seq), delivery()))
        batcher.put(VerdictChanged(replace(row(), seq=1 + seq % 2)))
        batcher.put(_received(seq))

    assert batcher.take() == [SessionUpdated(_received(1000).status, 1000, (2, 1))]


def test_updates_keep_their_distance_and_other_events_do_not_wait() -> None:
    """50 ms between two updates."""
    clock = _Clock()
    batcher = EventBatcher(clock)
    batcher.put(_received(1))
    assert batcher.take() == [SessionUpdated(_received(1).status)]
    batcher.put(_received(2))
    batcher.put(HistoryOpened())
    assert batcher.take() == [HistoryOpened()]
    clock.seconds += INTERVAL_SECONDS
    assert batcher.take() == [SessionUpdated(_received(2).status)]


def test_the_last_event_is_the_last() -> None:
    """What waits goes before it at once; then there is nothing more."""
    batcher = EventBatcher(_Clock())
    batcher.put(_received(1))
    batcher.take()
    batcher.put(_received(2))
    batcher.put(SessionStopped())
    assert batcher.take() == [SessionUpdated(_received(2).status), SessionStopped()]
    assert batcher.take() == []


def test_single_events_are_bounded() -> None:
    """What a screen that does not read would never see is dropped, and reported once."""
    batcher = EventBatcher(most_events=3)
    for number in range(1000):
        batcher.put(Notified(str(number)))
    batcher.put(SessionStopped())
    problem, *events = batcher.take()
    assert isinstance(problem, ProblemOccurred)
    assert problem.problem.message == "The screen could not keep up: 997 notices were dropped."
    assert events == [Notified("0"), Notified("1"), Notified("2"), SessionStopped()]


def test_compared_events_stay_here() -> None:
    """The screen asks for them while it shows them."""
    batcher = EventBatcher()
    batcher.put(EventCompared("1", "ping", "both", 1.0, True))
    batcher.put(HistoryOpened())
    assert batcher.take() == [HistoryOpened()]


def test_taking_waits_for_an_event() -> None:
    """Put by another thread."""
    batcher = EventBatcher()
    threading.Timer(0.01, batcher.put, (HistoryOpened(),)).start()
    assert batcher.take() == [HistoryOpened()]
