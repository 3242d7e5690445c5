"""Watches PiktID's event stream and holds it against what the webhook brought; it only ever reads, and deletes nothing.

The stream breaks and comes back by itself. Where the API has none, or the token may not read it, this is off, with one
line that says so.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from webhook_tui.domain.comparison.compared_event import Reason, Seen
from webhook_tui.domain.comparison.event_comparison import EventComparison, Limits, Observation, moment
from webhook_tui.domain.delivery.delivery import Delivery, StoredDelivery
from webhook_tui.domain.delivery.event import Event, parse_event
from webhook_tui.domain.errors import Problem, ProblemError, Severity
from webhook_tui.domain.events import ComparisonShown, EventCompared, EventSidesShown
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.status import SessionStatus, TunnelState, WebhookState
from webhook_tui.piktid.stream import (
    Arrived,
    BackfillCompleted,
    Backfilled,
    Connected,
    EventStream,
    KeptAlive,
    StreamItem,
)
from webhook_tui.session.status import StatusPublisher

_PAUSE_SECONDS = 0.02
"""From a sighting to its being settled, together with all others of that time."""

_NOT_UP = (TunnelState.DOWN, TunnelState.FAILED, TunnelState.OPENING)
_NOT_YET_AGAIN = (
    WebhookState.STALE,
    WebhookState.REGISTERING,
    WebhookState.NOT_REGISTERED,
    WebhookState.REFUSED,
)
_ENDED = (WebhookState.DELETED, WebhookState.TAKEN, WebhookState.WATCHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonTiming:
    """How long things take, in seconds."""

    limits: Limits = field(default_factory=Limits)
    connect_wait_seconds: float = 2.0
    """How long registering waits for the stream at most."""
    first_delay_seconds: float = 1.0
    """From the first broken connection to the next try; doubled with each that breaks at once."""
    longest_delay_seconds: float = 30.0
    steady_seconds: float = 10.0
    """A connection that lived so long was a good one: the delays begin anew."""


class StreamComparison:
    """Runs on the session's loop; `run` until cancelled."""

    def __init__(
        self,
        board: StatusPublisher,
        *,
        is_on: bool,
        stream_for: Callable[[Secret], EventStream],
        stored: Callable[[int], Awaitable[StoredDelivery | None]],
        now: Callable[[], datetime],
        jitter: Callable[[], float],
        pace: ComparisonTiming,
        lost: Callable[[], None] = lambda: None,
        met: Callable[[Sequence[str]], None] = lambda _: None,
    ) -> None:
        """`is_on`: False with --no-sse; then nothing is asked and nothing is told.

        `lost`: told of each event that the stream showed and no webhook brought, for no known reason.
        `met`: told of the ids, as JSON text, of events that came by both.
        """
        self._board = board
        self._is_on = is_on
        self._stream_for = stream_for
        self._stored = stored
        self._now = now
        self._jitter = jitter
        self._pace = pace
        self._lost = lost
        self._met = met
        self._seen_links: tuple[TunnelState, WebhookState] | None = None
        self._known = self._new_ledger(0)
        self._token: Secret | None = None
        self._connection: asyncio.Task[None] | None = None
        self._tried = asyncio.Event()
        self._wake = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._soon: asyncio.TimerHandle | None = None
        self._last_seen_at: datetime | None = None
        self._note: Problem | None = None
        self._is_refused = False
        self._is_down = False

    # What is told

    def use_token(self, token: Secret) -> None:
        """Watch with `token` from now on; another account's events are not compared with this one's."""
        if not self._is_on or token == self._token:
            return
        if self._token is not None:
            self._known = self._new_ledger(self._known.version + 1)
        self._token = token
        self._is_refused = False
        self._tried.clear()
        self._take_note_back()
        self._change(state="connecting", since=self._now(), problem=None)
        if self._connection is not None:
            self._connection.cancel()
        self._wake.set()

    def try_now(self) -> None:
        """Do not wait for the next try."""
        if self._board.status.stream.state == "down":
            self._wake.set()

    def came(self, stored: StoredDelivery) -> None:
        """A delivery was recorded."""
        row, delivery = stored.row, stored.delivery
        if self._compares and row.event_id is not None:
            self._known.webhook(row.event_id, Observation(row.received_at, delivery.body, row.event, row.seq))
            self._settle_soon()

    def refused(self, delivery: Delivery) -> None:
        """A delivery could not be recorded and is answered 503: it comes again."""
        if self._compares and (event_id := parse_event(delivery.body).event_id) is not None:
            self._known.refused(event_id, delivery.received_at)
            self._settle_soon()

    def look(self, status: SessionStatus) -> None:
        """Another status: tunnel and registration say why a delivery may be missing."""
        links = (status.tunnel.state, status.webhook.state)
        if links != self._seen_links:
            self._seen_links = links
            self._look_at(*links)
            self._say_note(status)

    # What is asked

    async def connected(self) -> None:
        """Wait until the stream is connected or has refused, but not for long: whoever registers waits for this."""
        if self._token is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pace.connect_wait_seconds):
                    await self._tried.wait()

    def show(self, version: int) -> None:
        """Tell all that is known, unless that is what the front end has already."""
        if version != self._known.version:
            self._board.emit(ComparisonShown(self._known.version, self._known.events()))

    async def show_sides(self, event_id: str) -> None:
        """Tell what each channel brought of one event."""
        seq, sse = self._known.seq_of(event_id), self._known.raw(event_id)
        stored = None
        if seq is not None:
            with contextlib.suppress(ProblemError):  # a broken store says so where deliveries are recorded
                stored = await self._stored(seq)
        self._board.emit(EventSidesShown(event_id, None if stored is None else stored.delivery.body, sse))

    # The connection

    async def run(self) -> None:
        """Connect, and again whenever it breaks, until cancelled."""
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                if self._token is not None:
                    await self._one_token(self._token)
        finally:
            self._cancel_timers()

    async def _one_token(self, token: Secret) -> None:
        """Follow the stream of one account until its token is replaced; returns when there is no stream for it."""
        self._connection = asyncio.ensure_future(self._follow(token))
        try:
            await asyncio.wait({self._connection})
        finally:
            connection, self._connection = self._connection, None
            connection.cancel()
            (outcome,) = await asyncio.gather(connection, return_exceptions=True)
        if isinstance(outcome, Exception):
            raise outcome

    async def _follow(self, token: Secret) -> None:
        failures = 0
        while True:
            began = self._now()
            self._change(state="connecting", since=began)
            problem = await self._read(token)
            at = self._now()
            self._known.stream(at, is_live=False)
            if not problem.is_transient:
                self._turn_off(problem)
                self._tried.set()
                return
            failures = 1 if (at - began).total_seconds() >= self._pace.steady_seconds else failures + 1
            self._change(state="down", since=at, problem=problem)
            self._tried.set()
            self._wake.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._delay(problem, failures)):
                    await self._wake.wait()

    def _delay(self, problem: Problem, failures: int) -> float:
        longest = min(self._pace.longest_delay_seconds, self._pace.first_delay_seconds * 2.0 ** min(failures - 1, 16))
        return max(problem.retry_after or 0.0, longest * (0.5 + self._jitter() / 2))

    async def _read(self, token: Secret) -> Problem:
        """Take in one connection's items; gives back why it ended."""
        try:
            async with contextlib.aclosing(self._stream_for(token).items()) as items:
                await self._take_in(items)
        except ProblemError as error:
            return error.problem
        raise AssertionError("a stream ends with a problem")

    async def _take_in(self, items: AsyncIterator[StreamItem]) -> None:
        async for item in items:
            at = self._now()
            match item:
                case Connected():
                    self._known.stream(at, is_live=True)
                    self._change(state="live", since=at, problem=None)
                    self._tried.set()
                case Backfilled(event, raw):
                    self._showed(event, raw, at, backfilled=True)
                case Arrived(event, raw):
                    self._showed(event, raw, at, backfilled=False)
                case BackfillCompleted() | KeptAlive():
                    pass
            self._last_seen_at = at
            self._settle_soon()

    def _showed(self, event: Event, raw: bytes, at: datetime, *, backfilled: bool) -> None:
        if event.event_id is not None:
            happened_at = moment(event.timestamp)
            sighting = Observation(at, raw, event.name or "", backfilled=backfilled, happened_at=happened_at)
            self._known.sse(event.event_id, sighting)

    @property
    def _compares(self) -> bool:
        return self._is_on and not self._is_refused

    def _turn_off(self, problem: Problem) -> None:
        self._is_refused = True
        self._note = Problem(
            "Webhook and event stream (SSE) are not compared.",
            f"{problem.what} --no-sse leaves it out.",
            severity=Severity.TIP,
        )
        self._change(state="off", since=self._now(), problem=problem)
        self._say_note(self._board.status)

    def _say_note(self, status: SessionStatus) -> None:
        """One refused token is said once: by registering, unless that is allowed what the stream is not."""
        note, problem = self._note, status.stream.problem
        if note is None or problem is None or note in status.notes:
            return
        if problem.needs_token and status.registers and status.webhook.state is not WebhookState.REGISTERED:
            return
        self._board.note(note)

    def _take_note_back(self) -> None:
        note, self._note = self._note, None
        if note is not None:
            self._board.change(notes=tuple(other for other in self._board.status.notes if other != note))

    # Settling

    def _new_ledger(self, version: int) -> EventComparison:
        ledger = EventComparison(self._pace.limits, version=version)
        ledger.stream(self._now(), is_live=False)
        self._seen_links = None
        return ledger

    def _settle_soon(self) -> None:
        """Many sightings are settled together: this is on every delivery's way."""
        if self._soon is None:
            self._soon = asyncio.get_running_loop().call_later(_PAUSE_SECONDS, self._settle)

    def _settle(self) -> None:
        """Tell what is settled by now, and come back when the next one is due."""
        self._cancel_timers()
        now = self._now()
        self.look(self._board.status)
        met: list[str] = []
        for event in self._known.settle(now):
            assert event.seen is not None
            if event.seen is Seen.BOTH:
                met.append(event.event_id)
            lag = event.lag_seconds
            lag_ms = None if lag is None else round(lag * 1000, 1)
            reason = "" if event.reason is None else event.reason.value
            self._board.emit(EventCompared(event.event_id, event.name, event.seen.value, lag_ms, event.equal, reason))
            if event.seen is Seen.SSE and event.reason is Reason.LOST:
                self._lost()
        if met:
            self._met(met)
        counts = self._known.counts
        both, only_sse, only_webhook = counts[Seen.BOTH], counts[Seen.SSE], counts[Seen.WEBHOOK]
        last_seen_at = self._last_seen_at
        self._change(both=both, only_sse=only_sse, only_webhook=only_webhook, last_seen_at=last_seen_at)
        due = self._known.next_due
        if due is not None:
            wait = max(0.0, (due - now) / timedelta(seconds=1)) + 0.001
            self._timer = asyncio.get_running_loop().call_later(wait, self._settle)

    def _cancel_timers(self) -> None:
        for timer in (self._timer, self._soon):
            if timer is not None:
                timer.cancel()
        self._timer = self._soon = None

    def _change(self, **changes: Any) -> None:
        self._board.change(stream=replace(self._board.status.stream, **changes))

    def _look_at(self, tunnel: TunnelState, webhook: WebhookState) -> None:
        at = self._now()
        # After an outage the old URL stays dead until the new one is registered.
        self._is_down = tunnel in _NOT_UP or (self._is_down and webhook in _NOT_YET_AGAIN)
        self._known.tunnel(at, is_down=self._is_down)
        if webhook is WebhookState.REGISTERED:
            self._known.registration(at, is_registered=True)
        elif webhook in _ENDED:
            self._known.registration(at, is_registered=False)
