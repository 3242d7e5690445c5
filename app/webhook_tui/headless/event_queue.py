"""Passes the events of a session from its loop to the main thread, and wakes it where that costs the loop least."""

from __future__ import annotations

import contextlib
import math
import queue
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import TypeAlias

from webhook_tui.domain.events import DeliveryStored, SessionEvent
from webhook_tui.session.bus import DeliveriesInserted, DeliveriesStored

Published: TypeAlias = SessionEvent | DeliveriesInserted | DeliveriesStored
"""What the session's thread passes on: deliveries that were stored together come together."""

_QUIET_SECONDS = 0.01
"""How long a commit that was announced wakes no thread after another one did."""


class EventQueue:
    """Events in their order. The session's thread adds them and never waits; one other thread waits for them.

    A thread that wakes up takes the interpreter lock from the loop. Deliveries that are about to be committed wake it,
    because the loop then waits for the disk. Their commit does so once in 10 ms; else it is seen with the next
    deliveries, or when `wait` ends, which is to be short then.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock`: seconds."""
        self._events: deque[Published] = deque()
        self._wakeups: queue.SimpleQueue[None] = queue.SimpleQueue()
        """At most one: they would gather while there always is an event when the thread looks."""
        self._inserted: Sequence[DeliveryStored] | None = None
        """The deliveries that woke the thread last."""
        self._clock = clock
        self._next_wake_at = -math.inf
        """The time from which a commit that was announced wakes the thread."""

    def put(self, event: Published) -> None:
        """Add an event and wake the thread."""
        self._events.append(event)
        self._wake()

    def put_inserted(self, event: DeliveriesInserted) -> None:
        """Add deliveries that are about to be committed and wake the thread."""
        self._inserted = event.deliveries
        self.put(event)

    def put_stored(self, event: DeliveriesStored) -> None:
        """Add deliveries that are on disk, and wake the thread.

        Those that `put_inserted` announced do not wake it within 10 ms of a commit that did.
        """
        self._events.append(event)
        now = self._clock()
        if event.deliveries is not self._inserted or now >= self._next_wake_at:
            self._next_wake_at = now + _QUIET_SECONDS
            self._wake()
        self._inserted = None

    def wait(self, seconds: float) -> None:
        """Return when there is an event, or after `seconds`."""
        with contextlib.suppress(queue.Empty):
            while not self._events:  # a wake-up may be that of an event that is taken already
                self._wakeups.get(timeout=seconds)

    def take(self) -> Published | None:
        """Remove and return the next event; None: there is none."""
        return self._events.popleft() if self._events else None

    def _wake(self) -> None:
        if self._wakeups.empty():  # else the thread sees the event once it has taken that one
            self._wakeups.put(None)
