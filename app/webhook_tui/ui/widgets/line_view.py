"""The base of views with very many lines: keys and mouse move through them without animation.

Lines have places from 0. Heading lines above them do not scroll.
"""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar, ScrollBarRender, ScrollDown, ScrollTo, ScrollUp
from textual.widget import Widget

from webhook_tui.ui.widgets.looks import Looks, PartStyles

_WHEEL_LINES = 3


def movement_bindings(group: str, noun: str, *, last: str) -> list[Binding]:
    """Return the keys that move through lines, with ids `group.up` and so on; `last` describes the end key."""

    def binding(keys: str, action: str, name: str, words: str) -> Binding:
        return Binding(keys, action, words, show=False, id=f"{group}.{name}", tooltip=words)

    return [
        binding("up,k", "cursor_up", "up", f"Move to the previous {noun}"),
        binding("down,j", "cursor_down", "down", f"Move to the next {noun}"),
        binding("pageup,ctrl+u", "page_up", "page_up", "Move up a page"),
        binding("pagedown,ctrl+d", "page_down", "page_down", "Move down a page"),
        binding("home,g", "home", "home", f"Move to the first {noun}"),
        binding("end,G", "end", "end", last),
    ]


class LineView(ScrollView, can_focus=True, inherit_bindings=False):
    """A view of lines; subclasses define their number and how the cursor moves."""

    ALLOW_SELECT = False

    def __init__(self, looks: Looks, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 -- Textual's name
        super().__init__(id=id, classes=classes)
        self._styles = PartStyles(self, looks)
        self._own_style: Style | None = None

    def part(self, name: str) -> Style:
        """The style of a part, to be put over that of the view itself, whose name is ""."""
        if name:
            return self._styles.of(name)
        if self._own_style is None:
            self._own_style = self.rich_style
        return self._own_style

    def notify_style_update(self) -> None:
        """Compute the style of the view again for the next frame."""
        self._own_style = None
        super().notify_style_update()

    @property
    def places(self) -> int:
        """How many lines there are."""
        raise NotImplementedError

    @property
    def heading_lines(self) -> int:
        """Lines above the others that do not scroll."""
        return 0

    def move(self, delta: int) -> None:
        """Move the cursor by so many lines, as far as there are lines."""
        raise NotImplementedError

    def move_to_place(self, place: int) -> None:
        """Put the cursor on a line, the nearest one where there is none."""
        raise NotImplementedError

    def scroll_by_hand(self, top: int) -> None:
        """Scroll to `top` on behalf of the user; the cursor stays."""
        self.scroll_to_place(top)

    @property
    def view_size(self) -> Size:
        """Columns and lines without padding and scrollbars.

        `scrollable_content_region` returns the same, but queries the compositor: several calls for each line took an
        eighth of a frame.
        """
        return self.container_size - self.scrollbar_gutter.totals

    @property
    def page(self) -> int:
        """How many lines can be seen."""
        return max(0, self.view_size.height - self.heading_lines)

    @property
    def last_top(self) -> int:
        """The place of the first line on the screen when the last one can be seen."""
        return max(0, self.places - self.page)

    def scroll_to_place(self, top: int) -> None:
        """Let the line at `top` be the first on the screen, as far as possible."""
        wanted = min(max(top, 0), self.last_top)
        if wanted != self.scroll_offset.y:
            self.scroll_to(y=wanted, animate=False, force=True)

    def scroll_to_show(self, place: int) -> None:
        """Scroll as little as it takes to see a line."""
        if self.page > 0:
            self.scroll_to_place(max(min(self.scroll_offset.y, place), place - self.page + 1))

    def measure(self) -> None:
        """Set the scrollbar to the number of lines."""
        size = Size(self.view_size.width, self.places + self.heading_lines)
        if (size.height > self.container_size.height) is self.show_vertical_scrollbar:
            # Another `virtual_size` makes Textual lay out the whole screen: an eighth of the CPU in a flood. Only a
            # scrollbar that comes or goes changes where things stand.
            self.set_reactive(Widget.virtual_size, size)
            self._scroll_update(size)
        else:
            self.virtual_size = size

    def place_at(self, event: events.Click) -> int | None:
        """The place of the line that was clicked."""
        offset = event.get_content_offset(self)
        if offset is None or offset.y < self.heading_lines:
            return None
        place = self.scroll_offset.y + offset.y - self.heading_lines
        return place if place < self.places else None

    def repaint(self, place: int) -> None:
        """Draw one line again, if it can be seen."""
        self.refresh_line(place + self.heading_lines)

    # Keys

    def action_cursor_up(self) -> None:
        self.move(-1)

    def action_cursor_down(self) -> None:
        self.move(1)

    def action_page_up(self) -> None:
        self.move(-max(1, self.page))

    def action_page_down(self) -> None:
        self.move(max(1, self.page))

    def action_home(self) -> None:
        self.move_to_place(0)

    def action_end(self) -> None:
        self.move_to_place(self.places - 1)

    # Mouse

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop().prevent_default()
        self.scroll_by_hand(self.scroll_offset.y - _WHEEL_LINES)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop().prevent_default()
        self.scroll_by_hand(self.scroll_offset.y + _WHEEL_LINES)

    def on_scroll_to(self, message: ScrollTo) -> None:
        """Scroll to where the thumb is dragged."""
        message.stop().prevent_default()
        if message.y is not None:
            self.scroll_by_hand(round(message.y))

    def on_scroll_up(self, message: ScrollUp) -> None:
        """Scroll up by a page after a click above the thumb."""
        message.stop().prevent_default()
        self.scroll_by_hand(self.scroll_offset.y - self.page)

    def on_scroll_down(self, message: ScrollDown) -> None:
        """Scroll down by a page after a click below the thumb."""
        message.stop().prevent_default()
        self.scroll_by_hand(self.scroll_offset.y + self.page)


class PlainScrollBar(ScrollBarRender):
    """Draws the thumb in whole cells, since ASCII has no eighths of a cell."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "] * 8
    HORIZONTAL_BARS: ClassVar[list[str]] = [" "] * 8


def draw_plainly(bar: ScrollBar) -> None:
    """Draw a scrollbar without block elements."""
    bar.renderer = PlainScrollBar  # type: ignore[misc]  # Textual's documented way to change one bar alone
