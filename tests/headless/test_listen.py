"""What `listen` prints: the lines of deliveries that arrived together go out together, and in their order."""

from __future__ import annotations

import io
import json
import queue

from tests.factories import delivery, row
from webhook_tui.domain.events import DeliveryStored, Notified, SessionEvent, SessionStopped, WebhookDeleted
from webhook_tui.headless.listen import Headless, Published
from webhook_tui.headless.output import JsonWriter, LineWriter
from webhook_tui.session.bus import DeliveriesStored


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


def test_deliveries_that_were_stored_together_are_written_in_their_order() -> None:
    """Among other events, each as a line of its own length."""
    out, events = io.BytesIO(), queue.SimpleQueue[Published]()
    stored = [DeliveryStored(row(seq), delivery(b"%d" % 10**size)) for seq, size in ((1, 9), (2, 99), (3, 0), (4, 9))]
    happened: list[Published] = [
        DeliveriesStored(stored[:3]),
        WebhookDeleted(),
        DeliveriesStored(stored[3:]),
        SessionStopped(),
    ]
    for event in happened:
        events.put(event)
    Headless(lambda: None, JsonWriter(out), io.StringIO()).follow(events)
    written = [json.loads(line) for line in out.getvalue().splitlines()]

    assert [line.get("seq", line["type"]) for line in written] == [1, 2, 3, "deleted", 4]
    assert [line["json"] for line in written if "json" in line] == [10**9, 10**99, 1, 10**9]
