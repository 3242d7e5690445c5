"""What the parts of the main screen share: the history, the table over it and the detail beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from textual.screen import Screen

from webhook_tui.domain.delivery.rows import DeliveryRows
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.forwarding.forward_result import ForwardResult
from webhook_tui.ui.views.detail import DetailPane
from webhook_tui.ui.widgets.delivery_table import DeliveryTable


class DeliveryScreen(Screen[None]):
    """A screen with a table and a detail."""

    def __init__(self, *, now: Callable[[], datetime], in_ascii: bool, classes: str) -> None:
        super().__init__(classes=classes)
        self._now = now
        self._in_ascii = in_ascii
        self._rows: DeliveryRows | None = None
        """The whole history, whatever the table shows of it."""

    @property
    def table(self) -> DeliveryTable:
        """The table."""
        return self.query_one(DeliveryTable)

    @property
    def detail(self) -> DetailPane:
        """The detail."""
        return self.query_one(DetailPane)

    @property
    def has_rows(self) -> bool:
        """Whether there is a table to show."""
        return self._rows is not None and len(self._rows) > 0

    def catch_up(self) -> None:
        """Let the detail show the cursor's delivery now: who types fast means the row that the cursor is on."""
        seq = self.table.cursor_seq
        if seq is not None and seq != self.detail.seq and self._rows is not None:
            self.detail.show(self._rows, seq)

    def keep_sent(self, sendings: Sequence[ForwardResult]) -> bool:
        """Deliveries were sent on; whether what became of one of them is seen in full now."""
        self.table.keep_sent(sendings)
        return self.detail.keep_sent(sendings)

    def occurred(self, problem: Problem | None, again_at: datetime | None = None, *, about: int | None = None) -> None:
        """A wish could not be carried out, or (None) it was: the notice says so.

        `about`: the delivery that it is about; showing another one ends the notice.
        """
        raise NotImplementedError
