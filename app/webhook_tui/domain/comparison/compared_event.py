"""One event id on both channels, webhook and event stream, and the times in which a channel was down."""

from __future__ import annotations

from collections import deque
from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class Seen(StrEnum):
    """Where an event was seen, once that is settled."""

    BOTH = "both"
    SSE = "sse"
    WEBHOOK = "webhook"


class Reason(StrEnum):
    """Why only one channel has it; the value is the short form, at most 12 characters."""

    WAITING = "waiting"
    """The other channel is not overdue yet."""
    TUNNEL_DOWN = "tunnel down"
    NOT_REGISTERED = "unregistered"
    """No webhook of this run was registered when it happened."""
    RETRYING = "retrying"
    """An attempt was not accepted: PiktID tries again."""
    LOST = "lost"
    """Only by SSE, and nothing that is known here explains it."""
    STREAM_DOWN = "SSE was down"
    """Only by webhook: the stream was not connected when it arrived."""
    OLD = "too old"
    """Only by webhook: it happened before what the stream shows when it connects."""
    NOT_SHOWN = "not on SSE"
    """Only by webhook, and nothing that is known here explains it."""


class DifferingDelivery(Struct, frozen=True):
    """A delivery whose contents are not those that the event stream brought of the same event."""

    seq: int
    path: str
    """The first path where they differ: received text, sanitise before showing."""
    paths: int
    """At how many paths they differ."""


class ComparedEvent(Struct, frozen=True):
    """One event id. Name and id are received text: sanitise before showing."""

    event_id: str
    """JSON text, so that its type is kept."""
    name: str
    webhook_at: datetime | None
    """When the first attempt of this run was here."""
    seq: int | None
    """Number of that delivery."""
    sse_at: datetime | None
    backfilled: bool
    """The stream sent it as older than the connection, so `sse_at` does not measure its speed."""
    happened_at: datetime | None
    """By PiktID's clock, from the event's timestamp."""
    seen: Seen | None
    """None: not settled yet."""
    differing: int | None
    """At how many paths the contents differ; None: not compared (one side only, or too large)."""
    reason: Reason | None
    """None when both have it."""
    spell: Interval | None = None
    """From when until when the tunnel or the stream was down, where that is the reason."""

    @property
    def lag_seconds(self) -> float | None:
        """Seconds between SSE and webhook; negative: the webhook was earlier. None where it is not known."""
        if self.webhook_at is None or self.sse_at is None or self.backfilled:
            return None
        return (self.webhook_at - self.sse_at).total_seconds()

    @property
    def equal(self) -> bool | None:
        """Whether both contents are the same JSON; None: not compared."""
        return None if self.differing is None else self.differing == 0


_MOST = 200


class Interval(Struct, frozen=True):
    """From when until when; `until` None: it still is so."""

    since: datetime
    until: datetime | None = None

    def overlaps(self, start: datetime, end: datetime) -> bool:
        """Whether some moment from `start` to `end`, both included, lies in it."""
        return self.since <= end and (self.until is None or start <= self.until)


class Intervals:
    """The newest 200 spells of one thing, oldest first."""

    def __init__(self) -> None:
        self._spells: deque[Interval] = deque(maxlen=_MOST)

    @property
    def current(self) -> Interval | None:
        """The spell that lasts, if it is so now."""
        return self._spells[-1] if self._spells and self._spells[-1].until is None else None

    def note(self, at: datetime, is_so: bool) -> bool:
        """Say how it is from `at` on; gives back whether that is news."""
        lasting = self.current
        if is_so == (lasting is not None):
            return False
        if lasting is None:
            self._spells.append(Interval(at))
        else:
            self._spells[-1] = Interval(lasting.since, max(at, lasting.since))
        return True

    def overlapping(self, start: datetime, end: datetime) -> Interval | None:
        """The newest spell that has a moment from `start` to `end` in it."""
        return next((spell for spell in reversed(self._spells) if spell.overlaps(start, end)), None)
