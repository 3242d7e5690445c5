"""Asks where deliveries are forwarded to."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from webhook_tui.ui.dialogs.dialog import Dialog
from webhook_tui.ui.dialogs.fields import UrlField
from webhook_tui.ui.widgets.keys.key_button import KeyButton


class ForwardDialog(Dialog[str]):
    """Returns a URL, or "" to stop forwarding."""

    AUTO_FOCUS = "#url"
    TITLE_TEXT = "Forward every delivery"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+n", "stop", "Stop", show=False, id="forward.stop", tooltip="stop forwarding"),
    ]

    def __init__(self, url: str, *, is_on: bool) -> None:
        super().__init__()
        self._url = url
        self._is_on = is_on

    def body(self) -> ComposeResult:
        yield self.paragraph(
            "Each delivery goes to your app byte for byte as soon as it is stored, and PiktID gets your app's answer. "
            "While your app does not answer, that is 502."
        )
        yield self.paragraph("")
        yield UrlField(self._url)

    def buttons(self) -> ComposeResult:
        yield KeyButton("Forward", "enter", id="forward")
        if self._is_on:
            yield KeyButton("Stop", "ctrl+n", id="stop")
        yield KeyButton("Cancel", "esc", id="safe")

    def action_forward(self) -> None:
        if (url := self.query_one(UrlField).url()) is not None:
            self.dismiss(url)

    def action_stop(self) -> None:
        if self._is_on:
            self.dismiss("")
