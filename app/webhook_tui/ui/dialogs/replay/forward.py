"""Asks where deliveries are forwarded to."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from webhook_tui.ui.dialogs.dialog import Dialog
from webhook_tui.ui.dialogs.fields import UrlField
from webhook_tui.ui.widgets.keys.key_button import KeyButton


class ForwardDialog(Dialog[str]):
    """The answer is a URL, or "" for: no more."""

    AUTO_FOCUS = "#url"
    TITLE_TEXT = "Forward every delivery"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+n", "stop", "Stop", show=False, id="forward.stop", tooltip="forward no more"),
    ]

    def __init__(self, url: str, *, is_on: bool) -> None:
        super().__init__()
        self._url = url
        self._is_on = is_on

    def words(self) -> ComposeResult:
        """What it does."""
        yield self.paragraph(
            "Each delivery goes to your app byte for byte as soon as it is stored, and PiktID gets your app's answer. "
            "While your app does not answer, that is 502."
        )
        yield self.paragraph("")
        yield UrlField(self._url)

    def buttons(self) -> ComposeResult:
        """Forward, no more, cancel."""
        yield KeyButton("Forward", "enter", id="forward")
        if self._is_on:
            yield KeyButton("No more", "ctrl+n", id="stop")
        yield KeyButton("Cancel", "esc", id="safe")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """As the first button."""
        event.stop()
        self.action_forward()

    def action_forward(self) -> None:
        """Forward there."""
        if (url := self.query_one(UrlField).url()) is not None:
            self.dismiss(url)

    def action_stop(self) -> None:
        """Forward no more."""
        if self._is_on:
            self.dismiss("")
