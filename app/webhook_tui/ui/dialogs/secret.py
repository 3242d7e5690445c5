"""The signing secret (masked until asked), and the prompt that adds one to the ring."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.ui.dialogs.dialog import Dialog
from webhook_tui.ui.format.signature import moment
from webhook_tui.ui.messages import CopyRequested
from webhook_tui.ui.widgets.key_button import KeyButton


class SecretDialog(Dialog[None]):
    """Shows the current secret as dots; r reveals it, c copies it."""

    TITLE_TEXT = "The signing secret"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "reveal", "Reveal", show=False, id="secret.reveal", tooltip="show or hide it"),
        Binding("c", "copy", "Copy", show=False, id="secret.copy", tooltip="copy it"),
    ]

    def __init__(self, secret: Secret | None, since: datetime | None, *, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._secret = secret
        self._since = since
        self._now = now
        self._revealed = False

    def words(self) -> ComposeResult:
        """The secret and what it is for."""
        if self._secret is None:
            yield self.paragraph("No secret is known: PiktID gives one when a webhook is registered.")
            yield self.paragraph("u registers and gets one; p adds the one that you have.")
            return
        yield self.paragraph(self._line(), id="secret")
        yield self.paragraph("")
        yield self.paragraph(
            "PiktID says it only when a webhook is registered, and signs every delivery with it. A server that "
            "verifies deliveries uses its characters as they are."
        )

    def buttons(self) -> ComposeResult:
        """Close, reveal, copy."""
        yield KeyButton("Close", "esc", id="safe")
        if self._secret is not None:
            yield KeyButton("Reveal", "r", id="reveal")
            yield KeyButton("Copy", "c", id="copy")

    def action_reveal(self) -> None:
        """Show it, or hide it again."""
        if self._secret is not None:
            self._revealed = not self._revealed
            self.query_one("#secret", Static).update(self._line())

    def action_copy(self) -> None:
        """Copy it."""
        if self._secret is not None:
            self.post_message(CopyRequested(self._secret.reveal(), "the signing secret"))

    def _line(self) -> Content:
        label = "secret" if self._since is None else f"secret of {moment(self._since, self._now())}"
        if self._secret is None:
            return Content.empty()
        shown = visible(self._secret.reveal()) if self._revealed else self._secret.masked()
        return Content.assemble((f"{label}   ", "$muted"), (shown, "$json-string"))


class AddSecretDialog(Dialog[Secret]):
    """Asks for a secret, masked."""

    AUTO_FOCUS = "#secret"
    TITLE_TEXT = "Add a secret"
    DEFAULT_CSS = """
    AddSecretDialog #entry { height: 1; width: 1fr; }
    AddSecretDialog #entry Static { width: 12; color: $muted; }
    AddSecretDialog #mistake { color: $bad; display: none; }
    AddSecretDialog Input, AddSecretDialog Input:focus {
        width: 1fr; height: 1; border: none; padding: 0 1; background: $background; color: $foreground;
    }
    """

    def words(self) -> ComposeResult:
        """What it does, and the one field."""
        yield self.paragraph(
            "Every stored delivery that is not valid is judged again with it. It is kept with the other secrets, in a "
            "file that only you can read."
        )
        yield self.paragraph("")
        with Horizontal(id="entry"):
            yield Static(Content("secret"))
            yield Input(password=True, id="secret", select_on_focus=False)
        yield self.paragraph("No secret yet. Write or paste one.", id="mistake")

    def buttons(self) -> ComposeResult:
        """Cancel, add."""
        yield KeyButton("Cancel", "esc", id="safe")
        yield KeyButton("Add it", "enter", id="add")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in the field adds."""
        event.stop()
        self.action_add()

    def action_add(self) -> None:
        """Add it as it was typed: blanks at its ends may be a part of it."""
        text = self.query_one("#secret", Input).value
        if text:
            self.dismiss(Secret(text))
        else:
            self.query_one("#mistake").display = True
            self.query_one("#secret", Input).focus()
