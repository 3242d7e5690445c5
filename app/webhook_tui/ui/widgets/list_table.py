"""A table of things that fit in memory: draws only the lines that can be seen; the cursor stays on its thing.

What a line says is asked of whoever made the table: cells for the columns, or one text over the whole width.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import ClassVar, Generic, TypeAlias, TypeVar

from msgspec import Struct
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.ui.symbols import Symbols, glyphs
from webhook_tui.ui.widgets.line_view import LineView, draw_plainly, movement_bindings

T = TypeVar("T")
Cell: TypeAlias = tuple[str, str]
"""Harmless text and the role of its colour: "", muted, attention, bad, link, key, or a verdict's word."""

_COMPONENT = "list-table--"
_PARTS = (
    *("header", "cursor", "bar", "muted", "attention", "bad", "link", "key", "empty"),
    *(verdict.value for verdict in Verdict),
)
_GAP = "  "


class ListColumn(Struct, frozen=True):
    """One column; the first one gets what the others leave."""

    name: str
    heading: str
    width: int
    is_right: bool = False


class TableSpec(Struct, Generic[T], frozen=True):
    """How things are shown."""

    columns: Callable[[int], Sequence[ListColumn]]
    """For a width in cells."""
    cell: Callable[[T, str], Cell]
    """Of a thing, in the column of that name."""
    key: Callable[[T], Hashable]
    """Tells a thing from others, however it changes."""
    whole: Callable[[T], Cell | None] = lambda _: None
    """One text in place of cells."""
    gap: Callable[[int], str] = lambda _: _GAP
    """Between two columns, for a width in cells."""


class ListTable(LineView, Generic[T]):
    """Things, one a line, under a heading that does not scroll; the newest is last."""

    COMPONENT = _COMPONENT
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"{_COMPONENT}{part}" for part in _PARTS}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", show=False, id="list.open", tooltip="open this line"),
        *movement_bindings("list", "line", last="Move to the last line and stay there"),
    ]
    SCOPED_CSS = False
    DEFAULT_CSS = """
    ListTable {
        height: 1fr; width: 1fr; background: $panel; color: $foreground;
        overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 1; scrollbar-gutter: stable;
        & > .list-table--header { color: $muted; }
        &:focus > .list-table--header { color: $primary; text-style: bold; }
        & > .list-table--cursor { background: $row-cursor-blurred; }
        &:focus > .list-table--cursor { background: $row-cursor; }
        & > .list-table--bar { color: $primary; }
        & > .list-table--muted { color: $muted; }
        & > .list-table--attention { color: $warn; text-style: bold; }
        & > .list-table--bad { color: $bad; text-style: bold; }
        & > .list-table--link { color: $json-string; }
        & > .list-table--key { color: $json-key; }
        & > .list-table--empty { color: $muted; }
        & > .list-table--valid { color: $valid; }
        & > .list-table--older { color: $older; }
        & > .list-table--invalid { color: $bad; background: $bad-bg; text-style: bold; }
        & > .list-table--malformed { color: $bad; background: $bad-bg; text-style: bold; }
        & > .list-table--missing { color: $warn; background: $warn-bg; text-style: bold; }
        & > .list-table--pending { color: $muted; text-style: italic; }
    }
    """

    class RowOpened(Message):
        """Enter, or a double click."""

    class CursorMoved(Message):
        """Another line is chosen."""

    def __init__(self, manner: TableSpec[T], *, id: str | None = None, in_ascii: bool = False) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._manner = manner
        self._glyphs: Symbols = glyphs(plain=in_ascii)
        self._things: Sequence[T] = ()
        self._cursor = 0
        self._follows = True
        self.empty = ""
        """What stands where the lines would, when there are none."""

    @property
    def places(self) -> int:
        """How many lines there are."""
        return len(self._things)

    @property
    def heading_lines(self) -> int:
        """The heading."""
        return 1

    @property
    def chosen(self) -> T | None:
        """The thing under the cursor."""
        return self._things[self._cursor] if self._things else None

    def show(self, things: Sequence[T]) -> None:
        """Show these; the cursor stays on its thing, or goes to the last one when it was there."""
        before = self.chosen
        self._things = things
        place = len(things) - 1
        if before is not None and not self._follows:
            key = self._manner.key
            wanted = key(before)
            place = next((at for at, thing in enumerate(things) if key(thing) == wanted), min(self._cursor, place))
        self.measure()
        self.move_to_place(place)
        self.refresh()

    def move(self, delta: int) -> None:
        """Move the cursor by so many lines."""
        self.move_to_place(self._cursor + delta)

    def move_to_place(self, place: int) -> None:
        """Put the cursor on a line; on the last one it stays on the last one."""
        before, last = self._cursor, max(0, len(self._things) - 1)
        self._cursor = max(0, min(place, last))
        if self._cursor != before:
            self.post_message(self.CursorMoved())
        self._follows = self._cursor == last
        self.scroll_to_show(self._cursor)
        self.refresh()

    def action_open(self) -> None:
        """Open what is under the cursor."""
        if self._things:
            self.post_message(self.RowOpened())

    def on_click(self, event: events.Click) -> None:
        """A click selects, a double click opens."""
        place = self.place_at(event)
        if place is not None:
            event.stop()
            self.move_to_place(place)
            if event.chain == 2:
                self.action_open()

    def on_mount(self) -> None:
        """No eighths of a cell in ASCII."""
        if self._glyphs.ascii:
            draw_plainly(self.vertical_scrollbar)

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self.measure()
        self.move_to_place(self._cursor)

    # Painting

    def render_line(self, y: int) -> Strip:
        """One line of the viewport; line 0 is the heading."""
        width = self.scrollable_content_region.width
        base = self.rich_style
        columns = self._manner.columns(width - 2)
        if y == 0:
            style = base + self.part("header")
            text = self._manner.gap(width - 2).join(_aligned(column.heading, column) for column in columns)
            return Strip([Segment(f"  {text}", style)]).adjust_cell_length(width, style)
        place = self.scroll_offset.y + y - 1
        if place < len(self._things):
            has_cursor = place == self._cursor
            row = base + self.part("cursor") if has_cursor else base
            bar = Segment(self._glyphs.bar if has_cursor else " ", base + self.part("bar"))
            line = [bar, Segment(" ", row), *self._segments(self._things[place], columns, row, width - 2)]
            return Strip(line).adjust_cell_length(width, row)
        words = f"  {self.empty}" if not self._things and y == 1 else ""
        return Strip([Segment(words, base + self.part("empty"))]).adjust_cell_length(width, base)

    def _segments(self, thing: T, columns: Sequence[ListColumn], base: Style, width: int) -> list[Segment]:
        whole = self._manner.whole(thing)
        if whole is not None:
            return [Segment(self._glyphs.fit(whole[0], width), self._style(base, whole[1]))]
        line: list[Segment] = []
        gap = self._manner.gap(width)
        for index, column in enumerate(columns):
            text, role = self._manner.cell(thing, column.name)
            fitted = _aligned(self._glyphs.fit(text, column.width), column)
            line += [Segment(gap if index else "", base), Segment(fitted, self._style(base, role))]
        return line

    def _style(self, base: Style, role: str) -> Style:
        return base + self.part(role) if role else base


def fitted(columns: Sequence[ListColumn], width: int, *, least: int, most: int) -> list[ListColumn]:
    """Those that have room, in their order; the first takes from `least` to `most` cells, later ones go first."""
    first, *others = columns
    kept: list[ListColumn] = []
    room = width - least
    for column in others:
        if room < column.width + len(_GAP):
            break
        room -= column.width + len(_GAP)
        kept.append(column)
    return [ListColumn(first.name, first.heading, max(1, min(most, least + room)), first.is_right), *kept]


def _aligned(text: str, column: ListColumn) -> str:
    blanks = " " * max(0, column.width - cell_len(text))
    return blanks + text if column.is_right else text + blanks
