"""A dialog with one field, a URL, and the one that asks where every delivery is forwarded to."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from webhook_tui.domain.text import visible
from webhook_tui.domain.url import UrlError, normalized_url
from webhook_tui.tui.modals.dialog import Answer, Dialog
from webhook_tui.tui.widgets.key_button import KeyButton

EXAMPLE = "http://127.0.0.1:3000/webhook"


class UrlDialog(Dialog[Answer]):
    """Has one field, a URL."""

    DEFAULT_CSS = """
    UrlDialog .entry { height: 1; width: 1fr; }
    UrlDialog .entry .name { width: 6; color: $muted; }
    UrlDialog Input, UrlDialog Input:focus {
        width: 1fr; height: 1; border: none; padding: 0 1; background: $background; color: $foreground;
    }
    UrlDialog #mistake { color: $bad; display: none; }
    """

    def field(self, url: str, label: str = "to") -> ComposeResult:
        """The field, and what was wrong with it; a URL that is there is selected, so that typing replaces it."""
        with Horizontal(classes="entry"):
            yield Static(Content(label), classes="name")
            yield Input(url, placeholder=EXAMPLE, id="url", select_on_focus=True)
        yield self.paragraph("", id="mistake")

    def url(self) -> str | None:
        """The URL; None, and the mistake is shown, when it is none."""
        try:
            return normalized_url(self.query_one("#url", Input).value)
        except UrlError as error:
            mistake = self.query_one("#mistake", Static)
            text = visible(str(error))
            mistake.update(Content(f"{text[:1].upper()}{text[1:]}."))
            mistake.display = True
            self.query_one("#url", Input).focus()
            return None


class ForwardDialog(UrlDialog[str]):
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
        yield from self.field(self._url)

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
        if (url := self.url()) is not None:
            self.dismiss(url)

    def action_stop(self) -> None:
        """Forward no more."""
        if self._is_on:
            self.dismiss("")
