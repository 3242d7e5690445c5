"""Deliveries in a table: reads only those that can be seen, and shows for a moment what has changed."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual.binding import Binding, BindingType
from textual.strip import Strip

from webhook_tui.domain.delivery.delivery import DeliveryRow
from webhook_tui.domain.delivery.rows import DeliveryRows, Sort, SortColumn
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.forwarding.forward_result import ForwardResult
from webhook_tui.ui.frame_budget import FrameBudget
from webhook_tui.ui.symbols import glyphs
from webhook_tui.ui.widgets.line_view import movement_bindings
from webhook_tui.ui.widgets.table.checked_rows import CheckedRows
from webhook_tui.ui.widgets.table.delivery_cells import JobWidth
from webhook_tui.ui.widgets.table.delivery_columns import Column, column_at, columns
from webhook_tui.ui.widgets.table.delivery_painter import RowPainter, RowState, TableStyles, header_line
from webhook_tui.ui.widgets.table.row_highlights import FADE_SECONDS, STILL_SECONDS, RowHighlights
from webhook_tui.ui.widgets.table.row_reader import LOADING
from webhook_tui.ui.widgets.table.row_replays import RowReplays
from webhook_tui.ui.widgets.table.table import DELIVERY_LOOKS, Table

if TYPE_CHECKING:
    from webhook_tui.domain.filtering.highlights import Highlights


class DeliveryTable:
    """What a table of deliveries shows, oldest first; `widget` is the table.

    A row's key is the number of its delivery.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Detail", key_display="enter", id="table.open", tooltip="Go into the detail"),
        *movement_bindings("table", "delivery", last="Move to the newest delivery and follow it"),
    ]

    def __init__(
        self, frames: FrameBudget | None = None, *, now: Callable[[], datetime], in_ascii: bool = False
    ) -> None:
        """`frames`: those in which changes fade; None: the table's own. `now` returns the aware local time."""
        self.widget = Table(self, looks=DELIVERY_LOOKS, in_ascii=in_ascii, id="deliveries", classes="-deliveries")
        self._frames = frames or FrameBudget(self.widget)
        self._now = now
        self._symbols = glyphs(plain=in_ascii)
        self.rows: DeliveryRows | None = None
        self.order = Sort()
        """How `rows` are sorted; the newest can be followed only in the order of arrival."""
        self.highlights: Highlights | None = None
        """What the filter of `rows` looks for; set it before `show_rows`."""
        self._newest_seq = 0
        self._count = 0
        self._digits = 1
        self._window_start = 0
        self._window: Sequence[DeliveryRow] = ()
        self._is_outdated = False
        """Whether the window is to be read again."""
        self._drawn_on = now().date()
        self._highlights = RowHighlights()
        self._job_width = JobWidth()
        self._replays = RowReplays()

    # What it shows

    @property
    def seq(self) -> int | None:
        """Number of the delivery under the cursor; None while there is none."""
        key = self.widget.cursor_key
        return key if isinstance(key, int) else None

    def show_rows(self, rows: DeliveryRows) -> None:
        """Show other rows (a history that was opened, a filter)."""
        self.rows = rows
        self._highlights.clear()
        self._window = ()
        self._read()
        self.widget.reload(self._count)

    def refresh_rows(self) -> None:
        """Show what was stored or changed since; draws only those visible lines that are others now."""
        if self.rows is None:
            return
        before, top = self._visible(), self.widget.scroll_offset.y
        count, newest = self._count, self._newest_seq
        self._read()
        self.widget.update(self._count)
        self._highlight_after(newest, self._count - count)
        today = self._now().date()
        if top != self.widget.scroll_offset.y or today != self._drawn_on:
            self._drawn_on = today
            self.widget.refresh()
            return
        after = self._visible()
        for place in before.keys() | after.keys():
            if before.get(place) != after.get(place):
                self.widget.repaint(place)

    def mark_changed(self, seqs: Iterable[int]) -> None:
        """Highlight the verdicts of these deliveries; the verdicts themselves come with `refresh_rows`."""
        self._highlights.changed(seqs, self._now())
        self._repaint(self._highlights.showing())
        self._request_fade()

    def add_forward_results(self, results: Sequence[ForwardResult]) -> None:
        """Show in the rows of replayed deliveries what became of that."""
        self._repaint(self._replays.add(results))

    # What the table asks

    @property
    def bindings(self) -> Sequence[BindingType]:
        """The keys of the table."""
        return self.BINDINGS

    @property
    def can_follow(self) -> bool:
        """Whether they are in the order of arrival."""
        return self.order == Sort()

    @property
    def indent(self) -> int:
        """As the first column's."""
        return 1

    def key(self, place: int) -> Hashable:
        """The number of the delivery at a place."""
        row = self._row_at(place)
        return None if row is None else row.seq

    def find(self, key: Hashable) -> int | None:
        """The place of the delivery with that number."""
        return self.rows.position(key) if self.rows is not None and isinstance(key, int) else None

    def nearest(self, key: Hashable, place: int) -> int:
        """The place where the delivery would be, as numbers rise with the place; sorted otherwise, where it was."""
        if self.rows is None or not self.can_follow or not isinstance(key, int):
            return min(place, self._count - 1)
        low, high = 0, self._count - 1
        while low < high:
            middle = (low + high) // 2
            found = self.rows.window(middle, 1)
            if found and found[0].seq < key:
                low = middle + 1
            else:
                high = middle
        return low

    def heading_at(self, column: int) -> str | None:
        """The name of the SortColumn there."""
        name = column_at(self._layout, column)
        wanted = "number" if name == "time" else name  # the order of arrival is that of time
        return wanted if wanted in {sort.value for sort in SortColumn} else None

    def part_at(self, place: int, column: int) -> str | None:
        """The name of the Part there."""
        frame = self.frame()
        if place not in frame.rows:
            return None
        row, state = frame.rows[place]
        return frame.painter.part_at(column, row, state)

    def visited(self, key: Hashable) -> None:
        """Where nothing fades, a row is new until the cursor was there."""
        if self._highlights.showing() and self._is_still and (key is None or isinstance(key, int)):
            self._highlights.visited(key)

    @property
    def failure(self) -> str:
        """The problem, which is tried again when the rows are read the next time."""
        problem = self._problem
        if problem is None or (problem is LOADING and self._read_before(self.widget.scroll_offset.y)):
            return ""
        return f"{problem.message}\n{problem.hint}"

    @property
    def _problem(self) -> Problem | None:
        return self.rows.failure if isinstance(self.rows, CheckedRows) else None

    def retry(self) -> None:
        """Read the rows again if that failed, or takes long."""
        if self._problem is LOADING:
            self._visible()  # first the rows that were asked for: in a flood others are asked for each time
            self.widget.refresh()
            self._frames.request(self.refresh_rows)
        elif self._problem is not None:
            self.refresh_rows()
            self.widget.refresh()

    def frame(self) -> _Frame:
        """Read the rows that can be seen, and draw them in the same columns and styles."""
        visible = self._visible()
        layout, now = self._layout, self._now()
        names = frozenset(column.name for column in layout)
        painter = RowPainter(layout, names, TableStyles.of(self.widget.part), self._symbols, now, self.highlights)
        cursor, still, seconds = self.widget.cursor, self._is_still, self._fade_seconds
        rows = {
            place: (
                row,
                RowState(
                    has_cursor=place == cursor,
                    ends_run=ends_run,
                    newness=self._highlights.newness(row.seq, now, seconds),
                    change=self._highlights.change(row.seq, now, seconds),
                    sent=self._replays.of(row, self.rows),
                    still=still,
                ),
            )
            for place, (row, ends_run) in visible.items()
        }
        return _Frame(painter, self.order, self.widget.view_size.width, rows)

    # Rows

    def _read(self) -> None:
        assert self.rows is not None
        self._count = self.rows.refresh()
        self._is_outdated = True
        last = self._row_at(self._count - 1)
        first = last if self.can_follow else self._row_at(0)
        self._newest_seq = max((row.seq for row in (first, last) if row is not None), default=0)
        digits = len(str(self._newest_seq)) if self.order.column is SortColumn.NUMBER else self._digits
        if digits != self._digits:
            self._digits = digits
            self.widget.refresh()

    def _row_at(self, place: int) -> DeliveryRow | None:
        """A row, out of the frame's window when it is in sight, else asked for alone."""
        if self.rows is None or not 0 <= place < self._count:
            return None
        top, page = self.widget.scroll_offset.y, self.widget.page
        if top <= place <= top + page:
            window = self._read_window(top, page)
            return window[place - top] if place - top < len(window) else None
        alone = self.rows.window(place, 1)
        return alone[0] if alone else None

    def _read_window(self, top: int, page: int) -> Sequence[DeliveryRow]:
        """The rows of a frame, and the one below them; read once while nothing changes.

        While reading takes long, they are those that were read before.
        """
        is_whole = self._window_start == top and len(self._window) >= min(page + 1, self._count - top)
        if self.rows is not None and (self._is_outdated or not is_whole):
            window = self.rows.window(top, page + 1)
            if self._problem is LOADING:
                return self._read_before(top)
            self._window_start, self._window, self._is_outdated = top, window, False
            if self._job_width.add(row.summary.job_without_prefix for row in self._window if row.summary.job):
                self.widget.refresh()
        return self._window

    def _read_before(self, top: int) -> Sequence[DeliveryRow]:
        return self._window[top - self._window_start :] if top >= self._window_start else ()

    def _visible(self) -> dict[int, tuple[DeliveryRow, bool]]:
        """What is on the screen: place, row, whether it is the last of its run."""
        top, page = self.widget.scroll_offset.y, self.widget.page
        window = self._read_window(top, page)
        following = window[1:] if self.order.column is SortColumn.NUMBER else ()
        runs = [row.run for row in following]
        return {
            top + index: (row, index < len(runs) and row.run != runs[index])
            for index, row in enumerate(window[: max(0, min(page, self._count - top))])
        }

    # Highlights

    @property
    def _is_still(self) -> bool:
        """Nothing may move, or there are no colours to mix."""
        app = self.widget.app
        return app.animation_level == "none" or app.native_ansi_color or app.no_color

    @property
    def _fade_seconds(self) -> float:
        return STILL_SECONDS if self._is_still else FADE_SECONDS

    def _highlight_after(self, newest: int, arrived: int) -> None:
        """Of rows in the order of arrival, `arrived` more than before, those after number `newest` are new."""
        page = self.widget.page
        if arrived <= 0 or not page or not self.can_follow:
            return
        seen = [row.seq for row, _ in self._visible().values() if row.seq > newest]
        self._highlights.arrived(seen, arrived, self._now(), page)
        if self._is_still:
            self._highlights.visited(self.seq)
        self._request_fade()

    def _request_fade(self) -> None:
        # No timer of its own: that would draw rows between two frames, a quarter of the CPU in a flood.
        if self._highlights.showing():
            self._frames.request(self._fade)

    def _fade(self) -> None:
        over = self._highlights.expire(self._now(), self._fade_seconds)
        self._repaint(over if self._is_still else over | self._highlights.showing())
        self._request_fade()

    def _repaint(self, seqs: set[int]) -> None:
        if not seqs:
            return
        for place, (row, _) in self._visible().items():
            if row.seq in seqs:
                self.widget.repaint(place)

    # Drawing

    @property
    def _layout(self) -> tuple[Column, ...]:
        """Columns by the table's own width: a scrollbar that comes or goes moves none of them."""
        table = self.widget
        width = table.view_size.width
        if table.show_vertical_scrollbar and table.styles.scrollbar_gutter != "stable":
            width += table.styles.scrollbar_size_vertical
        return _columns(width, self._digits, self._job_width.cells)


class _Frame(NamedTuple):
    """The rows of one frame by place, and what draws them."""

    painter: RowPainter
    order: Sort
    width: int
    rows: Mapping[int, tuple[DeliveryRow, RowState]]

    @property
    def heading(self) -> Strip:
        """The names of the columns."""
        return Strip(header_line(self.painter.layout, self.painter.styles, self.order, self.painter.glyphs))

    def line(self, place: int) -> Strip | None:
        """One delivery."""
        if place not in self.rows:
            return None
        row, state = self.rows[place]
        return Strip(self.painter.line(row, state, self.width))


@lru_cache(maxsize=4)
def _columns(width: int, digits: int, job_width: int) -> tuple[Column, ...]:
    """The same for every line of a frame."""
    return tuple(columns(width, digits, job_width))
