"""The sandbox's notifications: numbered, kept until consumed or too old, and published to every open stream."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from msgspec import Struct


class SandboxEvent(Struct, frozen=True):
    """One event in the documented shape."""

    id: int
    name: str
    data: Mapping[str, object]
    timestamp: float

    def fields(self) -> dict[str, object]:
        """The documented object."""
        return {"id": self.id, "name": self.name, "data": dict(self.data), "timestamp": self.timestamp}

    def body(self) -> bytes:
        """The object as Python's json writes it; what PiktID's spacing is, is not documented."""
        return json.dumps(self.fields()).encode("ascii")


class Subscription:
    """The queue of one open stream: events in order, then None when the sandbox closes."""

    def __init__(self, wanted: Callable[[SandboxEvent], bool]) -> None:
        self.wanted = wanted
        self._queue: asyncio.Queue[SandboxEvent | None] = asyncio.Queue()

    async def following(self, seconds: float) -> SandboxEvent | None:
        """Return the next event. Raises TimeoutError after `seconds` without one."""
        async with asyncio.timeout(seconds):
            return await self._queue.get()

    def push(self, event: SandboxEvent | None) -> None:
        """Add an event if this stream wants it; None ends the stream."""
        if event is None or self.wanted(event):
            self._queue.put_nowait(event)


class Notifications:
    """All events of the one account."""

    def __init__(self, *, first_id: int, kept_seconds: float, now: Callable[[], datetime]) -> None:
        self._next_id = first_id
        self._kept_seconds = kept_seconds
        self._now = now
        self._kept: dict[int, SandboxEvent] = {}
        self._subscriptions: set[Subscription] = set()

    def make(self, name: str, data: Mapping[str, object]) -> SandboxEvent:
        """Return a new event with the next id, not yet published."""
        event = SandboxEvent(self._next_id, name, dict(data), self._now().timestamp())
        self._next_id += 1
        return event

    def publish(self, event: SandboxEvent) -> None:
        """Keep an event for backfills and send it to the open streams."""
        self._forget_old()
        self._kept[event.id] = event
        for subscription in self._subscriptions:
            subscription.push(event)

    def kept(self) -> Iterable[SandboxEvent]:
        """Return the events that are not consumed and not too old, oldest first."""
        self._forget_old()
        return tuple(self._kept.values())

    def consume(self, event_id: int) -> bool:
        """Mark an event as consumed; False when there is none with this id."""
        return self._kept.pop(event_id, None) is not None

    def subscribe(self, wanted: Callable[[SandboxEvent], bool]) -> tuple[Subscription, list[SandboxEvent]]:
        """Open a stream and return its backfill; no event is in both or in neither."""
        subscription = Subscription(wanted)
        self._subscriptions.add(subscription)
        return subscription, [event for event in self.kept() if wanted(event)]

    def unsubscribe(self, subscription: Subscription) -> None:
        """Remove a stream that has ended."""
        self._subscriptions.discard(subscription)

    @property
    def streams(self) -> int:
        """Number of open streams."""
        return len(self._subscriptions)

    def close(self) -> None:
        """End all streams."""
        for subscription in self._subscriptions:
            subscription.push(None)

    def _forget_old(self) -> None:
        oldest = self._now().timestamp() - self._kept_seconds
        while self._kept and (first := next(iter(self._kept.values()))).timestamp < oldest:
            del self._kept[first.id]
