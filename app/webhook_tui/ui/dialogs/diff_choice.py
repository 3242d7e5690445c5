"""Asks which of several marked deliveries to compare with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from textual.app import ComposeResult

from webhook_tui.domain import units
from webhook_tui.domain.delivery.delivery import DeliveryRow
from webhook_tui.domain.delivery.text import visible
from webhook_tui.ui.dialogs.dialog import Dialog
from webhook_tui.ui.widgets.keys.key_button import KeyButton
from webhook_tui.ui.widgets.menu import Item, Menu

_LONGEST_EVENT = 24
_LONGEST_COMMENT = 30


class MarkedDialog(Dialog[int]):
    """Returns the number of a delivery; the newest is first."""

    AUTO_FOCUS = "Menu"
    DEFAULT_CSS = "MarkedDialog > #sheet { width: 84; }"

    def __init__(self, seq: int, rows: Sequence[DeliveryRow], *, now: Callable[[], datetime], in_ascii: bool) -> None:
        self.TITLE_TEXT = f"Compare #{seq} with"
        at = now()
        super().__init__()
        self._items = [_item(row, at, in_ascii=in_ascii) for row in rows]

    def body(self) -> ComposeResult:
        yield Menu(self._items)

    def buttons(self) -> ComposeResult:
        yield KeyButton("Compare", "enter", id="take")
        yield KeyButton("Cancel", "esc", id="safe")

    def on_menu_chosen(self, event: Menu.Chosen) -> None:
        event.stop()
        self.dismiss(int(event.name))


def _item(row: DeliveryRow, now: datetime, *, in_ascii: bool) -> Item:
    glyph = row.verdict.ascii_glyph if in_ascii else row.verdict.glyph
    event = visible(row.event[: 2 * _LONGEST_EVENT])[:_LONGEST_EVENT]
    when = units.day_time(row.received_at, now)
    label = f"#{row.seq:<6} {when:<8}  {glyph} {row.verdict.value:<9}  {event}"
    return Item(str(row.seq), "", label, visible(row.comment[:_LONGEST_COMMENT]))
