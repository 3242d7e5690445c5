"""Batches events for the screen: frequent kinds are conflated, all others keep their order.

`put` is called from the session's thread, `take` from the thread that sends. While the pipe is full, only the newest
status is kept and numbers of rows add up.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence

from webhook_tui.domain.events import (
    DeliveryStored,
    EventCompared,
    Forwarded,
    ProblemOccurred,
    ReplayAdvanced,
    Replayed,
    RowChanged,
    SessionEvent,
    SessionStopped,
    SessionUpdated,
    StatusChanged,
    VerdictChanged,
)
from webhook_tui.domain.forwarding.forward_result import ForwardResult, ReplayProgress
from webhook_tui.domain.status import SessionStatus
from webhook_tui.session import messages
from webhook_tui.session.clock import Clock
from webhook_tui.session.process.channel import Answered

INTERVAL_SECONDS = 0.05
"""Between two updates."""
MOST_EVENTS = 10_000
"""Single events that wait; more are dropped."""
_MOST_RESULTS = 300
"""Forward results that wait; the screen keeps no more."""


class EventBatcher:
    """Holds the events that are not sent yet."""

    def __init__(self, clock: Clock | None = None, *, most_events: int = MOST_EVENTS) -> None:
        self._most_events = most_events
        self._clock = clock or Clock()
        self._changed = threading.Condition()
        self._closed = False
        self._sent_at = float("-inf")
        self._events: list[SessionEvent | Answered] = []
        self._dropped = 0
        self._has_update = False
        self._status: SessionStatus | None = None
        self._newest_seq: int | None = None
        self._reverified: dict[int, None] = {}
        self._changed_rows: dict[int, None] = {}
        self._results: deque[ForwardResult] = deque(maxlen=_MOST_RESULTS)
        self._replay: ReplayProgress | None = None

    def put(self, event: SessionEvent | Answered) -> None:
        """Add an event, or the answer to a query; never blocks."""
        with self._changed:
            if isinstance(event, EventCompared):
                return  # the screen asks for the comparison while it shows it
            if self._conflate(event):
                self._has_update = True
            elif len(self._events) < self._most_events or isinstance(event, SessionStopped | Answered):
                self._events.append(event)
                self._closed = self._closed or isinstance(event, SessionStopped)
            else:
                self._dropped += 1
            self._changed.notify()

    def _conflate(self, event: SessionEvent | Answered) -> bool:
        match event:
            case StatusChanged(status):
                self._status = status
            case DeliveryStored(row):
                self._newest_seq = row.seq
            case VerdictChanged(row):
                self._reverified[row.seq] = None
            case Forwarded(sent):
                self._changed_rows[sent.seq] = None
                self._results.append(sent)
            case Replayed(sent, alone=False):
                self._results.append(sent)
            case ReplayAdvanced(progress):
                self._replay = progress
            case RowChanged(row):
                self._changed_rows[row.seq] = None
            case _:
                return False
        return True

    def take(self) -> Sequence[SessionEvent | Answered]:
        """Wait for events and return them in order; an empty sequence once SessionStopped was taken."""
        with self._changed:
            while not (self._events or self._closed or self._is_due):
                self._changed.wait(
                    self._sent_at + INTERVAL_SECONDS - self._clock.monotonic() if self._has_update else None
                )
            events: list[SessionEvent | Answered] = []
            if self._has_update and (self._closed or self._is_due):
                events.append(self._take_update())
            if self._dropped:
                events.append(ProblemOccurred(messages.events_dropped(self._dropped)))
                self._dropped = 0
            events += self._events
            self._events = []
            return events

    @property
    def _is_due(self) -> bool:
        return self._has_update and self._seconds_left <= 0

    @property
    def _seconds_left(self) -> float:
        return self._sent_at + INTERVAL_SECONDS - self._clock.monotonic()

    def _take_update(self) -> SessionUpdated:
        update = SessionUpdated(
            self._status,
            self._newest_seq,
            tuple(self._reverified),
            tuple(self._changed_rows),
            tuple(self._results),
            self._replay,
        )
        self._status = self._newest_seq = self._replay = None
        self._reverified, self._changed_rows = {}, {}
        self._results.clear()
        self._has_update = False
        self._sent_at = self._clock.monotonic()
        return update
