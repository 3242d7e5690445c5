"""The headers of one delivery, one a line; the value under the cursor is shown in full, enter copies it."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from webhook_tui.domain.delivery.delivery import Delivery
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.units import rfc3339
from webhook_tui.ui.format.delivery.headers import HeaderLine, header_lines, name_width
from webhook_tui.ui.messages import CopyRequested


class HeaderList(OptionList):
    """A list of headers with a cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", "Down", show=False, id="headers.down", tooltip="the next header"),
        Binding("k", "cursor_up", "Up", show=False, id="headers.up", tooltip="the previous header"),
        Binding("g", "first", "First", show=False, id="headers.first", tooltip="the first header"),
        Binding("G", "last", "Last", show=False, id="headers.last", tooltip="the last header"),
    ]
    DEFAULT_CSS = """
    HeaderList, HeaderList:focus {
        height: 1fr; width: 1fr; background: transparent; border: none; padding: 0; background-tint: $background 0%;
        scrollbar-size-vertical: 1; text-wrap: nowrap; text-overflow: clip;
        & > .option-list--option { padding: 0; }
        & > .option-list--option-disabled { color: $foreground; }
        & > .option-list--option-hover { background: transparent; }
        & > .option-list--option-highlighted {
            background: $row-cursor-blurred; color: $foreground; text-style: none;
        }
    }
    HeaderList:focus > .option-list--option-highlighted { background: $row-cursor; }
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, markup=False)
        self._headers: tuple[HeaderLine | None, ...] = ()
        self._received = ""
        self._whole: int | None = None

    def show(self, delivery: Delivery) -> None:
        """Show the headers of a delivery, the cursor on the first."""
        self._headers = header_lines(delivery.headers)
        client = f" from {delivery.client}" if delivery.client else ""
        self._received = visible(f"{delivery.method} at {rfc3339(delivery.received_at)}{client}")
        self._fill(0)

    def _fill(self, highlighted: int | None) -> None:
        self._whole = None
        self.clear_options()
        self.add_options([self._option(index) for index in range(len(self._headers))])
        self.add_options([Option(Content(" "), disabled=True)])
        self.add_options([Option(Content.assemble((self._received, "$muted")), disabled=True)])
        self.highlighted = highlighted if self._headers else None

    def _option(self, index: int) -> Option:
        line = self._headers[index]
        return Option(Content(" "), disabled=True) if line is None else Option(self._content(line, whole=False))

    def _content(self, line: HeaderLine, *, whole: bool) -> Content:
        width = max(10, self.scrollable_content_region.width)
        return line.content(name_width(self._headers, width), width, whole=whole)

    def watch_highlighted(self, highlighted: int | None) -> None:
        """Show only the value under the cursor in full."""
        for index, whole in ((self._whole, False), (highlighted, True)):
            if index is not None and index < len(self._headers) and (line := self._headers[index]) is not None:
                self.replace_option_prompt_at_index(index, self._content(line, whole=whole))
        self._whole = highlighted
        super().watch_highlighted(highlighted)

    def action_page_up(self) -> None:
        """Move up a page; nothing while there is no room for a line, where Textual raises KeyError."""
        if self.scrollable_content_region:
            super().action_page_up()  # type: ignore[no-untyped-call]  # Textual declares no types here

    def action_page_down(self) -> None:
        """Move down a page; nothing while there is no room for a line."""
        if self.scrollable_content_region:
            super().action_page_down()  # type: ignore[no-untyped-call]  # the same

    def on_resize(self) -> None:
        if self._headers:
            self._fill(self.highlighted)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Copy the value on enter, or a click on the line under the cursor."""
        event.stop()
        if event.option_index < len(self._headers) and (line := self._headers[event.option_index]) is not None:
            self.post_message(CopyRequested(line.value, line.name))
