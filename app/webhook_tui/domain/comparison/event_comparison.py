"""Webhook against event stream: which of the two showed each event id of this run, when, and whether they agree.

Pure: every moment is an argument. In whatever order the sightings are told, the outcome is the same. Memory is
bounded: the newest ids are kept, and of their contents as many bytes as fit.
"""

from __future__ import annotations

import heapq
from collections import OrderedDict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from webhook_tui.domain.comparison.compared_event import ComparedEvent, Reason, Seen
from webhook_tui.domain.comparison.json_diff import differing_paths
from webhook_tui.domain.delivery.event import parse_event
from webhook_tui.domain.statistics.intervals import Interval, Intervals

LONGEST_ID = 200
"""Characters of an id's JSON text; what is longer is nobody's event id and is not followed."""
BACKFILL = timedelta(minutes=10)
"""How far back the stream shows events when it connects (documented)."""

_LONGEST_NAME = 200
_PING_AHEAD = timedelta(seconds=10)


class Limits(Struct, frozen=True, kw_only=True):
    """How long is too long, and how much is kept."""

    overdue_seconds: float = 5.0
    """Within this the other channel is only waited for."""
    retry_seconds: float = 600.0
    """How long after an attempt that was not accepted the next one may still come; not documented by PiktID."""
    ids: int = 10_000
    content_bytes: int = 32 * 1024 * 1024


class Observation(Struct, frozen=True):
    """One event as one channel showed it."""

    at: datetime
    content: bytes
    name: str = ""
    seq: int | None = None
    """By webhook: number of the delivery."""
    backfilled: bool = False
    """By SSE: it is from before the connection."""
    happened_at: datetime | None = None
    """By SSE: what the event itself says."""


class _Entry(Struct):
    event_id: str
    webhook: Observation | None = None
    sse: Observation | None = None
    refused_at: datetime | None = None
    is_retried: bool = False
    seen: Seen | None = None
    differing: int | None = None
    told: tuple[Seen, float | None, bool | None] | None = None
    view: ComparedEvent | None = None


class EventComparison:
    """All event ids of one run and one account."""

    def __init__(self, limits: Limits | None = None, *, version: int = 0) -> None:
        """`version`: where to count from, so that a successor's numbers are not those of the one before."""
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
        """How many ids of this run are settled as what."""
        self.version = version
        """Another number whenever `events` may give something else."""

    # What is told

    def webhook(self, event_id: str, sighting: Observation) -> None:
        """A delivery of that id was recorded; of several attempts the earliest counts."""
        entry = self._entry(event_id)
        if entry is None or (entry.webhook is not None and _order(entry.webhook) <= _order(sighting)):
            return
        entry.webhook = self._kept(entry, "webhook", sighting)
        self._touch(entry)

    def sse(self, event_id: str, sighting: Observation) -> None:
        """The stream showed that id; repeated ones (every backfill repeats) change nothing."""
        entry = self._entry(event_id)
        if entry is None or (entry.sse is not None and _order(entry.sse) <= _order(sighting)):
            return
        entry.sse = self._kept(entry, "sse", sighting)
        self._touch(entry)

    def refused(self, event_id: str, at: datetime) -> None:
        """An attempt of that id was here and was not accepted, nor recorded: it may come again."""
        entry = self._entry(event_id)
        if entry is not None and (entry.refused_at is None or entry.refused_at < at):
            entry.refused_at = at
            self._touch(entry)

    def tunnel(self, at: datetime, *, is_down: bool) -> None:
        """Nothing from outside could reach the receiver from `at` on, or it could again."""
        if self._tunnel_down.note(at, is_down):
            self._explain_again()

    def registration(self, at: datetime, *, is_registered: bool) -> None:
        """A webhook of this run is registered from `at` on, or is not any more."""
        if self._registered.note(at, is_registered):
            self._explain_again()

    def stream(self, at: datetime, *, is_live: bool) -> None:
        """The stream is connected from `at` on, or is not any more; webhooks wait for it only while it is."""
        changed = self._stream_down.note(at, not is_live)
        if self._stream_live.note(at, is_live) and is_live:
            self._first_live = self._first_live or at
            for event_id in self._parked:
                heapq.heappush(self._due, (at + self._overdue, event_id))
            self._parked.clear()
        if changed:
            self._explain_again()

    # What is asked

    @property
    def next_due(self) -> datetime | None:
        """When `settle` has something to do next, if nothing more is told before."""
        return self._due[0][0] if self._due else None

    def settle(self, now: datetime) -> Sequence[ComparedEvent]:
        """What is settled by now and was not before, or is settled otherwise than was said before."""
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
        """Everything that is known, in the order in which the ids were first seen."""
        return tuple(self._view(entry) for entry in self._entries.values() if entry.webhook or entry.sse)

    def seq_of(self, event_id: str) -> int | None:
        """Number of the delivery that showed it first."""
        entry = self._entries.get(event_id)
        return entry.webhook.seq if entry is not None and entry.webhook is not None else None

    def raw(self, event_id: str) -> bytes | None:
        """What the stream showed; None when it did not, or is not kept any more."""
        return self._contents.get((event_id, "sse"))

    # Sightings

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
        self._touched.pop(oldest, None)
        for side in ("webhook", "sse"):
            self._contents.drop((oldest, side))

    def _kept(self, entry: _Entry, side: str, sighting: Observation) -> Observation:
        self._contents.put((entry.event_id, side), sighting.content)
        webhook, sse = (self._contents.get((entry.event_id, name)) for name in ("webhook", "sse"))
        entry.differing = None if webhook is None or sse is None else differing_paths(webhook, sse)
        return Observation(
            sighting.at, b"", sighting.name[:_LONGEST_NAME], sighting.seq, sighting.backfilled, sighting.happened_at
        )

    def _touch(self, entry: _Entry) -> None:
        entry.view = None
        self.version += 1
        self._touched[entry.event_id] = None

    # Settling

    def _settled(self, entry: _Entry, now: datetime) -> bool:
        """Settle one entry as far as it can be; whether there is news to tell."""
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
        told = (seen, view.lag_seconds, view.equal)
        if told == entry.told:
            return False
        entry.told = told
        return True

    def _state(self, entry: _Entry, now: datetime) -> tuple[Seen | None, datetime | None]:
        """Where it was seen, and when to look again if only time can tell."""
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
        # What was said once is not taken back because the other side may come after all.
        return (known, None) if now >= due else (entry.seen, due)

    # Explaining

    def _explain_again(self) -> None:
        self.version += 1
        for entry in self._entries.values():
            if entry.webhook is None or entry.sse is None:
                entry.view = None

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


def _order(sighting: Observation) -> tuple[datetime, int, bool]:
    return sighting.at, sighting.seq or 0, sighting.backfilled
