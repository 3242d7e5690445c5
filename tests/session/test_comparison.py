"""Webhook against event stream over real sockets: what a real sandbox loses, delays, alters and repeats is found."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.session.running import TOKEN, Running, sandbox_of, session_of, settings, url_at
from tests.timeouts import TIMEOUT_SECONDS
from webhook_tui.domain.commands import UseToken
from webhook_tui.domain.comparison.compared_event import DifferingDelivery, Reason, Seen
from webhook_tui.domain.comparison.event_comparison import Limits
from webhook_tui.domain.errors import Severity
from webhook_tui.domain.events import (
    DeliveryStored,
    EventCompared,
    RowChanged,
    SessionEvent,
    SessionReady,
    WebhookRegistered,
)
from webhook_tui.domain.queries import EventSides, GetComparison, GetEventSides
from webhook_tui.domain.scenario import Fault
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.domain.status import WebhookState
from webhook_tui.http.asgi import Asgi, Receive, Scope, Send
from webhook_tui.sandbox.service import Sandbox
from webhook_tui.session.comparison import ComparisonTiming

QUICK = ComparisonTiming(limits=Limits(overdue_seconds=0.4), first_delay_seconds=0.02, longest_delay_seconds=0.1)
PATIENT = replace(QUICK, limits=Limits(overdue_seconds=TIMEOUT_SECONDS))
"""For what is compared once: a busy machine takes nothing for overdue."""
DATA = {"job_id": "job_1", "status": "completed"}


class Gate:
    """Stands before a sandbox: writes down what is asked, and can answer for the stream itself."""

    def __init__(self, *, stream_status: int | None = None, content_type: str = "text/plain") -> None:
        self.asked: list[tuple[str, str]] = []
        self.stream_status = stream_status
        self._content_type = content_type.encode()

    def before(self, app: Asgi) -> Asgi:
        """The sandbox behind the gate."""

        async def gated(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                self.asked.append((scope["method"], scope["path"]))
                if self.stream_status is not None and scope["path"] == "/notifications/events":
                    headers = [(b"content-type", self._content_type)]
                    await send({"type": "http.response.start", "status": self.stream_status, "headers": headers})
                    await send({"type": "http.response.body", "body": b"no", "more_body": False})
                    return
            await app(scope, receive, send)

        return gated


def execute(path: Path, statement: str) -> None:
    """Change a history from outside."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


async def reconciled(running: Running, event_id: int, seen: str) -> EventCompared:
    """The comparison of one event, once there is one."""
    return await running.event(EventCompared, lambda event: (event.event_id, event.seen) == (str(event_id), seen))


async def compared(running: Running) -> dict[str, tuple[Reason | None, Seen | None]]:
    """Why each event is not on both sides, and where it was seen, by its id."""
    shown = await running.answer(GetComparison())
    assert shown is not None
    return {event.event_id: (event.reason, event.seen) for event in shown.events}


async def ready(running: Running) -> None:
    """Registered, and the stream live."""
    await running.event(SessionReady)
    await running.until(lambda status: status.stream.state == "live")


def emit(sandbox: Sandbox, fault: Fault | None = None) -> int:
    """Let one event happen; gives its id."""
    return sandbox.emit("image_result", DATA, fault=fault).id


async def test_three_lost_of_fifty_are_exactly_those_that_are_found(tmp_path: Path) -> None:
    """Every other one was seen by both, with the same content, and the counts agree."""
    async with (
        sandbox_of() as (sandbox, api_url),
        session_of(settings(tmp_path, api_url=api_url), timing=QUICK) as running,
    ):
        await ready(running)
        lost = {emit(sandbox, Fault.LOSE if number in (7, 23, 49) else None): number for number in range(50)}
        expected = {event_id for event_id, number in lost.items() if number in (7, 23, 49)}
        await running.until(lambda status: status.stream.both == 48 and status.stream.only_sse == 3)
        # The last word on each: a busy machine may take one for lost that comes late.
        last = {json.loads(event.event_id): event for event in running.all(EventCompared)}
        both = [event for event in last.values() if event.seen == "both"]

        assert {event_id for event_id, event in last.items() if event.seen == "sse"} == expected
        assert {event.reason for event in last.values() if event.seen == "sse"} == {"lost"}
        assert len(both) == 48  # the registration's ping among them
        assert all(event.equal and event.lag_ms is not None and event.reason == "" for event in both)
        assert running.status.stream.only_webhook == 0


async def test_an_altered_delivery_is_unequal_and_both_sides_can_be_read(tmp_path: Path) -> None:
    """Signed rightly, so nothing else notices."""
    async with (
        sandbox_of() as (sandbox, api_url),
        session_of(settings(tmp_path, api_url=api_url), timing=QUICK) as running,
    ):
        await ready(running)
        event_id = emit(sandbox, Fault.ALTER)
        assert (await reconciled(running, event_id, "both")).equal is False
        changed = await running.event(RowChanged, lambda event: event.row.differs)
        assert changed.row.event_id == str(event_id)
        shown = await running.answer(GetComparison())
        assert shown is not None
        (event,) = [event for event in shown.events if event.event_id == str(event_id)]
        assert event.differing == 1
        assert event.seq is not None
        status = await running.until(lambda status: status.stream.differing == 1)
        assert status.stream.differing_deliveries == (DifferingDelivery(event.seq, "$.data.status", 1),)
        sides = await running.answer(GetEventSides(str(event_id)))
        assert sides.webhook is not None
        assert sides.sse is not None
        assert json.loads(sides.webhook)["data"]["status"] == "completed (altered)"
        assert json.loads(sides.sse)["data"] == DATA
        unknown = '"no-one"'
        assert await running.answer(GetEventSides(unknown)) == EventSides(unknown, None, None)


async def test_what_is_known_is_reported_once(tmp_path: Path) -> None:
    """A screen that asks again gets no events while nothing is new."""
    async with sandbox_of() as (_, api_url), session_of(settings(tmp_path, api_url=api_url), timing=QUICK) as running:
        await ready(running)
        await running.until(lambda status: status.stream.both == 1)
        shown = await running.answer(GetComparison())
        assert shown is not None
        assert await running.answer(GetComparison(shown.version)) is None


async def test_a_late_delivery_is_overdue_first_and_then_seen_by_both(tmp_path: Path) -> None:
    """It is published again when it changes, with the lag."""
    async with (
        sandbox_of(delay_seconds=0.8) as (sandbox, api_url),
        session_of(settings(tmp_path, api_url=api_url), timing=QUICK) as running,
    ):
        await ready(running)
        event_id = emit(sandbox, Fault.DELAY)
        await reconciled(running, event_id, "sse")
        late = await reconciled(running, event_id, "both")
        assert late.lag_ms is not None
        assert late.lag_ms > 700
        status = await running.until(lambda status: status.stream.both == 2)
        assert (status.stream.only_sse, status.stream.only_webhook) == (0, 0)


async def test_the_deliveries_know_what_the_stream_brought(tmp_path: Path) -> None:
    """So that the filter `source:sse` finds them."""
    async with (
        sandbox_of() as (sandbox, api_url),
        session_of(settings(tmp_path, api_url=api_url), timing=QUICK) as running,
    ):
        await ready(running)
        emit(sandbox)
        changed = await running.event(RowChanged, lambda event: event.row.event == "image_result")
        assert changed.row.on_stream
        assert changed.row.verdict is Verdict.VALID


async def test_a_repeated_delivery_is_one_event(tmp_path: Path) -> None:
    """Two deliveries, one id."""
    async with (
        sandbox_of() as (sandbox, api_url),
        session_of(settings(tmp_path, api_url=api_url), timing=PATIENT) as running,
    ):
        await ready(running)
        event_id = emit(sandbox, Fault.DUPLICATE)
        await running.event(DeliveryStored, lambda event: event.row.attempt == 2)
        await reconciled(running, event_id, "both")
        assert [event.event_id for event in running.all(EventCompared)].count(str(event_id)) == 1


async def test_a_broken_stream_comes_back_and_its_backfill_repeats_nothing(tmp_path: Path) -> None:
    """What happened while it was down is settled by the backfill, the rest is not said twice."""
    gate = Gate()
    async with (
        sandbox_of(wrap=gate.before) as (sandbox, api_url),
        session_of(settings(tmp_path, api_url=api_url), timing=PATIENT) as running,
    ):
        await ready(running)
        first = emit(sandbox)
        await reconciled(running, first, "both")
        gate.stream_status = 503
        sandbox.notifications.close()
        await running.until(lambda status: status.stream.state == "down")
        second = emit(sandbox)
        await running.event(DeliveryStored, lambda event: event.row.event_id == str(second))
        assert str(second) not in {event.event_id for event in running.all(EventCompared)}
        gate.stream_status = None
        outcome = await reconciled(running, second, "both")
        assert (outcome.lag_ms, outcome.equal) == (None, True)
        await reconciled(running, emit(sandbox), "both")
        ids = [event.event_id for event in running.all(EventCompared)]
        assert len(ids) == len(set(ids)) == 4
        live = await running.until(lambda status: status.stream.both == 4 and status.stream.state == "live")
        assert live.stream.problem is None


async def test_only_by_webhook_is_found_when_the_stream_does_not_show_it(tmp_path: Path) -> None:
    """Pings of this sandbox are on the webhook only."""
    async with (
        sandbox_of(ping_on_stream=False) as (_, api_url),
        session_of(settings(tmp_path, api_url=api_url), timing=QUICK) as running,
    ):
        outcome = await running.event(EventCompared)
        assert (outcome.seen, outcome.name, outcome.lag_ms, outcome.equal) == (
            "webhook",
            "ping",
            None,
            None,
        )
        assert (await running.until(lambda status: status.stream.only_webhook == 1)).stream.both == 0


async def test_the_stream_is_asked_for_before_registering(tmp_path: Path) -> None:
    """Whether or not a delivery consumes an event, the live stream shows it then."""
    gate = Gate()
    async with (
        sandbox_of(wrap=gate.before, consumed_by_delivery=True) as (_, api_url),
        session_of(settings(tmp_path, api_url=api_url), timing=QUICK) as running,
    ):
        outcome = await running.event(EventCompared)
        assert (outcome.seen, outcome.name) == ("both", "ping")
        assert gate.asked.index(("GET", "/notifications/events")) < gate.asked.index(("PUT", "/webhooks"))


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [(401, "text/plain", "(401)"), (404, "text/plain", "(404)"), (200, "text/html", "(200, text/html)")],
)
async def test_an_api_without_a_stream_turns_it_off_with_one_line(
    tmp_path: Path, status: int, kind: str, words: str
) -> None:
    """Registration is not affected."""
    gate = Gate(stream_status=status, content_type=kind)
    async with (
        sandbox_of(wrap=gate.before) as (_, api_url),
        session_of(settings(tmp_path, api_url=api_url), timing=QUICK) as running,
    ):
        await running.until(lambda status: status.counts.good == 1)
        off = await running.until(lambda status: bool(status.notes))
        (note,) = off.notes
        assert off.stream.state == "off"
        assert off.problem is None
        assert note.severity is Severity.TIP
        assert words in note.sentence()
        assert gate.asked.count(("GET", "/notifications/events")) == 1
        assert not running.all(EventCompared)


async def test_a_stream_that_is_out_of_order_is_tried_again(tmp_path: Path) -> None:
    """Registering does not wait for it; it is there as soon as it works."""
    gate = Gate(stream_status=503)
    async with (
        sandbox_of(wrap=gate.before) as (_, api_url),
        session_of(settings(tmp_path, api_url=api_url), timing=QUICK) as running,
    ):
        await running.event(WebhookRegistered)
        down = await running.until(lambda status: status.stream.state == "down")
        assert down.stream.problem is not None
        assert down.problem is None
        gate.stream_status = None
        await running.until(lambda status: status.stream.state == "live" and status.stream.both == 1)


async def test_registering_waits_for_a_silent_stream_only_so_long(tmp_path: Path) -> None:
    """An API that accepts the connection and answers nothing delays it only up to a limit."""
    never = asyncio.Event()

    def silent(app: Asgi) -> Asgi:
        async def gated(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http" and scope["path"] == "/notifications/events":
                await never.wait()
            else:
                await app(scope, receive, send)

        return gated

    pace = ComparisonTiming(connect_wait_seconds=0.2)
    async with sandbox_of(wrap=silent) as (_, api_url):
        async with session_of(settings(tmp_path, api_url=api_url), timing=pace) as running:
            status = await running.until(lambda status: status.webhook.state is WebhookState.REGISTERED)
            assert status.stream.state == "connecting"
        never.set()


async def test_no_sse_asks_for_nothing(tmp_path: Path) -> None:
    """The option turns it off altogether."""
    gate = Gate()
    async with (
        sandbox_of(wrap=gate.before) as (_, api_url),
        session_of(settings(tmp_path, api_url=api_url, sse=False), timing=QUICK) as running,
    ):
        await running.until(lambda status: status.counts.good == 1)
        assert running.status.stream.state == "off"
        assert ("GET", "/notifications/events") not in gate.asked
        assert not running.all(EventCompared)


async def test_no_register_watches_the_events_and_touches_nothing(tmp_path: Path) -> None:
    """A mode of its own: the only request is the one for the stream, on leaving, too."""
    gate = Gate()
    async with sandbox_of(wrap=gate.before) as (sandbox, api_url):
        async with session_of(settings(tmp_path, api_url=api_url, register=False), timing=QUICK) as running:
            await ready(running)
            outcome = await reconciled(running, emit(sandbox), "sse")
            assert outcome.reason == "unregistered"
        assert gate.asked == [("GET", "/notifications/events")]
        assert url_at(sandbox) is None


async def test_it_is_off_until_there_is_a_token_and_starts_over_with_another(tmp_path: Path) -> None:
    """A refused token is reported by the registration alone, and not any more once another one is given."""
    async with (
        sandbox_of() as (_, api_url),
        session_of(settings(tmp_path, api_url=api_url, token=None), asks=True, timing=QUICK) as running,
    ):
        await running.until(lambda status: status.receiver.port > 0)
        assert running.status.stream.state == "off"
        running.ask(UseToken(Secret("wrong")))
        refused = await running.until(lambda status: bool(status.problem and status.stream.problem))
        assert refused.notes == ()
        running.ask(UseToken(TOKEN))
        status = await running.until(lambda status: status.stream.both == 1)
        assert status.notes == ()
        assert status.stream.state == "live"


async def test_with_no_register_a_refused_token_is_reported_until_there_is_another(tmp_path: Path) -> None:
    """Then no other part reports it."""
    wrong = settings(tmp_path, token=Secret("wrong"), register=False)
    async with (
        sandbox_of() as (_, api_url),
        session_of(replace(wrong, api_url=api_url), asks=True, timing=QUICK) as running,
    ):
        (note,) = (await running.until(lambda status: bool(status.notes))).notes
        assert "(401)" in note.sentence()
        running.ask(UseToken(TOKEN))
        assert (await running.until(lambda status: status.stream.state == "live")).notes == ()


async def test_what_could_not_be_stored_is_known_to_come_again(tmp_path: Path) -> None:
    """Its delivery was here and is not overdue; the event is settled when it is stored."""
    async with (
        sandbox_of(first_delay_seconds=0.3) as (sandbox, api_url),
        session_of(settings(tmp_path, api_url=api_url), timing=QUICK) as running,
    ):
        await ready(running)
        await running.event(DeliveryStored)
        history = settings(tmp_path).places.deliveries
        execute(history, "CREATE TRIGGER full BEFORE INSERT ON deliveries BEGIN SELECT RAISE(ABORT, 'no'); END")
        event_id = emit(sandbox)
        async with asyncio.timeout(TIMEOUT_SECONDS):
            while (await compared(running)).get(str(event_id)) != (Reason.RETRYING, None):
                pass  # the next answer comes after a turn of the session's loop
        execute(history, "DROP TRIGGER full")
        outcome = await reconciled(running, event_id, "both")
        assert outcome.lag_ms is not None
        assert [event.seen for event in running.all(EventCompared) if event.event_id == str(event_id)] == ["both"]


async def test_no_event_holds_the_token(tmp_path: Path) -> None:
    """Nor does any address: it travels in a header."""
    async with (
        sandbox_of() as (sandbox, api_url),
        session_of(settings(tmp_path, api_url=api_url), timing=QUICK) as running,
    ):
        await ready(running)
        await reconciled(running, emit(sandbox), "both")
        events: list[SessionEvent] = running.events
        assert TOKEN.reveal() not in repr(events)
