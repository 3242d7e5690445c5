"""Draws one delivery as a line of coloured cells, with styles by their role."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import accumulate, groupby
from typing import TYPE_CHECKING, Literal

from msgspec import Struct
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from webhook_tui.domain import units
from webhook_tui.domain.delivery.delivery import DeliveryRow
from webhook_tui.domain.delivery.rows import Sort
from webhook_tui.domain.forwarding.forward_result import ForwardResult
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.ui.symbols import Symbols
from webhook_tui.ui.widgets.table.delivery_cells import (
    Part,
    PartPiece,
    Piece,
    Role,
    event_pieces,
    result_cell,
    status_cell,
)
from webhook_tui.ui.widgets.table.delivery_columns import (
    BAR_WIDTH,
    GAP,
    HEADINGS,
    Column,
    Name,
    answered_cell,
    cut_text,
    is_usual_answer,
    time_cell,
    verdict_cell,
)

if TYPE_CHECKING:
    from webhook_tui.domain.filtering.highlights import Column as TextColumn
    from webhook_tui.domain.filtering.highlights import Highlights

_NEW_SHARE = 0.35
_CHANGED_SHARE = 0.45
_BOLD = Style(bold=True)
_UNDERLINE = Style(underline=True)
_BLANKS = re.compile(" {2,}")


class TableStyles(Struct, frozen=True):
    """The styles of one frame; all but `base` are partial and go on top of it."""

    base: Style
    header: Style
    cursor: Style
    bar: Style
    muted: Style
    mark: Style
    attention: Style
    separator: Style
    match: Style
    new: Style
    verdicts: dict[Verdict, Style]

    @classmethod
    def of(cls, part: Callable[[str], Style]) -> TableStyles:
        """Return those of a table, whose `part` gives a style by its name, "" for its own."""
        return cls(
            base=part(""),
            header=part("header"),
            cursor=part("cursor"),
            bar=part("bar"),
            muted=part("muted"),
            mark=part("mark"),
            attention=part("attention"),
            separator=part("separator"),
            match=part("match"),
            new=part("new"),
            verdicts={verdict: part(verdict.value) for verdict in Verdict},
        )


class RowState(Struct, frozen=True):
    """The state of a row besides its own content."""

    has_cursor: bool = False
    ends_run: bool = False
    newness: float = 0.0
    change: float = 0.0
    sent: ForwardResult | None = None
    """The newest replay of it."""
    still: bool = False
    """Without animation: a new row has a hairline, a changed verdict is bold."""


def header_line(layout: Sequence[Column], styles: TableStyles, order: Sort, glyphs: Symbols) -> list[Segment]:
    """The headings, in the columns of the rows.

    The sorted column has an arrow after its name, except in the order of arrival; without room for it in the column it
    stands in the gap behind that.
    """
    style = styles.base + styles.header
    arrow = glyphs.down if order.is_descending else glyphs.up
    sorted_by = "" if order == Sort() else order.column.value
    line = " " * BAR_WIDTH
    for column in layout:
        name, sign = HEADINGS[column.name], arrow if column.name == sorted_by else ""
        has_room = len(name + sign) <= column.width
        text = _aligned(name + sign, column) if has_room else _aligned(name, column) + sign
        line += text.ljust(column.width + GAP)
    return [Segment(line, style)]


class RowPainter(Struct, frozen=True):
    """Paints rows that have the same columns, at one moment."""

    layout: Sequence[Column]
    names: frozenset[Name]
    """The columns that have room."""
    styles: TableStyles
    glyphs: Symbols
    now: datetime
    highlights: Highlights | None = None
    """What the filter looks for."""

    def line(self, row: DeliveryRow, state: RowState, width: int) -> list[Segment]:
        """One delivery, `width` cells from its bar to the end; a thin line ends its run."""
        base = self._row_base(state)
        gap = Segment(" " * GAP, base)
        line = [self._bar(row, state, base)]
        for index, column in enumerate(self.layout):
            if index:
                line.append(gap)
            line.extend(self._cell(row, column, state, base))
        columns = sum(column.width for column in self.layout) + GAP * (len(self.layout) - 1)
        line.append(Segment(" " * max(0, width - BAR_WIDTH - columns), base))
        return self._underlined(line) if state.ends_run else line

    def part_at(self, cell: int, row: DeliveryRow, state: RowState) -> Part | None:
        """What a click on a cell of the row's line means besides choosing the row; None: nothing."""
        start = BAR_WIDTH
        for column in self.layout:
            if start <= cell < start + column.width:
                return self._part_of(column, cell - start, row, state)
            start += column.width + GAP
        return None

    def _part_of(self, column: Column, cell: int, row: DeliveryRow, state: RowState) -> Part | None:
        match column.name:
            case "event":
                pieces = self._event_pieces(row, column, state)
                ends = accumulate(cell_len(text) for (text, _), _ in pieces)
                return next((part for end, (_, part) in zip(ends, pieces, strict=True) if cell < end), None)
            case "job" if row.summary.job:
                return Part.JOB
            case "attempt" if row.attempt > 1:
                return Part.ATTEMPTS
            case "answered" if not is_usual_answer(row):
                return Part.ANSWER
            case _:
                return None

    def _underlined(self, line: Sequence[Segment]) -> list[Segment]:
        """The thin line between runs: under two and more blanks, never under text."""
        quiet = self.styles.separator + _UNDERLINE
        text = "".join(segment.text for segment in line)
        blank = {place for found in _BLANKS.finditer(text) for place in range(*found.span())}
        parts: list[Segment] = []
        start = 0
        for words, style, _ in line:
            own = style or Style()
            for is_blank, group in groupby(range(start, start + len(words)), blank.__contains__):
                places = [*group]
                parts.append(Segment(text[places[0] : places[-1] + 1], own + quiet if is_blank else own))
            start += len(words)
        return parts

    def _row_base(self, state: RowState) -> Style:
        base = self.styles.base + self.styles.cursor if state.has_cursor else self.styles.base
        if state.newness and not state.still:
            return base + _mixed(base, self.styles.new, _NEW_SHARE * state.newness)
        return base

    def _bar(self, row: DeliveryRow, state: RowState, base: Style) -> Segment:
        if row.marked and "number" not in self.names:
            return Segment(self.glyphs.mark, base + self.styles.mark)
        if state.has_cursor:
            return Segment(self.glyphs.bar, base + self.styles.bar)
        if state.newness and state.still:
            return Segment(self.glyphs.hairline, base + self.styles.new)
        return Segment(" " * BAR_WIDTH, base)

    def _cell(self, row: DeliveryRow, column: Column, state: RowState, base: Style) -> list[Segment]:
        segments = self._plain_cell(row, column, state, base)
        match column.name:
            case "event" | "job" | "status" | "result" if self.highlights is not None:
                return self._highlighted(segments, column.name, self.highlights)
            case _:
                return segments

    def _highlighted(self, segments: Sequence[Segment], column: TextColumn, highlights: Highlights) -> list[Segment]:
        """The segments of a cell with the matches of the filter in their style."""
        parts: list[Segment] = []
        for text, style, _ in segments:
            at = 0
            for start, end in highlights.spans(column, text):
                parts += [
                    Segment(text[at:start], style),
                    Segment(text[start:end], (style or Style()) + self.styles.match),
                ]
                at = end
            parts.append(Segment(text[at:], style))
        return _without_empty(*parts)

    def _plain_cell(self, row: DeliveryRow, column: Column, state: RowState, base: Style) -> list[Segment]:
        match column.name:
            case "verdict":
                return [Segment(verdict_cell(row.verdict, self.glyphs), self._verdict_style(row, state, base))]
            case "number":
                mark, number = self.glyphs.mark if row.marked else "", _aligned(str(row.seq), column)
                quiet = base + self.styles.muted
                return _without_empty(Segment(mark, base + self.styles.mark), Segment(number[len(mark) :], quiet))
            case "event":
                pieces = [piece for piece, _ in self._event_pieces(row, column, state)]
            case "status":
                is_alone = "result" not in self.names
                pieces = status_cell(row.summary, column.width, self.glyphs, with_bar=is_alone)
            case "result":
                pieces = result_cell(row.summary, column.width, self.glyphs)
            case name:
                text, role = self._text(row, name, column.width)
                return [Segment(_aligned(text, column), base + self._style(role, state))]
        return self._segments(pieces, column, state, base)

    def _event_pieces(self, row: DeliveryRow, column: Column, state: RowState) -> list[PartPiece]:
        return event_pieces(row, column.width, self.names, state.sent, self.glyphs)

    def _text(self, row: DeliveryRow, name: Literal["time", "job", "attempt", "answered", "size"], width: int) -> Piece:
        match name:
            case "time":
                return time_cell(row, self.now, width), "muted"
            case "job":
                return cut_text(row.summary.job_without_prefix[:width], width, self.glyphs), "muted"
            case "attempt":
                return str(row.attempt), "muted" if row.attempt == 1 else "attention"
            case "answered":
                return answered_cell(row), "muted" if is_usual_answer(row) else "attention"
            case "size":
                return units.size(row.size), "muted"

    def _segments(self, pieces: Sequence[Piece], column: Column, state: RowState, base: Style) -> list[Segment]:
        """The pieces of a cell in their styles, filled with blanks to the column's width."""
        blanks = column.width - sum([cell_len(text) for text, _ in pieces])
        if len(pieces) == 1:
            text, role = pieces[0]
            return [Segment(text + " " * blanks, base + self._style(role, state))]
        segments = [Segment(text, base + self._style(role, state)) for text, role in pieces]
        return _without_empty(*segments, Segment(" " * blanks, base))

    def _style(self, role: Role, state: RowState) -> Style:
        match role:
            case "":
                return Style()
            case "name":
                return _BOLD if state.has_cursor else Style()
            case "mark":
                return self.styles.mark + _BOLD
            case "muted":
                return self.styles.muted
            case "attention":
                return self.styles.attention
            case "separator":
                return self.styles.separator

    def _verdict_style(self, row: DeliveryRow, state: RowState, base: Style) -> Style:
        style = base + self.styles.verdicts[row.verdict]
        if not state.change:
            return style
        return style + (_BOLD if state.still else _mixed(style, style, _CHANGED_SHARE * state.change))


def _without_empty(*segments: Segment) -> list[Segment]:
    return [segment for segment in segments if segment.text]


def _mixed(ground: Style, colour: Style, share: float) -> Style:
    """A background between `ground`'s and the colour of `colour`; none where the colours are the terminal's own."""
    if ground.bgcolor is None or colour.color is None or ground.bgcolor.triplet is None or colour.color.triplet is None:
        return Style()
    mixed = Color.from_rich_color(ground.bgcolor).blend(Color.from_rich_color(colour.color), share, alpha=1.0)
    return Style(bgcolor=mixed.rich_color)


def _aligned(text: str, column: Column) -> str:
    """Text that fits, filled with blanks to the column's width; numbers that are too long keep their last digits."""
    blanks = " " * max(0, column.width - cell_len(text))
    return blanks + text[-column.width :] if column.align == "right" else text + blanks
