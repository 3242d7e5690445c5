"""The Raw tab's body: draws only the lines that are on the screen, so that a megabyte costs what a page costs."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from webhook_tui.domain.delivery import Delivery
from webhook_tui.tui.words.raw import RawLines, raw_lines


class RawView(ScrollView, can_focus=True):
    """One request as it came."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", "Down", show=False, id="raw.down", tooltip="scroll down"),
        Binding("k", "scroll_up", "Up", show=False, id="raw.up", tooltip="scroll up"),
        Binding("g", "scroll_home", "Top", show=False, id="raw.top", tooltip="to the top"),
        Binding("G", "scroll_end", "End", show=False, id="raw.end", tooltip="to the end"),
        Binding("ctrl+d", "page_down", "Page down", show=False, id="raw.page_down", tooltip="a page down"),
        Binding("ctrl+u", "page_up", "Page up", show=False, id="raw.page_up", tooltip="a page up"),
    ]
    DEFAULT_CSS = """
    RawView { height: 1fr; width: 1fr; scrollbar-size-vertical: 1; scrollbar-size-horizontal: 0; }
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._delivery: Delivery | None = None
        self._lines: RawLines | None = None

    def show(self, delivery: Delivery) -> None:
        """Show another request, from its first line."""
        if delivery is not self._delivery:
            self._delivery = delivery
            self._measure()
            self.scroll_to(0, 0, animate=False)

    def _measure(self) -> None:
        width = self.scrollable_content_region.width
        if self._delivery is None or width <= 0:
            return
        self._lines = raw_lines(self._delivery, width)
        longest = max((len(line) for line in (*self._lines.head, *(self._lines.text or ()))), default=0)
        self.virtual_size = Size(max(width, longest), len(self._lines))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Line `y` of the viewport."""
        size = self.scrollable_content_region.size
        left, top = self.scroll_offset
        text = self._lines.line(top + y) if self._lines is not None else ""
        strip = Strip([Segment(text)]).crop(left, left + size.width)
        return strip.extend_cell_length(size.width).apply_style(self.rich_style)

    def on_resize(self) -> None:
        """Hex lines depend on the width."""
        self._measure()

    def summary(self) -> Content:
        """What the last line of the detail says of it."""
        if self._delivery is None or self._lines is None:
            return Content.empty()
        kind = "text" if self._lines.text is not None else "not text: hex"
        return Content.assemble(
            (f"{len(self._lines.head) - 2} headers, {len(self._delivery.body)} B, {kind}", "$muted")
        )
