"""Compares webhook and event stream: which of the two delivered each event id of this run, when, and with what.

Pure: every time is an argument. The result does not depend on the order in which observations are added. Memory is
bounded: the newest ids are kept, and as many bytes of their contents as fit.
"""

from __future__ import annotations

import heapq
from collections import OrderedDict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from webhook_tui.domain.comparison.compared_event import (
    ComparedEvent,
    DifferingDelivery,
    Interval,
    Intervals,
    Reason,
    Seen,
)
from webhook_tui.domain.comparison.diff import differing_paths, first_differing_path
from webhook_tui.domain.delivery.event import parse_event

LONGEST_ID = 200
"""Characters of an id's JSON text; events with a longer one are ignored."""
BACKFILL = timedelta(minutes=10)
"""How far back the stream shows events when it connects (documented)."""

_LONGEST_NAME = 200
_LONGEST_PATH = 200
_MOST_DIFFERING = 200
_PING_AHEAD = timedelta(seconds=10)


class Limits(Struct, frozen=True, kw_only=True):
    """Time limits, and how much is kept."""

    overdue_seconds: float = 30.0
    """How long an event waits for the other channel."""
    retry_seconds: float = 600.0
    """How long after an attempt that was not accepted the next one may still come; not documented by PiktID."""
    ids: int = 10_000
    content_bytes: int = 32 * 1024 * 1024


class Observation(Struct, frozen=True):
    """One event as one channel delivered it."""

    at: datetime
    content: bytes
    name: str = ""
    seq: int | None = None
    """By webhook: number of the delivery."""
    backfilled: bool = False
    """By SSE: it is from before the connection."""
    happened_at: datetime | None = None
    """By SSE: the event's own timestamp."""


class _Entry(Struct):
    event_id: str
    webhook: Observation | None = None
    sse: Observation | None = None
    refused_at: datetime | None = None
    is_retried: bool = False
    seen: Seen | None = None
    differing: int | None = None
    differing_path: str = ""
    is_counted_differing: bool = False
    published: tuple[Seen, float | None, bool | None] | None = None
    view: ComparedEvent | None = None


class EventComparison:
    """All event ids of one run and one account."""

    def __init__(self, limits: Limits | None = None, *, version: int = 0) -> None:
        """`version`: first version number, so that a successor does not repeat those of its predecessor."""
        self._limits = limits or Limits()
        self._overdue = timedelta(seconds=self._limits.overdue_seconds)
        self._retry = timedelta(seconds=self._limits.retry_seconds)
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._contents = _Contents(self._limits.content_bytes)
        self._due: list[tuple[datetime, str]] = []
        self._parked: set[str] = set()
        self._touched: dict[str, None] = {}
        self._tunnel_down = Intervals()
        self._registered = Intervals()
        self._stream_live = Intervals()
        self._stream_down = Intervals()
        self._first_live: datetime | None = None
        self.counts = dict.fromkeys(Seen, 0)
        """How many ids of this run are settled, by result."""
        self.differing = 0
        """How many ids both channels delivered with different contents."""
        self._differing: dict[str, DifferingDelivery] = {}
        self._lost: set[str] = set()
        self.version = version
        """Changes whenever the result of `events` may have changed."""

    @property
    def lost(self) -> int:
        """How many ids arrived by SSE only, without a known reason."""
        return len(self._lost)

    @property
    def differing_deliveries(self) -> tuple[DifferingDelivery, ...]:
        """The newest deliveries whose contents differ from those of the event stream, at most 200."""
        return tuple(self._differing.values())

    # Observations

    def webhook(self, event_id: str, observation: Observation) -> None:
        """Add a recorded delivery of that id; the earliest of several attempts counts."""
        entry = self._entry(event_id)
        if entry is None or (entry.webhook is not None and _order(entry.webhook) <= _order(observation)):
            return
        entry.webhook = self._kept(entry, "webhook", observation)
        self._touch(entry)

    def sse(self, event_id: str, observation: Observation) -> None:
        """Add an event of the stream; repetitions (every backfill repeats) change nothing."""
        entry = self._entry(event_id)
        if entry is None or (entry.sse is not None and _order(entry.sse) <= _order(observation)):
            return
        entry.sse = self._kept(entry, "sse", observation)
        self._touch(entry)

    def refused(self, event_id: str, at: datetime) -> None:
        """Add an attempt of that id that was neither accepted nor recorded: it may be repeated."""
        entry = self._entry(event_id)
        if entry is not None and (entry.refused_at is None or entry.refused_at < at):
            entry.refused_at = at
            self._touch(entry)

    def tunnel(self, at: datetime, *, is_down: bool) -> None:
        """Record that the tunnel is down from `at` on, or is up again."""
        if self._tunnel_down.note(at, is_down):
            self._explain_again()

    def registration(self, at: datetime, *, is_registered: bool) -> None:
        """Record that a webhook of this run is registered from `at` on, or is not any more."""
        if self._registered.note(at, is_registered):
            self._explain_again()

    def stream(self, at: datetime, *, is_live: bool) -> None:
        """Record that the stream is connected from `at` on, or not any more; webhooks wait for it only while it is."""
        changed = self._stream_down.note(at, not is_live)
        if self._stream_live.note(at, is_live) and is_live:
            self._first_live = self._first_live or at
            for event_id in self._parked:
                heapq.heappush(self._due, (at + self._overdue, event_id))
            self._parked.clear()
        if changed:
            self._explain_again()

    # Results

    @property
    def next_due(self) -> datetime | None:
        """When `settle` has something to do next, unless an observation is added before."""
        return self._due[0][0] if self._due else None

    def settle(self, now: datetime) -> Sequence[ComparedEvent]:
        """Return the events that are settled by now and were not, or with another result, at the last call."""
        while self._due and self._due[0][0] <= now:
            self._touched[heapq.heappop(self._due)[1]] = None
        news = []
        for event_id in self._touched:
            entry = self._entries.get(event_id)
            if entry is not None and self._settled(entry, now):
                news.append(self._view(entry))
        self._touched.clear()
        return news

    def events(self) -> tuple[ComparedEvent, ...]:
        """Return every event, in the order in which the ids were first seen."""
        return tuple(self._view(entry) for entry in self._entries.values() if entry.webhook or entry.sse)

    def seq_of(self, event_id: str) -> int | None:
        """Return the number of the first delivery with that id; None: by SSE only."""
        entry = self._entries.get(event_id)
        return entry.webhook.seq if entry is not None and entry.webhook is not None else None

    def raw(self, event_id: str) -> bytes | None:
        """Return the event's bytes on the stream; None when there are none, or they are not kept any more."""
        return self._contents.get((event_id, "sse"))

    # Entries

    def _entry(self, event_id: str) -> _Entry | None:
        if len(event_id) > LONGEST_ID:
            return None
        entry = self._entries.get(event_id)
        if entry is None:
            entry = self._entries[event_id] = _Entry(event_id)
            if len(self._entries) > self._limits.ids:
                self._forget_oldest()
        return entry

    def _forget_oldest(self) -> None:
        oldest, _ = self._entries.popitem(last=False)
        self._parked.discard(oldest)
        self._lost.discard(oldest)
        self._differing.pop(oldest, None)
        self._touched.pop(oldest, None)
        for side in ("webhook", "sse"):
            self._contents.drop((oldest, side))

    def _kept(self, entry: _Entry, side: str, observation: Observation) -> Observation:
        self._contents.put((entry.event_id, side), observation.content)
        webhook, sse = (self._contents.get((entry.event_id, name)) for name in ("webhook", "sse"))
        entry.differing, entry.differing_path = None, ""
        if webhook is not None and sse is not None:
            entry.differing = differing_paths(webhook, sse)
            if entry.differing:
                entry.differing_path = first_differing_path(webhook, sse)[:_LONGEST_PATH]
        return Observation(
            observation.at,
            b"",
            observation.name[:_LONGEST_NAME],
            observation.seq,
            observation.backfilled,
            observation.happened_at,
        )

    def _touch(self, entry: _Entry) -> None:
        entry.view = None
        self.version += 1
        self._touched[entry.event_id] = None

    # Settling

    def _settled(self, entry: _Entry, now: datetime) -> bool:
        """Settle one entry as far as possible; return whether it changed."""
        seen, due = self._state(entry, now)
        entry.view = None
        self.version += 1
        if due is not None:
            heapq.heappush(self._due, (due, entry.event_id))
        if seen is None:
            return False
        if seen is not entry.seen:
            if entry.seen is not None:
                self.counts[entry.seen] -= 1
            self.counts[seen] += 1
            entry.seen = seen
        view = self._view(entry)
        self._count(entry, view)
        result = (seen, view.lag_seconds, view.equal)
        if result == entry.published:
            return False
        entry.published = result
        return True

    def _count(self, entry: _Entry, view: ComparedEvent) -> None:
        if view.seen is Seen.SSE and view.reason is Reason.LOST:
            self._lost.add(entry.event_id)
        else:
            self._lost.discard(entry.event_id)
        differs = view.seen is Seen.BOTH and bool(view.differing)
        self.differing += differs - entry.is_counted_differing
        entry.is_counted_differing = differs
        self._differing.pop(entry.event_id, None)
        if differs and view.seq is not None and view.differing:
            self._differing[entry.event_id] = DifferingDelivery(view.seq, entry.differing_path, view.differing)
            if len(self._differing) > _MOST_DIFFERING:
                del self._differing[next(iter(self._differing))]

    def _state(self, entry: _Entry, now: datetime) -> tuple[Seen | None, datetime | None]:
        """Return where it was seen, and when to check again if that depends on time."""
        if entry.webhook is not None and entry.sse is not None:
            return Seen.BOTH, None
        if entry.sse is not None:
            due = entry.sse.at + self._overdue
            if entry.refused_at is not None:
                due = max(due, entry.refused_at + self._retry)
                entry.is_retried = now < due
            known = Seen.SSE
        elif entry.webhook is not None:
            live = self._stream_live.current
            if live is None:
                self._parked.add(entry.event_id)
                return entry.seen, None
            due = max(entry.webhook.at, live.since) + self._overdue
            known = Seen.WEBHOOK
        else:
            return None, None
        # A published outcome is not withdrawn, although the other channel may still bring the event.
        return (known, None) if now >= due else (entry.seen, due)

    # Explaining

    def _explain_again(self) -> None:
        self.version += 1
        for entry in self._entries.values():
            if entry.webhook is None or entry.sse is None:
                entry.view = None
                self._count(entry, self._view(entry))

    def _view(self, entry: _Entry) -> ComparedEvent:
        if entry.view is None:
            reason, spell = self._reason(entry)
            webhook, sse = entry.webhook, entry.sse
            entry.view = ComparedEvent(
                event_id=entry.event_id,
                name=(sse.name if sse else "") or (webhook.name if webhook else ""),
                webhook_at=webhook.at if webhook else None,
                seq=webhook.seq if webhook else None,
                sse_at=sse.at if sse else None,
                backfilled=sse is not None and sse.backfilled,
                happened_at=self._happened_at(entry),
                seen=entry.seen,
                differing=entry.differing,
                reason=reason,
                spell=spell,
            )
        return entry.view

    def _happened_at(self, entry: _Entry) -> datetime | None:
        if entry.sse is not None:
            return entry.sse.happened_at
        body = self._contents.get((entry.event_id, "webhook"))
        return None if body is None else moment(parse_event(body).timestamp)

    def _reason(self, entry: _Entry) -> tuple[Reason | None, Interval | None]:
        if entry.sse is not None:
            return (None, None) if entry.webhook is not None else self._why_no_webhook(entry, entry.sse)
        assert entry.webhook is not None
        return self._why_no_sse(entry, entry.webhook)

    def _why_no_webhook(self, entry: _Entry, sse: Observation) -> tuple[Reason, Interval | None]:
        at = (sse.happened_at or sse.at) if sse.backfilled else sse.at
        if entry.is_retried:
            return Reason.RETRYING, None
        # A ping is sent by registering itself, and its answer comes after it.
        registered = self._registered.overlapping(at, at + (_PING_AHEAD if sse.name == "ping" else timedelta()))
        if registered is None:
            return Reason.NOT_REGISTERED, None
        down = self._tunnel_down.overlapping(at, at + self._overdue)
        if down is not None:
            return Reason.TUNNEL_DOWN, down
        return (Reason.WAITING if entry.seen is None else Reason.LOST), None

    def _why_no_sse(self, entry: _Entry, webhook: Observation) -> tuple[Reason, Interval | None]:
        if entry.seen is None:
            return Reason.WAITING, self._stream_down.current
        happened_at = self._happened_at(entry)
        if happened_at is not None and self._first_live is not None and happened_at < self._first_live - BACKFILL:
            return Reason.OLD, None
        down = self._stream_down.overlapping(webhook.at, webhook.at)
        return (Reason.NOT_SHOWN, None) if down is None else (Reason.STREAM_DOWN, down)


class _Contents:
    """Contents of both sides by id; the oldest go when all together are too large."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._size = 0

    def put(self, key: tuple[str, str], content: bytes) -> None:
        self.drop(key)
        self._kept[key] = content
        self._size += len(content)
        while self._size > self._most and len(self._kept) > 1:
            self.drop(next(iter(self._kept)))

    def get(self, key: tuple[str, str]) -> bytes | None:
        return self._kept.get(key)

    def drop(self, key: tuple[str, str]) -> None:
        self._size -= len(self._kept.pop(key, b""))


def moment(timestamp: float | None) -> datetime | None:
    """An event's `timestamp` as UTC; None when there is none."""
    return None if timestamp is None else datetime.fromtimestamp(timestamp, UTC)


def _order(observation: Observation) -> tuple[datetime, int, bool]:
    return observation.at, observation.seq or 0, observation.backfilled
