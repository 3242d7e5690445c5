"""Follows PiktID's event stream (SSE) and compares it with what the webhook brought; it only reads.

A broken stream is connected again. Where the API has none, or the token may not read it, the comparison is off, which a
note reports.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field
from msgspec.structs import replace

from webhook_tui.domain.comparison.compared_event import Reason, Seen
from webhook_tui.domain.comparison.event_comparison import EventComparison, Limits, Observation, moment
from webhook_tui.domain.delivery.event import Event, parse_event
from webhook_tui.domain.errors import Problem, ProblemError
from webhook_tui.domain.events import EventCompared
from webhook_tui.domain.queries import ComparedEvents, EventSides
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.status import SessionStatus, TunnelState, WebhookState
from webhook_tui.session import messages
from webhook_tui.session.bus import (
    DeliveriesStored,
    DeliveryRefused,
    EventBus,
    EventLost,
    EventsDiffered,
    EventsMatched,
    StatusReplaced,
    TokenChanged,
)
from webhook_tui.session.clock import Clock, RetryDelay
from webhook_tui.session.status import StatusPublisher
from webhook_tui.storage.history import DeliveryStore

if TYPE_CHECKING:
    from webhook_tui.piktid.stream import StreamItem

_PAUSE_SECONDS = 0.02
"""From an observation to its comparison, together with all others of that time."""

_TUNNEL_IS_DOWN = (TunnelState.DOWN, TunnelState.FAILED, TunnelState.OPENING)
_NOT_REGISTERED_AGAIN = (
    WebhookState.STALE,
    WebhookState.REGISTERING,
    WebhookState.AWAITING_CONSENT,
    WebhookState.NOT_REGISTERED,
    WebhookState.REFUSED,
)
_REGISTRATION_ENDED = (WebhookState.DELETED, WebhookState.TAKEN, WebhookState.WATCHING)


class ComparisonTiming(Struct, frozen=True, kw_only=True):
    """Intervals and time-outs of the comparison, in seconds."""

    limits: Limits = field(default_factory=Limits)
    connect_wait_seconds: float = 2.0
    """How long registering waits for the stream."""
    first_delay_seconds: float = 1.0
    """From the first broken connection to the next try; doubles with each connection that breaks soon."""
    longest_delay_seconds: float = 30.0
    steady_seconds: float = 10.0
    """A connection that lasts this long resets the delay."""


class StreamComparison:
    """Compares both channels. Belongs to the session's loop."""

    def __init__(
        self,
        store: DeliveryStore,
        status: StatusPublisher,
        bus: EventBus,
        clock: Clock,
        random: Random,
        *,
        api_url: str,
        is_on: bool,
        lost_after_seconds: float | None,
        timing: ComparisonTiming,
    ) -> None:
        """`is_on`: False with --no-sse; then nothing is requested and nothing is published.

        `lost_after_seconds`: how long an event waits for the other channel; None: as `timing` says.
        """
        self._store = store
        self._status = status
        self._bus = bus
        self._clock = clock
        self._api_url = api_url
        self._is_on = is_on
        self._timing = timing
        self._limits = timing.limits
        if lost_after_seconds is not None:
            self._limits = replace(self._limits, overdue_seconds=lost_after_seconds)
        self._delay = RetryDelay(timing.first_delay_seconds, timing.longest_delay_seconds, random)
        self._links: tuple[TunnelState, WebhookState] | None = None
        self._events = self._new_events(0)
        self._token: Secret | None = None
        self._connection: asyncio.Task[None] | None = None
        self._was_tried = asyncio.Event()
        self._wake = asyncio.Event()
        self._due_timer: asyncio.TimerHandle | None = None
        self._pause_timer: asyncio.TimerHandle | None = None
        self._last_seen_at: datetime | None = None
        self._note: Problem | None = None
        self._is_refused = False
        self._is_down = False

    # Events of other parts

    def on_token_changed(self, event: TokenChanged) -> None:
        """Follow the stream of this token's account; events of another account are not compared with this one's."""
        if not self._is_on or event.token == self._token:
            return
        if self._token is not None:
            self._events = self._new_events(self._events.version + 1)
        self._token = event.token
        self._is_refused = False
        self._was_tried.clear()
        self._remove_note()
        self._change(state="connecting", since=self._clock.utc_now(), problem=None)
        if self._connection is not None:
            self._connection.cancel()
        self._wake.set()

    def on_deliveries_stored(self, event: DeliveriesStored) -> None:
        """The webhook brought events."""
        if not self._compares:
            return
        for stored in event.deliveries:
            row = stored.row
            if row.event_id is not None and not stored.is_simulated:
                observation = Observation(row.received_at, stored.delivery.body, row.event, row.seq)
                self._events.webhook(row.event_id, observation)
                self._compare_soon()

    def on_delivery_refused(self, event: DeliveryRefused) -> None:
        """The webhook brought an event that could not be stored: PiktID sends it again."""
        delivery = event.delivery
        if self._compares and (event_id := parse_event(delivery.body).event_id) is not None:
            self._events.refused(event_id, delivery.received_at)
            self._compare_soon()

    def on_status_replaced(self, event: StatusReplaced) -> None:
        """Record the states of tunnel and registration: they explain missing deliveries."""
        self._note_links(event.status)

    # Called by other parts

    def try_now(self) -> None:
        """Connect at once instead of waiting for the next try."""
        if self._status.status.stream.state == "down":
            self._wake.set()

    async def wait_connected(self) -> None:
        """Wait until the stream is connected or refused, within the time-out."""
        if self._token is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._timing.connect_wait_seconds):
                    await self._was_tried.wait()

    def compared_events(self, version: int) -> ComparedEvents | None:
        """Return all events; None when nothing changed since `version`."""
        if version == self._events.version:
            return None
        return ComparedEvents(self._events.version, self._events.events())

    async def event_sides(self, event_id: str) -> EventSides:
        """Return what each channel brought of one event. Raises ProblemError."""
        seq, sse = self._events.seq_of(event_id), self._events.raw(event_id)
        stored = None if seq is None else await self._store.stored(seq)
        return EventSides(event_id, None if stored is None else stored.delivery.body, sse)

    # The connection

    async def run(self) -> None:
        """Connect, and again whenever the stream breaks, until cancelled."""
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                if self._token is not None:
                    await self._follow_token(self._token)
        finally:
            self._cancel_timers()

    async def _follow_token(self, token: Secret) -> None:
        """Follow the stream of one token until it is replaced; returns when there is no stream for it."""
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
        self._delay.reset()
        while True:
            began = self._clock.utc_now()
            self._change(state="connecting", since=began)
            problem = await self._read(token)
            at = self._clock.utc_now()
            self._events.stream(at, is_live=False)
            if not problem.is_transient:
                self._turn_off(problem)
                self._was_tried.set()
                return
            if (at - began).total_seconds() >= self._timing.steady_seconds:
                self._delay.reset()
            self._change(state="down", since=at, problem=problem)
            self._was_tried.set()
            self._wake.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._delay.after_failure(problem.retry_after)):
                    await self._wake.wait()

    async def _read(self, token: Secret) -> Problem:
        """Read one connection to its end; returns why it ended."""
        from webhook_tui.piktid.stream import EventStream  # noqa: PLC0415 -- httpx, which no first frame needs

        try:
            async with contextlib.aclosing(EventStream(self._api_url, token).items()) as items:
                await self._read_items(items)
        except ProblemError as error:
            return error.problem
        raise AssertionError("a stream ends with a problem")

    async def _read_items(self, items: AsyncIterator[StreamItem]) -> None:
        from webhook_tui.piktid.stream import (  # noqa: PLC0415 -- as above
            Arrived,
            BackfillCompleted,
            Backfilled,
            Connected,
            KeptAlive,
        )

        async for item in items:
            at = self._clock.utc_now()
            match item:
                case Connected():
                    self._events.stream(at, is_live=True)
                    self._change(state="live", since=at, problem=None)
                    self._was_tried.set()
                case Backfilled(event, raw):
                    self._add(event, raw, at, backfilled=True)
                case Arrived(event, raw):
                    self._add(event, raw, at, backfilled=False)
                case BackfillCompleted() | KeptAlive():
                    pass
            self._last_seen_at = at
            self._compare_soon()

    def _add(self, event: Event, raw: bytes, at: datetime, *, backfilled: bool) -> None:
        if event.event_id is not None:
            happened_at = moment(event.timestamp)
            observation = Observation(at, raw, event.name or "", backfilled=backfilled, happened_at=happened_at)
            self._events.sse(event.event_id, observation)

    @property
    def _compares(self) -> bool:
        return self._is_on and not self._is_refused

    def _turn_off(self, problem: Problem) -> None:
        self._is_refused = True
        self._note = messages.not_compared(problem)
        self._change(state="off", since=self._clock.utc_now(), problem=problem)
        self._add_note(self._status.status)

    def _add_note(self, status: SessionStatus) -> None:
        """A refused token is reported once: by the registration, unless it is refused for the stream only."""
        note, problem = self._note, status.stream.problem
        if note is None or problem is None or note in status.notes:
            return
        if problem.needs_token and status.registers and status.webhook.state is not WebhookState.REGISTERED:
            return
        self._status.add_note(note)

    def _remove_note(self) -> None:
        note, self._note = self._note, None
        self._status.remove_note(note)

    # Comparing

    def _new_events(self, version: int) -> EventComparison:
        events = EventComparison(self._limits, version=version)
        events.stream(self._clock.utc_now(), is_live=False)
        self._links = None
        return events

    def _compare_soon(self) -> None:
        """Schedule one comparison for all observations of the next 20 ms."""
        if self._pause_timer is None:
            self._pause_timer = asyncio.get_running_loop().call_later(_PAUSE_SECONDS, self._compare)

    def _compare(self) -> None:
        """Publish the decided comparisons, and schedule the next one for when one is due."""
        self._cancel_timers()
        now = self._clock.utc_now()
        self._note_links(self._status.status)
        matched: list[str] = []
        differing: list[int] = []
        for event in self._events.settle(now):
            assert event.seen is not None
            if event.seen is Seen.BOTH:
                matched.append(event.event_id)
                if event.equal is False and (seq := self._events.seq_of(event.event_id)) is not None:
                    differing.append(seq)
            lag = event.lag_seconds
            lag_ms = None if lag is None else round(lag * 1000, 1)
            reason = "" if event.reason is None else event.reason.value
            self._bus.publish(EventCompared(event.event_id, event.name, event.seen.value, lag_ms, event.equal, reason))
            if event.seen is Seen.SSE and event.reason is Reason.LOST:
                self._bus.publish(EventLost(event.event_id))
        if matched:
            self._bus.publish(EventsMatched(tuple(matched)))
        if differing:
            self._bus.publish(EventsDiffered(tuple(differing)))
        counts = self._events.counts
        both, only_sse, only_webhook = counts[Seen.BOTH], counts[Seen.SSE], counts[Seen.WEBHOOK]
        self._change(
            both=both,
            only_sse=only_sse,
            only_webhook=only_webhook,
            lost=self._events.lost,
            differing=self._events.differing,
            differing_deliveries=self._events.differing_deliveries,
            last_seen_at=self._last_seen_at,
        )
        due = self._events.next_due
        if due is not None:
            wait = max(0.0, (due - now) / timedelta(seconds=1)) + 0.001
            self._due_timer = asyncio.get_running_loop().call_later(wait, self._compare)

    def _cancel_timers(self) -> None:
        for timer in (self._due_timer, self._pause_timer):
            if timer is not None:
                timer.cancel()
        self._due_timer = self._pause_timer = None

    def _change(self, **changes: Any) -> None:
        self._status.change(stream=replace(self._status.status.stream, **changes))

    def _note_links(self, status: SessionStatus) -> None:
        links = (status.tunnel.state, status.webhook.state)
        if links == self._links:
            return
        self._links = links
        tunnel, webhook = links
        at = self._clock.utc_now()
        # After an outage the old URL stays dead until the new one is registered.
        self._is_down = tunnel in _TUNNEL_IS_DOWN or (self._is_down and webhook in _NOT_REGISTERED_AGAIN)
        self._events.tunnel(at, is_down=self._is_down)
        if webhook is WebhookState.REGISTERED:
            self._events.registration(at, is_registered=True)
        elif webhook in _REGISTRATION_ENDED:
            self._events.registration(at, is_registered=False)
        self._add_note(status)
