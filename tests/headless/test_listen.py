"""What `listen` prints: the lines of deliveries that arrived together go out together, and in their order."""

from __future__ import annotations

import base64
import io
import json
import queue
from collections.abc import Iterable
from typing import TYPE_CHECKING

import pytest

from tests.factories import delivery, row
from webhook_tui.domain.events import DeliveryStored, Notified, SessionEvent, SessionStopped, WebhookDeleted
from webhook_tui.domain.filtering.filter import Filter
from webhook_tui.headless.delivery_selection import DeliverySelection
from webhook_tui.headless.expectation import ExitCondition
from webhook_tui.headless.listen import Headless, Published
from webhook_tui.headless.output import EncodedLines, JsonWriter, LineWriter
from webhook_tui.session.bus import DeliveriesStored
from webhook_tui.streams import OutputError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class Output(io.StringIO):
    """Notes what was written at each flush."""

    def __init__(self, flushed: list[str]) -> None:
        super().__init__()
        self._flushed = flushed

    def flush(self) -> None:
        """Note it, if it is anything."""
        text = self.getvalue()
        self.seek(0)
        self.truncate()
        if text:
            self._flushed.append(text)


def _line(event: SessionEvent) -> str | None:
    return f"#{event.row.seq}\n" if isinstance(event, DeliveryStored) else None


def test_lines_that_arrived_together_are_flushed_together_and_before_a_later_note() -> None:
    """A flush for each line would cost more than the line."""
    flushed: list[str] = []
    events: queue.SimpleQueue[Published] = queue.SimpleQueue()
    stored = [DeliveryStored(row(seq), delivery()) for seq in (1, 2, 3, 4)]
    happened: list[SessionEvent] = [*stored[:3], Notified("Deliveries are stored again."), stored[3], SessionStopped()]
    for event in happened:
        events.put(event)
    Headless(lambda: None, LineWriter(_line, Output(flushed)), Output(flushed)).follow(events)

    assert flushed == ["#1\n#2\n#3\n", "webhook-tui: Deliveries are stored again.\n", "#4\n"]


@pytest.mark.parametrize("large", [False, True], ids=["encoded by the session's loop", "a large one among them"])
def test_deliveries_that_were_stored_together_are_written_in_their_order(large: bool) -> None:
    """Among other events, each as a line of its own length, whichever thread encodes it."""
    out, events = io.BytesIO(), queue.SimpleQueue[Published]()
    bodies = [b"1" * 9, b"1" * (300_000 if large else 99), b"1", b"1" * 9]
    stored = [DeliveryStored(row(seq), delivery(body)) for seq, body in enumerate(bodies, 1)]
    front = Headless(lambda: None, JsonWriter(out), io.StringIO())
    put_stored = front.stored_handler(events)
    put_stored(DeliveriesStored(stored[:3]))
    events.put(WebhookDeleted())
    put_stored(DeliveriesStored(stored[3:]))
    events.put(SessionStopped())
    front.follow(events)
    written = [json.loads(line) for line in out.getvalue().splitlines()]

    assert [line.get("seq", line["type"]) for line in written] == [1, 2, 3, "deleted", 4]
    assert [base64.b64decode(line["body_b64"]) for line in written if "seq" in line] == bodies


def test_conditions_are_checked_also_while_lines_wait() -> None:
    """After about a thousand lines, not after as many groups of them."""
    events = queue.SimpleQueue[Published]()
    condition = _Counted()
    front = Headless(lambda: None, JsonWriter(io.BytesIO()), io.StringIO(), condition=condition)
    put_stored = front.stored_handler(events)
    for _ in range(100):
        put_stored(DeliveriesStored([DeliveryStored(row(1), delivery())] * 64))
    events.put(SessionStopped())
    front.follow(events)

    assert condition.checks == 100 * 64 // (64 * 17) + 1


class _Counted(ExitCondition):
    """Counts how often it was asked."""

    def __init__(self) -> None:
        self.checks = 0

    def is_met(self) -> bool:
        """Count; it is never met."""
        self.checks += 1
        return False


def test_an_error_of_the_encoder_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part of the session that fails is only logged: what it cannot encode is encoded again where it is seen."""
    events = queue.SimpleQueue[Published]()
    front = Headless(lambda: None, JsonWriter(io.BytesIO()), io.StringIO())
    monkeypatch.setattr(JsonWriter, "encoded", lambda *_: 1 / 0)
    front.stored_handler(events)(DeliveriesStored([DeliveryStored(row(1), delivery())]))

    with pytest.raises(ZeroDivisionError):
        front.follow(events)


@pytest.mark.parametrize("chosen", ["event:ping", None])
def test_only_chosen_deliveries_are_written(chosen: str | None) -> None:
    """With a filter the front end looks at each."""
    out, events = io.BytesIO(), queue.SimpleQueue[Published]()
    selection = DeliverySelection(None if chosen is None else Filter.parse(chosen))
    front = Headless(lambda: None, JsonWriter(out), io.StringIO(), selection=selection)
    stored = [DeliveryStored(row(1, event="ping"), delivery()), DeliveryStored(row(2, event="other"), delivery())]
    front.stored_handler(events)(DeliveriesStored(stored))
    events.put(SessionStopped())
    front.follow(events)

    assert [json.loads(line)["seq"] for line in out.getvalue().splitlines()] == ([1, 2] if chosen is None else [1])


def test_a_reader_that_has_left_ends_it_also_where_the_loop_encoded_the_lines() -> None:
    """Without an error; what comes later is not encoded."""
    stops: list[None] = []
    events = queue.SimpleQueue[Published]()
    front = Headless(lambda: stops.append(None), JsonWriter(_Unread()), io.StringIO())
    put_stored = front.stored_handler(events)
    put_stored(DeliveriesStored([DeliveryStored(row(1), delivery())]))
    events.put(SessionStopped())
    front.follow(events)
    put_stored(DeliveriesStored([DeliveryStored(row(2), delivery())]))
    left = events.get_nowait()

    assert stops
    assert front.exit_code == 0
    assert isinstance(left, EncodedLines)
    assert left.lines == ()


class _Unread(io.BytesIO):
    """The standard output of a program whose reader has left."""

    def writelines(self, lines: Iterable[ReadableBuffer], /) -> None:
        """As a write to the pipe."""
        raise OutputError(BrokenPipeError())
