"""The table of deliveries: draws only the rows that can be seen, so that a million cost what a hundred cost.

The cursor stands on a delivery, not on a line: whatever is recorded or filtered, it keeps its number. Nothing moves
that the user did not move, unless the newest is followed.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import ClassVar, NamedTuple

from msgspec.structs import replace
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from webhook_tui.domain.delivery.delivery import DeliveryRow
from webhook_tui.domain.delivery.rows import DeliveryRows, Sort, SortColumn
from webhook_tui.domain.forwarding.forward_result import ForwardOrigin, ForwardResult
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.ui.frame_budget import FrameBudget
from webhook_tui.ui.symbols import Symbols, glyphs
from webhook_tui.ui.widgets.columns import Column, column_at, columns
from webhook_tui.ui.widgets.line_view import LineView, draw_plainly, movement_bindings
from webhook_tui.ui.widgets.row_highlights import FADE_SECONDS, STILL_SECONDS, RowHighlights
from webhook_tui.ui.widgets.table_paint import RowPainter, RowState, TableStyles, header_line

_HEADER_LINES = 1
_COMPONENT = "delivery-table--"
_MOST_REPLAYS = 10_000
"""Rows that say that they were replayed; the oldest replays are forgotten first."""


class DeliveryTable(LineView):
    """Deliveries, oldest first, one a line, under a heading that does not scroll."""

    COMPONENT = _COMPONENT
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"{_COMPONENT}{part}"
        for part in (
            *("header", "cursor", "bar", "muted", "mark", "attention", "separator", "new", "empty"),
            *(verdict.value for verdict in Verdict),
        )
    }

    BINDING_GROUP_TITLE = "Deliveries"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Detail", key_display="enter", id="table.open", tooltip="Go into the detail"),
        *movement_bindings("table", "delivery", last="Move to the newest delivery and follow it"),
    ]

    SCOPED_CSS = False
    DEFAULT_CSS = """
    DeliveryTable {
        background: $background;
        color: $foreground;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;

        & > .delivery-table--header { color: $muted; }
        &:focus > .delivery-table--header { color: $primary-text; text-style: bold; }
        & > .delivery-table--cursor { background: $row-cursor-blurred; }
        &:focus > .delivery-table--cursor { background: $row-cursor; }
        & > .delivery-table--bar { color: $muted; }
        &:focus > .delivery-table--bar { color: $primary-text; }
        & > .delivery-table--muted { color: $muted; }
        & > .delivery-table--mark { color: $primary-text; }
        & > .delivery-table--attention { color: $warning-text; text-style: bold; }
        & > .delivery-table--separator { color: $line; }
        & > .delivery-table--new { color: $primary; }
        & > .delivery-table--empty { color: $muted; }
        & > .delivery-table--valid { color: $valid; }
        & > .delivery-table--older { color: $older; }
        & > .delivery-table--invalid { color: $bad; background: $bad-bg; text-style: bold; }
        & > .delivery-table--malformed { color: $bad; background: $bad-bg; text-style: bold; }
        & > .delivery-table--missing { color: $warn; background: $warn-bg; text-style: bold; }
        & > .delivery-table--pending { color: $muted; text-style: italic; }

        &:ansi, &:nocolor {
            & > .delivery-table--invalid { text-style: bold reverse; }
            & > .delivery-table--malformed { text-style: bold reverse; }
            & > .delivery-table--missing { text-style: bold reverse; }
        }
    }
    .-small DeliveryTable, .-stacked DeliveryTable { scrollbar-gutter: stable; }
    """

    following: reactive[bool] = reactive(True, repaint=False)
    """Whether the cursor goes to each new row by itself."""
    waits: reactive[bool] = reactive(False, repaint=False)
    """Whether following waits, because the delivery under the cursor is being read."""
    empty: reactive[str] = reactive("")
    """One line in words of ours that stands where the rows would, when there are none."""

    class CursorMoved(Message):
        """The row under the cursor is another one, by a key or (`by_itself`) by following the newest."""

        def __init__(self, table: DeliveryTable, seq: int | None, *, by_itself: bool) -> None:
            super().__init__()
            self.table = table
            self.seq = seq
            self.by_itself = by_itself

        @property
        def control(self) -> DeliveryTable:
            """The table, for the selector of `on`."""
            return self.table

    class RowOpened(Message):
        """Enter or a double click on a row."""

        def __init__(self, table: DeliveryTable, seq: int) -> None:
            super().__init__()
            self.table = table
            self.seq = seq

        @property
        def control(self) -> DeliveryTable:
            """The table, for the selector of `on`."""
            return self.table

    class HeadingClicked(Message):
        """The rows are to be sorted by a column."""

        def __init__(self, column: SortColumn) -> None:
            super().__init__()
            self.column = column

    class FollowChanged(Message):
        """Following began, waits or ended, or the number of rows below the cursor is another."""

        def __init__(self, table: DeliveryTable, following: bool, waits: bool, below: int) -> None:
            super().__init__()
            self.table = table
            self.following = following
            self.waits = waits
            self.below = below

        @property
        def control(self) -> DeliveryTable:
            """The table, for the selector of `on`."""
            return self.table

    def __init__(
        self,
        *,
        now: Callable[[], datetime] | None = None,
        frames: FrameBudget | None = None,
        ascii: bool = False,  # noqa: A002 - the name of the option
        id: str | None = None,  # noqa: A002 - Textual's own name for it
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.now: Callable[[], datetime] = now or _local_now
        self._frames = frames or FrameBudget(self)
        self.ascii = ascii
        self.rows: DeliveryRows | None = None
        self.order = Sort()
        """How `rows` are sorted; the newest can be followed only in the order of arrival."""
        self._newest_seq = 0
        self._count = 0
        self._digits = 1
        self._cursor = 0
        self._cursor_seq: int | None = None
        self._window_start = 0
        self._window: Sequence[DeliveryRow] = ()
        self._drawn_on = self.now().date()
        self._told = (True, False, 0)
        self._fades = RowHighlights()
        self._is_following = False
        """While the cursor goes to the newest by itself."""
        self._frame: _Frame | None = None
        self._replays: OrderedDict[int, ForwardResult] = OrderedDict()
        self._styles: TableStyles | None = None

    @property
    def places(self) -> int:
        """How many rows there are."""
        return self._count

    @property
    def heading_lines(self) -> int:
        """The names of the columns."""
        return _HEADER_LINES

    # What others call

    @property
    def cursor_seq(self) -> int | None:
        """Number of the delivery under the cursor; None while there is none."""
        return self._cursor_seq

    @property
    def below(self) -> int:
        """How many rows are below the cursor."""
        return max(0, self._count - 1 - self._cursor)

    @property
    def follows_now(self) -> bool:
        """Whether the next new row gets the cursor."""
        return self.following and not self.waits

    def show_rows(self, rows: DeliveryRows) -> None:
        """Show other rows (a history that was opened, a filter); the cursor stays on its delivery or goes near it."""
        self.rows = rows
        self._fades.clear()
        self._take(rows.refresh())
        if not self._is_by_arrival:
            self.following = False
        self._place_after_change()
        self._keep_in_view()
        self.refresh()

    def refresh_rows(self) -> None:
        """Take in what was recorded or changed since; redraws only those visible lines that are others now."""
        if self.rows is None:
            return
        before, top = self._visible(), self.scroll_offset.y
        count, newest = self._count, self._newest_seq
        self._take(self.rows.refresh())
        self._place_after_change()
        self._glow_after(newest, self._count - count)
        today = self.now().date()
        if top != self.scroll_offset.y or today != self._drawn_on:
            self._drawn_on = today
            self.refresh()
            return
        after = self._visible()
        for position in before.keys() | after.keys():
            if before.get(position) != after.get(position):
                self.repaint(position)

    def mark_changed(self, seqs: Iterable[int]) -> None:
        """Let the verdicts of these deliveries fade in; the new ones themselves come with `refresh_rows`."""
        self._fades.changed(seqs, self.now())
        self._repaint_seqs(self._fades.showing())
        self._wake()

    def follow(self) -> None:
        """Go to the newest delivery and stay there."""
        self.move_to(self._count - 1)
        self.following = self._is_by_arrival

    def move(self, delta: int) -> None:
        """Move the cursor by so many rows, as far as there are rows."""
        self.move_to(self._cursor + delta)

    def move_to(self, position: int) -> None:
        """Put the cursor on the row at `position`; on the last one this turns following on, elsewhere off."""
        if self._count == 0:
            return
        self._place(min(max(position, 0), self._count - 1))
        self.following = self._is_by_arrival and self._cursor == self._count - 1
        self._tell_follow()

    def move_to_place(self, place: int) -> None:
        """The same as `move_to`."""
        self.move_to(place)

    # Actions

    def action_open(self) -> None:
        """Tell that the row under the cursor is wanted in full."""
        if self._cursor_seq is not None:
            self.post_message(self.RowOpened(self, self._cursor_seq))

    def action_end(self) -> None:
        """To the newest, also when there is none yet, and follow."""
        self.follow()

    # Mouse

    def on_click(self, event: events.Click) -> None:
        """A click selects, a double click opens; one on a heading asks to sort by it."""
        place = self.place_at(event)
        if place is None:
            self._click_heading(event)
            return
        event.stop()
        if event.chain == 1:
            self.move_to(place)
        elif event.chain == 2:
            self.action_open()

    def _click_heading(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None or offset.y >= _HEADER_LINES:
            return
        event.stop()
        name = column_at(self._layout, offset.x)
        wanted = "number" if name == "time" else name  # the order of arrival is that of time
        for column in SortColumn:
            if column.value == wanted:
                self.post_message(self.HeadingClicked(column))

    def scroll_by_hand(self, top: int) -> None:
        """Who scrolls away from the newest does not follow it; who comes back to it does."""
        self.scroll_to_place(top)
        at_end = self.scroll_offset.y >= self.last_top
        on_last = self._cursor == self._count - 1
        self.following = self._is_by_arrival and (not self._count or (at_end and on_last))
        self._tell_follow()

    # Life

    def on_mount(self) -> None:
        """The scrollbar's signs are the terminal's."""
        if self.ascii:
            draw_plainly(self.vertical_scrollbar)

    def on_resize(self) -> None:
        """Keep the cursor in sight, at the end when following."""
        self.measure()
        self._keep_in_view()

    def notify_style_update(self) -> None:
        """Colours or focus changed: the next frame asks for its styles anew."""
        self._styles = None
        super().notify_style_update()

    def watch_following(self) -> None:
        """Tell the screen."""
        self._tell_follow()

    def watch_waits(self) -> None:
        """Catch up when following goes on."""
        if self.follows_now:
            self._place_after_change()
        self._tell_follow()

    # Rows

    def _take(self, count: int) -> None:
        if count != self._count:
            self._count = count
            self.measure()
        self._window = ()
        last = self._row_at(count - 1) if count else None
        first = self._row_at(0) if count and not self._is_by_arrival else last
        self._newest_seq = max((row.seq for row in (first, last) if row is not None), default=0)
        digits = len(str(self._newest_seq)) if self.order.column is SortColumn.NUMBER else self._digits
        if digits != self._digits:
            self._digits = digits
            self.refresh()

    def _row_at(self, position: int) -> DeliveryRow | None:
        """A row, out of the frame's window when it is in sight, else asked for alone."""
        if self.rows is None or not 0 <= position < self._count:
            return None
        top, page = self.scroll_offset.y, self.page
        if top <= position <= top + page:
            window = self._read_window(top, page)
            return window[position - top] if position - top < len(window) else None
        alone = self.rows.window(position, 1)
        return alone[0] if alone else None

    def _read_window(self, top: int, page: int) -> Sequence[DeliveryRow]:
        """The rows of a frame, and the one below them; read once while nothing changes."""
        if self.rows is not None and (
            self._window_start != top or len(self._window) < min(page + 1, self._count - top)
        ):
            self._window_start = top
            self._window = self.rows.window(top, page + 1)
        return self._window

    def _visible(self) -> dict[int, tuple[DeliveryRow, bool]]:
        """What is on the screen: position, row, whether it ends a run."""
        top, page = self.scroll_offset.y, self.page
        window = self._read_window(top, page)
        by_number = self.order.column is SortColumn.NUMBER
        runs = (
            [*(row.run for row in window[1:]), window[-1].run] if window and by_number else [row.run for row in window]
        )
        return {
            top + index: (row, row.run != following)
            for index, (row, following) in enumerate(zip(window, runs, strict=True))
            if index < min(page, self._count - top)
        }

    @property
    def _is_by_arrival(self) -> bool:
        return self.order == Sort()

    # Cursor

    def _place_after_change(self) -> None:
        """Find the cursor's place in rows that are others than before."""
        if self.rows is None or self._count == 0:
            self._set_cursor(0, None)
            self._tell_follow()
            return
        if self.follows_now or self._cursor_seq is None:
            self._is_following = self._cursor_seq is not None
            self._place(self._count - 1)
            self._is_following = False
        else:
            position = self.rows.position(self._cursor_seq)
            if position is None:
                self._place(self._nearest(self.rows, self._cursor_seq))
            else:
                self._stay_on(position)
        self._tell_follow()

    def _stay_on(self, position: int) -> None:
        """The cursor's delivery has this place now: it keeps its line of the screen."""
        moved = position - self._cursor
        self._cursor = position
        self.scroll_to_place(self.scroll_offset.y + moved)
        if moved:
            self.refresh()

    def _nearest(self, rows: DeliveryRows, seq: int) -> int:
        """The place where `seq` would stand, as numbers rise with the position; sorted otherwise, where it stood."""
        if not self._is_by_arrival:
            return min(self._cursor, self._count - 1)
        low, high = 0, self._count - 1
        while low < high:
            middle = (low + high) // 2
            found = rows.window(middle, 1)
            if found and found[0].seq < seq:
                low = middle + 1
            else:
                high = middle
        return low

    def _place(self, position: int) -> None:
        old = self._cursor
        self._cursor = position
        self._keep_in_view()
        row = self._row_at(position)
        self._set_cursor(position, row.seq if row else None)
        if old != position:
            self.repaint(old)
        self.repaint(position)

    def _set_cursor(self, position: int, seq: int | None) -> None:
        self._cursor = position
        if seq == self._cursor_seq:
            return
        self._cursor_seq = seq
        if self._fades.showing() and self._still:
            self._fades.visited(seq)
        self.post_message(self.CursorMoved(self, seq, by_itself=self._is_following))

    def _keep_in_view(self) -> None:
        if self.follows_now and self.page > 0:
            self.scroll_to_place(self.last_top)
        self.scroll_to_show(self._cursor)

    def _tell_follow(self) -> None:
        state = (self.following, self.waits, self.below)
        if state != self._told:
            self._told = state
            self.post_message(self.FollowChanged(self, *state))

    # Fades

    @property
    def _still(self) -> bool:
        """Nothing may move, or there are no colours to mix."""
        return self.app.animation_level == "none" or self.app.native_ansi_color or self.app.no_color

    @property
    def _fade_seconds(self) -> float:
        return STILL_SECONDS if self._still else FADE_SECONDS

    def _glow_after(self, newest: int, arrived: int) -> None:
        """Of rows in the order of arrival, `arrived` more than before, those after number `newest` are new."""
        if arrived <= 0 or not self.page or not self._is_by_arrival:
            return
        seen = [row.seq for row, _ in self._visible().values() if row.seq > newest]
        self._fades.arrived(seen, arrived, self.now(), self.page)
        if self._still:
            self._fades.visited(self._cursor_seq)
        self._wake()

    def _wake(self) -> None:
        # No timer of its own: that would draw rows between two frames, a quarter of the CPU in a flood.
        if self._fades.showing():
            self._frames.request(self._fade_step)

    def _fade_step(self) -> None:
        over = self._fades.expire(self.now(), self._fade_seconds)
        self._repaint_seqs(over if self._still else over | self._fades.showing())
        self._wake()

    def _repaint_seqs(self, seqs: set[int]) -> None:
        if not seqs:
            return
        for position, (row, _) in self._visible().items():
            if row.seq in seqs:
                self.repaint(position)

    def add_forward_results(self, results: Sequence[ForwardResult]) -> None:
        """Deliveries were replayed: their rows say so for as long as the program runs."""
        replays = [sent for sent in results if sent.origin is ForwardOrigin.REPLAYED]
        for sent in replays:
            self._replays[sent.seq] = replace(sent, headers=(), body=b"")
            self._replays.move_to_end(sent.seq)
            if len(self._replays) > _MOST_REPLAYS:
                self._replays.popitem(last=False)
        self._repaint_seqs({sent.seq for sent in replays})

    # Painting

    @property
    def _layout(self) -> tuple[Column, ...]:
        """Columns by the table's own width: a scrollbar that comes or goes moves none of them."""
        width = self.view_size.width
        if self.show_vertical_scrollbar and self.styles.scrollbar_gutter != "stable":
            width += self.styles.scrollbar_size_vertical
        return _columns(width, self._digits)

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines in a region; what is the same for each of them is asked once: half a millisecond less a line.

        Strips kept from frame to frame, or made without Textual's cache of styles, gained nothing that could be
        measured: in a flood every line is another one.
        """
        self._frame = None
        return super().render_lines(crop)

    def _this_frame(self) -> _Frame:
        if self._frame is None:
            layout = self._layout
            names = frozenset(column.name for column in layout)
            signs = glyphs(plain=self.ascii)
            painter = RowPainter(layout, names, self._frame_styles(), signs, self.now())
            self._frame = _Frame(painter, signs, self.view_size.width, self._still, self._fade_seconds, self._visible())
        return self._frame

    def render_line(self, y: int) -> Strip:
        """One line of the viewport; line 0 is the heading."""
        frame = self._this_frame()
        line, blank = self._segments(y, frame)
        return Strip(line).adjust_cell_length(frame.width, blank)

    def _segments(self, y: int, frame: _Frame) -> tuple[list[Segment], Style]:
        styles = frame.painter.styles
        if y < _HEADER_LINES:
            return header_line(frame.painter.layout, styles, self.order, frame.glyphs), styles.base + styles.header
        position = self.scroll_offset.y + y - _HEADER_LINES
        if position not in frame.rows:
            if self._count == 0 and y == _HEADER_LINES and self.empty:
                return [Segment(f" {self.empty}", styles.base + self.part("empty"))], styles.base
            return [], styles.base
        row, ends_run = frame.rows[position]
        state = RowState(
            has_cursor=position == self._cursor,
            ends_run=ends_run,
            newness=self._fades.newness(row.seq, frame.painter.now, frame.fade_seconds),
            change=self._fades.change(row.seq, frame.painter.now, frame.fade_seconds),
            sent=self._replays.get(row.seq),
            still=frame.still,
        )
        return frame.painter.line(row, state, frame.width), styles.base

    def _frame_styles(self) -> TableStyles:
        if self._styles is None:
            part = self.part
            self._styles = TableStyles(
                base=self.rich_style,
                header=part("header"),
                cursor=part("cursor"),
                bar=part("bar"),
                muted=part("muted"),
                mark=part("mark"),
                attention=part("attention"),
                separator=part("separator"),
                new=part("new"),
                verdicts={verdict: part(verdict.value) for verdict in Verdict},
            )
        return self._styles


class _Frame(NamedTuple):
    """What all lines of one frame have in common."""

    painter: RowPainter
    glyphs: Symbols
    width: int
    still: bool
    fade_seconds: float
    rows: Mapping[int, tuple[DeliveryRow, bool]]
    """By position: each row, and whether it ends a run."""


@lru_cache(maxsize=4)
def _columns(width: int, digits: int) -> tuple[Column, ...]:
    """The same for every line of a frame."""
    return tuple(columns(width, digits))


def _local_now() -> datetime:
    return datetime.now().astimezone()
