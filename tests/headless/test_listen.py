"""What `listen` prints: the lines of deliveries that arrived together go out together, and in their order."""

from __future__ import annotations

import io
import queue

from tests.factories import delivery, row
from webhook_tui.domain.events import DeliveryStored, Notified, SessionEvent, SessionStopped
from webhook_tui.headless.listen import Headless
from webhook_tui.headless.output import LineWriter


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
    events: queue.SimpleQueue[SessionEvent] = queue.SimpleQueue()
    stored = [DeliveryStored(row(seq), delivery()) for seq in (1, 2, 3, 4)]
    happened: list[SessionEvent] = [*stored[:3], Notified("Deliveries are stored again."), stored[3], SessionStopped()]
    for event in happened:
        events.put(event)
    Headless(lambda: None, LineWriter(_line, Output(flushed)), Output(flushed)).follow(events)

    assert flushed == ["#1\n#2\n#3\n", "webhook-tui: Deliveries are stored again.\n", "#4\n"]
