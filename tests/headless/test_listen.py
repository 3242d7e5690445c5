"""What `listen` prints: the lines of deliveries that arrived together go out together, and in their order."""

from __future__ import annotations

import io
import json
import queue
from typing import TYPE_CHECKING

from tests.factories import delivery, row
from webhook_tui.domain.events import DeliveryStored, Notified, SessionEvent, SessionStopped, WebhookDeleted
from webhook_tui.headless.listen import Headless, Published
from webhook_tui.headless.output import JsonWriter, LineWriter
from webhook_tui.session.bus import DeliveriesStored

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


class Binary(io.BytesIO):
    """Notes the number of each line that was written, at each write."""

    def __init__(self, written: list[list[object]]) -> None:
        super().__init__()
        self._written = written

    def write(self, lines: ReadableBuffer, /) -> int:
        """Note it, if it is anything."""
        found = [json.loads(line) for line in bytes(lines).splitlines()]
        if found:
            self._written.append([line.get("seq", line["type"]) for line in found])
        return super().write(lines)


def test_deliveries_that_were_stored_together_are_written_as_json_together() -> None:
    """In their order with other events."""
    written: list[list[object]] = []
    events: queue.SimpleQueue[Published] = queue.SimpleQueue()
    stored = [DeliveryStored(row(seq), delivery()) for seq in (1, 2, 3, 4)]
    happened: list[Published] = [
        DeliveriesStored(stored[:3]),
        WebhookDeleted(),
        DeliveriesStored(stored[3:]),
        SessionStopped(),
    ]
    for event in happened:
        events.put(event)
    Headless(lambda: None, JsonWriter(Binary(written)), io.StringIO()).follow(events)

    assert written == [[1, 2, 3, "deleted", 4]]


def test_lines_beyond_64_kib_are_written_before_the_rest_is_encoded() -> None:
    """A long burst takes no memory."""
    written: list[list[object]] = []
    events: queue.SimpleQueue[Published] = queue.SimpleQueue()
    body = b'"' + b"x" * 30_000 + b'"'
    events.put(DeliveriesStored([DeliveryStored(row(seq), delivery(body)) for seq in (1, 2, 3)]))
    events.put(SessionStopped())
    Headless(lambda: None, JsonWriter(Binary(written)), io.StringIO()).follow(events)

    assert written == [[1], [2], [3]]
