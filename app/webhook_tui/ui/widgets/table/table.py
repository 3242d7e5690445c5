"""The virtual table: draws only the rows that can be seen, so that a million cost what a hundred cost.

The cursor stands on a row, not on a line: whatever is added or removed, it keeps its row. Nothing moves that the user
did not move, unless the last row is followed. What the rows are and what they look like is asked of the content.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Protocol

from rich.segment import Segment
from textual import events
from textual.binding import BindingsMap, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.ui.widgets.line_view import LineView, draw_plainly
from webhook_tui.ui.widgets.looks import Look, Looks

_HEADING_LINES = 1
LOOKS = Looks(
    usual={
        "header": Look("muted"),
        "cursor": Look(background="row-cursor-blurred"),
        "bar": Look("primary"),
        "muted": Look("muted"),
        "mark": Look("primary-text"),
        "attention": Look("warn", text_style="bold"),
        "bad": Look("bad", text_style="bold"),
        "link": Look("json-string"),
        "key": Look("json-key"),
        "separator": Look("line"),
        "match": Look("accent-text"),
        "new": Look("primary"),
        "empty": Look("muted"),
        Verdict.VALID.value: Look("valid"),
        Verdict.OLDER.value: Look("older"),
        Verdict.INVALID.value: Look("bad", "bad-bg", "bold"),
        Verdict.MALFORMED.value: Look("bad", "bad-bg", "bold"),
        Verdict.MISSING.value: Look("warn", "warn-bg", "bold"),
        Verdict.PENDING.value: Look("muted", text_style="italic"),
    },
    focused={"header": Look("primary", text_style="bold"), "cursor": Look(background="row-cursor")},
)
"""Of lists in dialogs."""
DELIVERY_LOOKS = LOOKS | Looks(
    usual={"bar": Look("muted"), "attention": Look("warning-text", text_style="bold")},
    focused={"header": Look("primary-text", text_style="bold"), "bar": Look("primary-text")},
    plain={
        Verdict.INVALID.value: Look("bad", "bad-bg", "bold reverse"),
        Verdict.MALFORMED.value: Look("bad", "bad-bg", "bold reverse"),
        Verdict.MISSING.value: Look("warn", "warn-bg", "bold reverse"),
        "match": Look("accent-text", text_style="underline"),
    },
)
"""Of the deliveries."""


class TableFrame(Protocol):
    """Draws the lines of one frame."""

    @property
    def heading(self) -> Strip:
        """The names of the columns."""

    def line(self, place: int) -> Strip | None:
        """One row; None: it is not there any more."""


class TableContent(Protocol):
    """What a table shows; it follows the newest row, and a click means no more than choosing one, unless it says so."""

    @property
    def bindings(self) -> Sequence[BindingType]:
        """The keys of the table."""

    @property
    def can_follow(self) -> bool:
        """Whether the last row is the newest one."""
        return True

    @property
    def indent(self) -> int:
        """Blanks before what stands in place of the rows when there are none."""

    def key(self, place: int) -> Hashable:
        """The identity of a row, however its content changes."""

    def find(self, key: Hashable) -> int | None:
        """The place where the row with that key is now."""

    def nearest(self, key: Hashable, place: int) -> int:
        """Where the cursor goes when its row is gone; it was at `place`."""

    def heading_at(self, _column: int, /) -> str | None:
        """The name by which rows are sorted after a click on the heading there."""
        return None

    def part_at(self, _place: int, _column: int, /) -> str | None:
        """The name of what a click there means besides choosing the row; None: nothing."""
        return None

    def visited(self, _key: Hashable, /) -> None:
        """The cursor stands on this row now."""
        return

    def frame(self) -> TableFrame:
        """What draws the next frame."""

    @property
    def failure(self) -> str:
        """Why the rows of that frame could not be read, which stands in their place; "": they could."""
        return ""


class Table(LineView):
    """Rows, one a line, under a heading that does not scroll."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    Table {
        height: 1fr; width: 1fr; background: $panel; color: $foreground;
        overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 1; scrollbar-gutter: stable;
    }
    Table.-deliveries { background: $background; scrollbar-gutter: auto; }
    .-small Table.-deliveries, .-stacked Table.-deliveries { scrollbar-gutter: stable; }
    """

    following: reactive[bool] = reactive(True, repaint=False)
    """Whether the cursor goes to each new last row by itself."""
    waits: reactive[bool] = reactive(False, repaint=False)
    """Whether following waits, because the row under the cursor is being read."""
    empty: reactive[str] = reactive("")
    """One line of our own words that stands where the rows would, when there are none."""

    class CursorMoved(Message):
        """Another row is under the cursor, by a key or (`by_itself`) by following the last one; None: there is none."""

        def __init__(self, key: Hashable | None, *, by_itself: bool) -> None:
            super().__init__()
            self.key = key
            self.by_itself = by_itself

    class RowOpened(Message):
        """Enter or a double click on a row."""

        def __init__(self, key: Hashable) -> None:
            super().__init__()
            self.key = key

    class PartClicked(Message):
        """A click on a part of a row that means more than choosing it; the cursor is on the row."""

        def __init__(self, part: str) -> None:
            super().__init__()
            self.part = part

    class HeadingClicked(Message):
        """The rows are to be sorted by the column of that name."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    class FollowChanged(Message):
        """Following began, waits or ended, or the number of rows below the cursor is another."""

        def __init__(self, following: bool, below: int) -> None:
            super().__init__()
            self.following = following
            self.below = below

    def __init__(
        self,
        content: TableContent,
        *,
        looks: Looks = LOOKS,
        in_ascii: bool = False,
        id: str | None = None,  # noqa: A002 -- Textual's name
        classes: str | None = None,
    ) -> None:
        super().__init__(looks, id=id, classes=classes)
        self._bindings = BindingsMap(content.bindings)  # Textual has no public way to give one widget its own keys
        self._content = content
        self._in_ascii = in_ascii
        self._count = 0
        self._cursor = 0
        self._cursor_key: Hashable | None = None
        self._is_unread = False
        """Whether the row under the cursor could not be read, so that its key is not known."""
        self._posted = (True, False, 0)
        self._is_following = False
        """While the cursor goes to the last row by itself."""
        self._frame: TableFrame | None = None

    @property
    def places(self) -> int:
        """How many rows there are."""
        return self._count

    @property
    def heading_lines(self) -> int:
        """The names of the columns."""
        return _HEADING_LINES

    @property
    def cursor(self) -> int:
        """The place of the cursor, from 0."""
        return self._cursor

    @property
    def cursor_key(self) -> Hashable | None:
        """The key of the row under the cursor; None while there is none."""
        return self._cursor_key

    @property
    def below(self) -> int:
        """How many rows are below the cursor."""
        return max(0, self._count - 1 - self._cursor)

    @property
    def follows_now(self) -> bool:
        """Whether the next new row gets the cursor."""
        return self.following and not self.waits

    def reload(self, count: int) -> None:
        """Show other rows; the cursor stays on its row or goes near it."""
        self.update(count)
        if not self._content.can_follow:
            self.following = False
        self._keep_in_view()
        self.refresh()

    def update(self, count: int) -> None:
        """Take in that there are so many rows now, and find the cursor's place in them; draws only what it moves."""
        top = self.scroll_offset.y  # as it was: Textual keeps it within the rows that are left
        if count != self._count:
            self._count = count
            self.measure()
        self._place_after_change(top)

    def follow(self) -> None:
        """Go to the last row and stay there."""
        self.move_to_place(self._count - 1)
        self.following = self._content.can_follow

    def move(self, delta: int) -> None:
        """Move the cursor by so many rows, as far as there are rows."""
        self.move_to_place(self._cursor + delta)

    def move_to_place(self, place: int) -> None:
        """Put the cursor on the row at `place`; on the last one this turns following on, elsewhere off."""
        if self._count == 0:
            return
        self._place(min(max(place, 0), self._count - 1))
        self.following = self._content.can_follow and self._cursor == self._count - 1
        self._post_follow()

    def action_open(self) -> None:
        if self._cursor_key is not None:
            self.post_message(self.RowOpened(self._cursor_key))

    def action_end(self) -> None:
        """Go to the last row and follow it, also when there is none yet."""
        self.follow()

    def on_click(self, event: events.Click) -> None:
        """A click selects, and posts the part that was hit; a double click opens; one on a heading asks to sort."""
        place = self.place_at(event)
        if place is None:
            self._click_heading(event)
            return
        event.stop()
        if event.chain == 1:
            part = self._content.part_at(place, event.get_content_offset_capture(self).x)
            self.move_to_place(place)
            if part is not None:
                self.post_message(self.PartClicked(part))
        elif event.chain == 2:
            self.action_open()

    def _click_heading(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None or offset.y >= _HEADING_LINES:
            return
        event.stop()
        if (name := self._content.heading_at(offset.x)) is not None:
            self.post_message(self.HeadingClicked(name))

    def scroll_by_hand(self, top: int) -> None:
        """Who scrolls away from the last row does not follow it; who comes back to it does."""
        self.scroll_to_place(top)
        at_end = self.scroll_offset.y >= self.last_top
        on_last = self._cursor == self._count - 1
        self.following = self._content.can_follow and (not self._count or (at_end and on_last))
        self._post_follow()

    def on_mount(self) -> None:
        """No eighths of a cell in ASCII."""
        if self._in_ascii:
            draw_plainly(self.vertical_scrollbar)

    def on_resize(self) -> None:
        """Keep the cursor in sight, at the end when following."""
        self.measure()
        self._keep_in_view()

    def watch_following(self) -> None:
        self._post_follow()

    def watch_waits(self) -> None:
        """Catch up when following goes on."""
        if self.follows_now:
            self._place_after_change(self.scroll_offset.y)
        self._post_follow()

    # Cursor

    def _place_after_change(self, top: int) -> None:
        """`top`: the place of the first row on the screen before the change."""
        if self._count == 0:
            self._is_unread = False
            self._set_cursor(0, None)
        elif self._is_unread and not self.follows_now:
            self._place(min(self._cursor, self._count - 1))
        elif self.follows_now or self._cursor_key is None:
            self._is_following = self._cursor_key is not None
            self._place(self._count - 1)
            self._is_following = False
        elif (place := self._content.find(self._cursor_key)) is None:
            self._place(self._content.nearest(self._cursor_key, self._cursor))
        else:
            self._stay_on(place, top)
        self._post_follow()

    def _stay_on(self, place: int, top: int) -> None:
        """The cursor's row has this place now: it keeps its line of the screen."""
        moved = place - self._cursor
        self._cursor = place
        self.scroll_to_place(top + moved)
        if moved:
            self.refresh()

    def _place(self, place: int) -> None:
        old = self._cursor
        self._cursor = place
        self._keep_in_view()
        key = self._content.key(place)
        self._is_unread = key is None
        self._set_cursor(place, key)
        if old != place:
            self.repaint(old)
        self.repaint(place)

    def _set_cursor(self, place: int, key: Hashable | None) -> None:
        self._cursor = place
        if key != self._cursor_key:
            self._cursor_key = key
            self._content.visited(key)
            self.post_message(self.CursorMoved(key, by_itself=self._is_following))

    def _keep_in_view(self) -> None:
        if self.follows_now and self.page > 0:
            self.scroll_to_place(self.last_top)
        self.scroll_to_show(self._cursor)

    def _post_follow(self) -> None:
        state = (self.following, self.waits, self.below)
        if state != self._posted:
            self._posted = state
            self.post_message(self.FollowChanged(self.following, self.below))

    # Drawing

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines in a region; what is the same for each of them is asked once: half a millisecond less a line.

        Strips kept from frame to frame, or made without Textual's cache of styles, gained nothing that could be
        measured: in a flood every line is another one.
        """
        self._frame = None
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """One line of the viewport; line 0 is the heading."""
        width, base = self.view_size.width, self.part("")
        if self._frame is None:
            self._frame = self._content.frame()
        if y < _HEADING_LINES:
            return self._frame.heading.adjust_cell_length(width, base + self.part("header"))
        place = self.scroll_offset.y + y - _HEADING_LINES
        failure = self._content.failure
        line = self._frame.line(place) if place < self._count and not failure else None
        if line is None:
            said = (failure or (self.empty if not self._count else "")).split("\n")
            at = y - _HEADING_LINES
            text = " " * self._content.indent + said[at] if at < len(said) and said[at] else ""
            return Strip([Segment(text, base + self.part("empty"))] if text else []).adjust_cell_length(width, base)
        return line.adjust_cell_length(width, base)
