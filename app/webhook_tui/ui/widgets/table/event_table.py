"""Events compared between webhook and SSE in a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import ClassVar

from textual.binding import BindingType

from webhook_tui.domain.comparison.compared_event import ComparedEvent
from webhook_tui.ui.format.comparison.event import content_cell, lag_cell, time_cell
from webhook_tui.ui.symbols import glyphs
from webhook_tui.ui.widgets.line_view import movement_bindings
from webhook_tui.ui.widgets.table.list_table import Cell, ListColumn, ListTable, TableSpec

_SHORTEST_ID, _LONGEST_ID = 5, 14
_LEAST_EVENT, _USUAL_EVENT, _MOST_EVENT = 12, 22, 40


class EventTable:
    """What a table of compared events shows, oldest first; `widget` is the table."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *movement_bindings("events", "event", last="Move to the newest event and follow it"),
    ]

    def __init__(self, *, now: Callable[[], datetime], in_ascii: bool = False) -> None:
        """`now` returns the aware local time."""
        spec: TableSpec[ComparedEvent] = TableSpec(
            self._columns, self._cell, key=lambda event: event.event_id, gap=_gap
        )
        self._list = ListTable(spec, id="compared-events", in_ascii=in_ascii, bindings=self.BINDINGS)
        self.widget = self._list.widget
        self._now = now
        self._texts = glyphs(plain=in_ascii)
        self._longest_id = self._longest_name = 0

    @property
    def chosen(self) -> ComparedEvent | None:
        """The event under the cursor."""
        return self._list.chosen

    def show(self, events: Sequence[ComparedEvent]) -> None:
        """Show these; the cursor stays on its event, or goes to the newest when it was there."""
        self._longest_id = max((len(event.event_id) for event in events), default=0)
        self._longest_name = max((len(event.name) for event in events), default=0)
        self._list.show(events)

    def choose(self, event_id: str) -> None:
        """Put the cursor on an event, if it is shown."""
        place = self._list.find(event_id)
        if place is not None:
            self.widget.move_to_place(place)

    def _cell(self, event: ComparedEvent, column: str) -> Cell:
        now = self._now()
        match column:
            case "id":
                return self._texts.text(event.event_id), "muted"
            case "event":
                return self._texts.text(event.name) or "no name", ""
            case "webhook":
                return time_cell(event.webhook_at, now), "muted"
            case "sse":
                return time_cell(event.sse_at, now), "muted"
            case "lag":
                return lag_cell(event, now), "muted" if event.reason is None else "attention"
            case _:
                return content_cell(event, self._texts)

    def _columns(self, width: int) -> list[ListColumn]:
        """Below 70 the time by SSE goes, below 54 that by webhook and the lag; a long id is cut before the content."""
        gap = len(_gap(width))
        others = [ListColumn("content", "content", 12)]
        if width >= 54:
            others.insert(0, ListColumn("lag", "lag", 6, is_right=True))
        if width >= 70:
            others.insert(0, ListColumn("sse", "SSE", 8))
        if width >= 54:
            others.insert(0, ListColumn("webhook", "webhook", 8))
        room = width - gap - sum(gap + column.width for column in others)
        wanted_id = max(_SHORTEST_ID, min(_LONGEST_ID, self._longest_id))
        number = max(_SHORTEST_ID, min(wanted_id, room - _LEAST_EVENT))
        wanted_event = max(_USUAL_EVENT, min(_MOST_EVENT, self._longest_name))
        event = max(1, min(wanted_event, room - number))
        return [ListColumn("id", "id", number, is_right=True), ListColumn("event", "event", event), *others]


def _gap(width: int) -> str:
    return "   " if width >= 77 else "  "
