"""Draws one delivery as a line of coloured cells, with styles by their role."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

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
from webhook_tui.ui.widgets.table.delivery_columns import (
    BAR_WIDTH,
    GAP,
    HEADINGS,
    Column,
    Name,
    answered_cell,
    cut_text,
    event_cell,
    folded,
    is_usual_answer,
    sent_sign,
    time_cell,
    verdict_cell,
)

_NEW_SHARE = 0.35
_CHANGED_SHARE = 0.45
_BOLD = Style(bold=True)
_UNDERLINE = Style(underline=True)


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
    new: Style
    verdicts: dict[Verdict, Style]


class RowState(Struct, frozen=True):
    """What a row's looks depend on besides its own content."""

    has_cursor: bool = False
    ends_run: bool = False
    newness: float = 0.0
    change: float = 0.0
    sent: ForwardResult | None = None
    """The newest replay of it."""
    still: bool = False
    """Nothing may fade: a new row has a hairline, a changed verdict is bold."""


def header_line(layout: Sequence[Column], styles: TableStyles, order: Sort, glyphs: Symbols) -> list[Segment]:
    """The headings, in the columns of the rows.

    The sorted column has an arrow after its name, except in the order of arrival.
    """
    style = styles.base + styles.header
    arrow = glyphs.down if order.is_descending else glyphs.up
    sorted_by = "" if order == Sort() else order.column.value
    texts = [_aligned(HEADINGS[column.name] + (arrow if column.name == sorted_by else ""), column) for column in layout]
    return [Segment(" " * BAR_WIDTH + (" " * GAP).join(texts), style)]


class RowPainter(Struct, frozen=True):
    """Paints rows that have the same columns, at one moment."""

    layout: Sequence[Column]
    names: frozenset[Name]
    """The columns that have room."""
    styles: TableStyles
    glyphs: Symbols
    now: datetime

    def line(self, row: DeliveryRow, state: RowState, width: int) -> list[Segment]:
        """One delivery, `width` cells from its bar to the end; underlined when it is the last of its run."""
        base = self._row_base(state)
        line = [self._bar(row, state, base)]
        for index, column in enumerate(self.layout):
            if index:
                line.append(Segment(" " * GAP, base))
            line.extend(self._cell(row, column, state, base))
        line.append(Segment(" " * max(0, width - sum(segment.cell_length for segment in line)), base))
        return self._underlined(line) if state.ends_run else line

    def _underlined(self, line: Sequence[Segment]) -> list[Segment]:
        """The thin line between runs: all is underlined, blanks in the separator's colour."""
        quiet = self.styles.separator + _UNDERLINE
        parts: list[Segment] = []
        for text, style, _ in line:
            own = style or Style()
            blank_before = len(text) - len(text.lstrip())
            blank_after = len(text) - len(text.rstrip()) if text.strip() else 0
            middle = text[blank_before : len(text) - blank_after]
            parts += [
                Segment(text[:blank_before], own + quiet),
                Segment(middle, own + _UNDERLINE),
                Segment(text[len(text) - blank_after :], own + quiet),
            ]
        return _without_empty(*parts)

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
        muted, attention = base + self.styles.muted, base + self.styles.attention
        match column.name:
            case "verdict":
                return [Segment(verdict_cell(row.verdict, self.glyphs), self._verdict_style(row, state, base))]
            case "event":
                return self._event_cell(row, column, state, base)
            case "number":
                mark, number = self.glyphs.mark if row.marked else "", _aligned(str(row.seq), column)
                return _without_empty(Segment(mark, base + self.styles.mark), Segment(number[len(mark) :], muted))
            case "time":
                text, style = time_cell(row, self.now), muted
            case "attempt":
                text, style = str(row.attempt), muted if row.attempt == 1 else attention
            case "answered":
                text, style = answered_cell(row), muted if is_usual_answer(row) else attention
            case "size":
                text, style = units.size(row.size), muted
            case "about":
                text, style = cut_text(row.summary, column.width, self.glyphs), muted
        return [Segment(_aligned(text, column), style)]

    def _event_cell(self, row: DeliveryRow, column: Column, state: RowState, base: Style) -> list[Segment]:
        odd = folded(row, self.names, self.glyphs)
        sign = "" if state.sent is None else sent_sign(state.sent, self.glyphs)
        name, tail = event_cell(row, column.width, f"{odd} {sign}".strip(), self.glyphs)
        is_quiet = state.sent is not None and state.sent.is_good
        cut = min(len(odd) + 1 if odd else 0, len(tail)) if sign else len(tail)
        return _without_empty(
            Segment(name, base + _BOLD if state.has_cursor else base),
            Segment(tail[:cut], base + self.styles.attention),
            Segment(tail[cut:], base + (self.styles.muted if is_quiet else self.styles.attention)),
        )

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
