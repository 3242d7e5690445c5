"""A scrolling page of text that depends on its width."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static


class ProseView(VerticalScroll):
    """Shows the text that a function returns for a width."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", "Down", show=False, id="prose.down", tooltip="scroll down"),
        Binding("k", "scroll_up", "Up", show=False, id="prose.up", tooltip="scroll up"),
        Binding("g", "scroll_home", "Top", show=False, id="prose.top", tooltip="to the top"),
        Binding("G", "scroll_end", "End", show=False, id="prose.end", tooltip="to the end"),
        Binding("ctrl+d", "page_down", "Page down", show=False, id="prose.page_down", tooltip="a page down"),
        Binding("ctrl+u", "page_up", "Page up", show=False, id="prose.page_up", tooltip="a page up"),
    ]
    DEFAULT_CSS = """
    ProseView { height: 1fr; width: 1fr; scrollbar-size-vertical: 1; }
    ProseView > Static { height: auto; width: 1fr; }
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._make: Callable[[int], Content] = lambda _width: Content.empty()
        self.plain = ""

    def compose(self) -> ComposeResult:
        yield Static(markup=False)

    def show(self, make: Callable[[int], Content], *, from_top: bool) -> None:
        """Show another text; `from_top`: scroll to its beginning."""
        self._make = make
        self._fill()
        if from_top:
            self.scroll_home(animate=False)

    def _fill(self) -> None:
        text = self._make(max(1, self.scrollable_content_region.width))
        if text.plain != self.plain:
            self.plain = text.plain
        self.query_one(Static).update(text)

    def on_resize(self) -> None:
        self._fill()
