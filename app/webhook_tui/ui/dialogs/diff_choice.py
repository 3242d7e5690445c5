"""Which of several marked deliveries to compare with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from textual.app import ComposeResult

from webhook_tui.domain import units
from webhook_tui.domain.delivery.delivery import DeliveryRow
from webhook_tui.domain.delivery.text import visible
from webhook_tui.ui.dialogs.menu import Item, MenuDialog
from webhook_tui.ui.widgets.key_button import KeyButton

_LONGEST_EVENT = 24
_LONGEST_COMMENT = 30


class MarkedDialog(MenuDialog[int]):
    """The answer is the number of a delivery; newest first."""

    DEFAULT_CSS = "MarkedDialog > #sheet { width: 84; }"

    def __init__(self, seq: int, rows: Sequence[DeliveryRow], *, now: Callable[[], datetime], in_ascii: bool) -> None:
        self.TITLE_TEXT = f"Compare #{seq} with"
        at = now()
        super().__init__([_item(row, at, in_ascii=in_ascii) for row in rows])

    def words(self) -> ComposeResult:
        """One line for each."""
        yield from self.menu()

    def buttons(self) -> ComposeResult:
        """Cancel, compare."""
        yield KeyButton("Cancel", "esc", id="safe")
        yield KeyButton("Compare", "enter", id="take")

    def action_take(self) -> None:
        """The one under the cursor."""
        if self.chosen is not None:
            self.choose(self.chosen)

    def choose(self, name: str) -> None:
        """That one."""
        self.dismiss(int(name))


def _item(row: DeliveryRow, now: datetime, *, in_ascii: bool) -> Item:
    glyph = row.verdict.ascii_glyph if in_ascii else row.verdict.glyph
    event = visible(row.event[: 2 * _LONGEST_EVENT])[:_LONGEST_EVENT]
    when = units.day_time(row.received_at, now)
    label = f"#{row.seq:<6} {when:<8}  {glyph} {row.verdict.value:<9}  {event}"
    return Item(str(row.seq), "", label, visible(row.comment[:_LONGEST_COMMENT]))
