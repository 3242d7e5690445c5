"""A page over the whole screen, such as the comparison of two deliveries; several texts are shown in tabs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from webhook_tui.ui.dialogs.dialog import Dialog
from webhook_tui.ui.messages import CopyRequested
from webhook_tui.ui.widgets.detail.tab_strip import TabStrip
from webhook_tui.ui.widgets.keys.key_button import KeyButton


class PageDialog(Dialog[None]):
    """Shows a title and a text that scrolls; y copies it."""

    AUTO_FOCUS = "#sheet"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "scroll(1)", "Down", show=False, id="dialog.down", tooltip="scroll down"),
        Binding("k,up", "scroll(-1)", "Up", show=False, id="dialog.up", tooltip="scroll up"),
        Binding("pagedown,ctrl+d,space", "scroll(15)", "Page down", show=False, id="dialog.page_down", tooltip="down"),
        Binding("pageup,ctrl+u", "scroll(-15)", "Page up", show=False, id="dialog.page_up", tooltip="up"),
        Binding("y", "copy", "Copy", show=False, id="dialog.copy", tooltip="copy the page"),
        Binding("left_square_bracket", "tab(-1)", "Tab", show=False, id="dialog.previous_tab", tooltip="previous tab"),
        Binding("right_square_bracket", "tab(1)", "Tab", show=False, id="dialog.next_tab", tooltip="next tab"),
    ]
    DEFAULT_CSS = """
    PageDialog TabStrip { height: 2; margin: 0 0 1 0; }
    """

    def __init__(
        self, title: str, text: Content | Mapping[str, Content], what: str, way: tuple[str, ...] = ("Deliveries",)
    ) -> None:
        """`text`: one, or several by the names of their tabs. `what` names the page in the toast. `way`: see WAY."""
        self.TITLE_TEXT, self.WAY = title, way
        super().__init__()
        self._texts = {"": text} if isinstance(text, Content) else dict(text)
        self._tab = next(iter(self._texts))
        self._what = what

    def body(self) -> ComposeResult:
        if len(self._texts) > 1:
            yield TabStrip(tuple(self._texts))
        yield self.paragraph(self._texts[self._tab], id="text")

    def buttons(self) -> ComposeResult:
        yield KeyButton("Close", "esc", id="safe")
        yield KeyButton("Copy", "y", id="copy")

    def action_scroll(self, lines: int) -> None:
        self.query_one("#sheet").scroll_relative(y=lines, animate=False)

    def action_tab(self, by: int) -> None:
        """Show the next tab, or (-1) the previous one."""
        names = list(self._texts)
        self._show(names[(names.index(self._tab) + by) % len(names)])

    def on_tab_strip_picked(self, event: TabStrip.Picked) -> None:
        event.stop()
        self._show(event.name)

    def _show(self, tab: str) -> None:
        self._tab = tab
        for strip in self.query(TabStrip):
            strip.show(tuple(self._texts), tab)
        self.query_one("#text", Static).update(self._texts[tab])
        self.query_one("#sheet").scroll_home(animate=False)

    def action_copy(self) -> None:
        self.post_message(CopyRequested(self._texts[self._tab].plain, self._what))
