"""Things that fit in memory in a table: cells for the columns, or one text over the whole width."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import ClassVar, Generic, NamedTuple, TypeAlias, TypeVar

from msgspec import Struct
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.strip import Strip

from webhook_tui.ui.symbols import Symbols, glyphs
from webhook_tui.ui.widgets.line_view import movement_bindings
from webhook_tui.ui.widgets.table.table import Table, TableContent

T = TypeVar("T")
Cell: TypeAlias = tuple[str, str]
"""Harmless text and the role of its colour: "", muted, attention, bad, link, key, or a verdict's word."""

_GAP = "  "
_MARGIN = 2
"""The cursor's bar and a blank."""


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
    """Identifies a row, however its content changes."""
    whole: Callable[[T], Cell | None] = lambda _: None
    """One text in place of cells."""
    gap: Callable[[int], str] = lambda _: _GAP
    """Between two columns, for a width in cells."""


class ListTable(TableContent, Generic[T]):
    """What a table of things shows, the newest last; `widget` is the table."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", show=False, id="list.open", tooltip="open this line"),
        *movement_bindings("list", "line", last="Move to the last line and stay there"),
    ]

    def __init__(
        self,
        spec: TableSpec[T],
        *,
        id: str | None = None,  # noqa: A002 -- Textual's name
        in_ascii: bool = False,
        bindings: Sequence[BindingType] | None = None,
    ) -> None:
        """`id`: of the widget. `bindings`: other keys than a dialog's."""
        self._bindings = self.BINDINGS if bindings is None else bindings
        self._spec = spec
        self._symbols: Symbols = glyphs(plain=in_ascii)
        self._things: Sequence[T] = ()
        self.widget = Table(self, id=id, in_ascii=in_ascii)

    @property
    def chosen(self) -> T | None:
        """The thing under the cursor."""
        return self._things[self.widget.cursor] if self._things else None

    def show(self, things: Sequence[T]) -> None:
        """Show these; the cursor stays on its thing, or goes to the last one when it was there."""
        self._things = things
        self.widget.update(len(things))
        self.widget.refresh()

    # What the table asks

    @property
    def bindings(self) -> Sequence[BindingType]:
        """The keys of the table."""
        return self._bindings

    @property
    def indent(self) -> int:
        """As the first column's."""
        return _MARGIN

    def key(self, place: int) -> Hashable:
        """As the spec says."""
        return self._spec.key(self._things[place]) if place < len(self._things) else None

    def find(self, key: Hashable) -> int | None:
        """The place of the thing with that key."""
        return next((place for place, thing in enumerate(self._things) if self._spec.key(thing) == key), None)

    def nearest(self, key: Hashable, place: int) -> int:  # noqa: ARG002 -- of every table
        """The place where it was."""
        return min(place, len(self._things) - 1)

    def frame(self) -> _Frame[T]:
        """Draw the things as they are now."""
        width = self.widget.view_size.width
        columns = self._spec.columns(width - _MARGIN)
        return _Frame(self.widget, self._spec, self._symbols, self._things, columns, width)


class _Frame(NamedTuple, Generic[T]):
    """What all lines of one frame have in common."""

    table: Table
    spec: TableSpec[T]
    symbols: Symbols
    things: Sequence[T]
    columns: Sequence[ListColumn]
    width: int

    @property
    def heading(self) -> Strip:
        """The names of the columns."""
        gap = self.spec.gap(self.width - _MARGIN)
        text = gap.join(_aligned(column.heading, column) for column in self.columns)
        return Strip([Segment(" " * _MARGIN + text, self.table.part("") + self.table.part("header"))])

    def line(self, place: int) -> Strip | None:
        """One thing."""
        if place >= len(self.things):
            return None
        base, has_cursor = self.table.part(""), place == self.table.cursor
        row = base + self.table.part("cursor") if has_cursor else base
        bar = Segment(self.symbols.bar if has_cursor else " ", base + self.table.part("bar"))
        line = [bar, Segment(" ", row), *self._segments(self.things[place], row)]
        return Strip(line).adjust_cell_length(self.width, row)

    def _segments(self, thing: T, base: Style) -> list[Segment]:
        whole = self.spec.whole(thing)
        if whole is not None:
            return [Segment(self.symbols.fit(whole[0], self.width - _MARGIN), self._style(base, whole[1]))]
        line: list[Segment] = []
        gap = self.spec.gap(self.width - _MARGIN)
        for index, column in enumerate(self.columns):
            text, role = self.spec.cell(thing, column.name)
            fitting = _aligned(self.symbols.fit(text, column.width), column)
            line += [Segment(gap if index else "", base), Segment(fitting, self._style(base, role))]
        return line

    def _style(self, base: Style, role: str) -> Style:
        return base + self.table.part(role) if role else base


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
