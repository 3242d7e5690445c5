"""The table of reconciled events: draws only the rows that can be seen; the newest is last, the cursor stays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip

from webhook_tui.domain.reconciled import ReconciledEvent
from webhook_tui.tui.glyphs import Glyphs, glyphs
from webhook_tui.tui.widgets.line_view import LineView, movement_bindings
from webhook_tui.tui.words.stream import content_cell, lag_cell, time_cell

_COMPONENT = "event-table--"
_PARTS = ("header", "cursor", "bar", "muted", "attention", "bad", "empty")
_SHORTEST_ID, _LONGEST_ID = 5, 14
_LEAST_EVENT, _USUAL_EVENT, _MOST_EVENT = 12, 22, 40


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    heading: str
    width: int
    is_right: bool = False


class EventTable(LineView):
    """Events, oldest first, one a line, under a heading that does not scroll."""

    COMPONENT = _COMPONENT
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"{_COMPONENT}{part}" for part in _PARTS}
    BINDINGS: ClassVar[list[BindingType]] = [
        *movement_bindings("events", "event", last="Move to the newest event and follow it"),
    ]
    DEFAULT_CSS = """
    EventTable {
        height: 1fr; width: 1fr; background: $background; color: $foreground;
        overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 1; scrollbar-gutter: stable;
        & > .event-table--header { color: $muted; }
        &:focus > .event-table--header { color: $primary; text-style: bold; }
        & > .event-table--cursor { background: $row-cursor-blurred; }
        &:focus > .event-table--cursor { background: $row-cursor; }
        & > .event-table--bar { color: $primary; }
        & > .event-table--muted { color: $muted; }
        & > .event-table--attention { color: $warn; text-style: bold; }
        & > .event-table--bad { color: $bad; text-style: bold; }
        & > .event-table--empty { color: $muted; }
    }
    """

    class CursorMoved(Message):
        """Another event is under the cursor, or it changed; None: there is none."""

        def __init__(self, event: ReconciledEvent | None) -> None:
            super().__init__()
            self.event = event

    class RowOpened(Message):
        """A double click on a row."""

    def __init__(self, *, now: Callable[[], datetime], in_ascii: bool = False) -> None:
        super().__init__()
        self._now = now
        self._glyphs: Glyphs = glyphs(plain=in_ascii)
        self._events: Sequence[ReconciledEvent] = ()
        self._cursor = 0
        self._follows = True
        self._longest_id = self._longest_name = 0
        self.empty = ""
        """What stands where the rows would, when there are none."""

    @property
    def chosen(self) -> ReconciledEvent | None:
        """The event under the cursor."""
        return self._events[self._cursor] if self._events else None

    def show(self, shown: Sequence[ReconciledEvent]) -> None:
        """Show these; the cursor stays on its event, or goes to the newest when it was there."""
        before = self.chosen
        self._events = shown
        self._longest_id = max((len(event.event_id) for event in shown), default=0)
        self._longest_name = max((len(event.name) for event in shown), default=0)
        place = len(shown) - 1
        if before is not None and not self._follows:
            found = (index for index, event in enumerate(shown) if event.event_id == before.event_id)
            place = next(found, min(self._cursor, place))
        self.measure()
        self.move_to_place(place)

    def tick(self) -> None:
        """Let ages go on."""
        self.refresh()

    # Place

    @property
    def places(self) -> int:
        """How many events there are."""
        return len(self._events)

    @property
    def heading_lines(self) -> int:
        """The names of the columns."""
        return 1

    def move(self, delta: int) -> None:
        """So many rows down, or up."""
        self.move_to_place(self._cursor + delta)

    def move_to_place(self, place: int) -> None:
        """Put the cursor there, or at the nearest end; on the newest it stays on the newest."""
        last = self.places - 1
        self._cursor = max(0, min(place, last))
        self._follows = self._cursor >= last
        self.scroll_to_show(self._cursor)
        self.refresh()
        self.post_message(self.CursorMoved(self.chosen))

    def on_click(self, event: events.Click) -> None:
        """A click selects, a double click opens."""
        place = self.place_at(event)
        if place is None:
            return
        event.stop()
        self.move_to_place(place)
        if event.chain == 2:
            self.post_message(self.RowOpened())

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self.measure()
        self.move_to_place(self._cursor)

    # Painting

    def render_line(self, y: int) -> Strip:
        """One line of the viewport; line 0 is the heading."""
        width = self.scrollable_content_region.width
        base = self.rich_style
        columns = self._columns(width)
        if y == 0:
            style = base + self.part("header")
            texts = [_aligned(column.heading, column) for column in columns]
            return Strip([Segment("  " + self._gap(width).join(texts), style)]).adjust_cell_length(width, style)
        place = self.scroll_offset.y + y - 1
        if place < len(self._events):
            has_cursor = place == self._cursor
            row = base + self.part("cursor") if has_cursor else base
            line = self._row(self._events[place], columns, row, has_cursor=has_cursor)
            return Strip(line).adjust_cell_length(width, row)
        words = f"  {self.empty}" if not self._events and y == 1 else ""
        return Strip([Segment(words, base + self.part("empty"))]).adjust_cell_length(width, base)

    def _row(
        self, event: ReconciledEvent, columns: Sequence[_Column], base: Style, *, has_cursor: bool
    ) -> list[Segment]:
        bar = Segment(self._glyphs.bar if has_cursor else " ", base + self.part("bar"))
        line = [bar, Segment(" ", base)]
        gap = self._gap(self.scrollable_content_region.width)
        for index, column in enumerate(columns):
            text, role = self._cell(event, column)
            fitted = _aligned(self._glyphs.fit(text, column.width), column)
            line.append(Segment((gap if index else "") + fitted, base + self.part(role) if role else base))
        return line

    def _cell(self, event: ReconciledEvent, column: _Column) -> tuple[str, str]:
        now = self._now()
        match column.name:
            case "id":
                return self._glyphs.text(event.event_id), "muted"
            case "event":
                return self._glyphs.text(event.name) or "no name", ""
            case "webhook":
                return time_cell(event.webhook_at, now), "muted"
            case "sse":
                return time_cell(event.sse_at, now), "muted"
            case "lag":
                return lag_cell(event, now), "muted" if event.reason is None else "attention"
            case _:
                return content_cell(event, self._glyphs)

    def _columns(self, width: int) -> list[_Column]:
        """Below 72 the time by SSE goes, below 56 that by webhook and the lag; a long id is cut before the content."""
        gap = len(self._gap(width))
        others = [_Column("content", "content", 12)]
        if width >= 56:
            others.insert(0, _Column("lag", "lag", 6, is_right=True))
        if width >= 72:
            others.insert(0, _Column("sse", "SSE", 8))
        if width >= 56:
            others.insert(0, _Column("webhook", "webhook", 8))
        room = width - 2 - gap - sum(gap + column.width for column in others)
        wanted_id = max(_SHORTEST_ID, min(_LONGEST_ID, self._longest_id))
        number = max(_SHORTEST_ID, min(wanted_id, room - _LEAST_EVENT))
        wanted_event = max(_USUAL_EVENT, min(_MOST_EVENT, self._longest_name))
        event = max(1, min(wanted_event, room - number))
        return [_Column("id", "id", number, is_right=True), _Column("event", "event", event), *others]

    @staticmethod
    def _gap(width: int) -> str:
        return "   " if width >= 79 else "  "


def _aligned(text: str, column: _Column) -> str:
    blanks = " " * max(0, column.width - cell_len(text))
    return blanks + text if column.is_right else text + blanks
