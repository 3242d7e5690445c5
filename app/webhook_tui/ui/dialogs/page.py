"""A page over the whole screen, such as the comparison of two deliveries."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from webhook_tui.ui.dialogs.dialog import Dialog
from webhook_tui.ui.messages import CopyRequested
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
    ]
    DEFAULT_CSS = "PageDialog > #sheet { width: 100%; height: 100%; }"

    def __init__(self, title: str, text: Content, what: str) -> None:
        """`what` names the page in the toast."""
        self.TITLE_TEXT = title
        super().__init__()
        self._text = text
        self._what = what

    def body(self) -> ComposeResult:
        yield self.paragraph(self._text)

    def buttons(self) -> ComposeResult:
        yield KeyButton("Close", "esc", id="safe")
        yield KeyButton("Copy", "y", id="copy")

    def action_scroll(self, lines: int) -> None:
        """Scroll."""
        self.query_one("#sheet").scroll_relative(y=lines, animate=False)

    def action_copy(self) -> None:
        """Copy the page as text."""
        self.post_message(CopyRequested(self._text.plain, self._what))
