"""Asks for a signing secret, and shows while it is typed what it would change."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from webhook_tui.domain import units
from webhook_tui.domain.commands import AddSecret
from webhook_tui.domain.queries import SecretTrial, TrySecret
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.ui.dialogs.dialog import Dialog
from webhook_tui.ui.dialogs.fields import Field, Mistake
from webhook_tui.ui.messages import AnswerRequested
from webhook_tui.ui.widgets.choice_line import ChoiceLine, ChoiceList
from webhook_tui.ui.widgets.keys.key_button import KeyButton

_THIS_RUN, _EVERY_RUN = "this run", "every run"


class AddSecretDialog(Dialog[AddSecret]):
    """Asks for a secret, masked, and for how long to keep it."""

    AUTO_FOCUS = "#secret"
    TITLE_TEXT = "Add a signing secret"
    ENABLE_DELAY_SECONDS = 0.0  # what is typed at once is the secret, and no key does harm here
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "add", "Add", show=False, id="secret.add", tooltip="add it"),
    ]
    DEFAULT_CSS = """
    AddSecretDialog Field > .label { width: 10; }
    AddSecretDialog #result { padding: 0 0 0 10; min-height: 1; }
    """

    def __init__(self, ring_place: str) -> None:
        """`ring_place`: where the ring is stored, in a word or two; "" if nothing is kept after this run."""
        super().__init__()
        self._ring_place = ring_place

    def body(self) -> ComposeResult:
        yield Field("secret", Input(password=True, id="secret", select_on_focus=False))
        yield Mistake("No secret yet. Type or paste one.")
        yield self.paragraph("", id="result")
        yield self.paragraph("")
        choices = [(_THIS_RUN, "for this run")]
        if self._ring_place:
            choices.append((_EVERY_RUN, f"in the ring ({self._ring_place}), for every run of this account"))
        yield Field("keep", ChoiceList(choices, id="keep"))
        yield self.paragraph("")
        yield self.paragraph("Stored deliveries are checked again. Nothing is sent.")

    def buttons(self) -> ComposeResult:
        yield KeyButton("Add", "enter", id="add")
        yield KeyButton("Cancel", "esc", id="safe")

    @property
    def _typed(self) -> str:
        return self.query_one("#secret", Input).value

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._show_result(Content.empty())
        if self._typed.strip():
            secret = Secret(self._typed.strip())
            self.post_message(AnswerRequested(self, TrySecret(secret), partial(self._show_trial, secret)))

    def _show_trial(self, secret: Secret, trial: SecretTrial | None) -> None:
        """Show the result, unless the text has changed since."""
        if trial is not None and secret == Secret(self._typed.strip()):
            self._show_result(_result(trial, secret))

    def _show_result(self, result: Content) -> None:
        blank = _blank_note(self._typed)
        parts = [part for part in (Content.assemble((blank, "$warn")), result) if part.plain]
        self.query_one("#result", Static).update(Content("\n").join(parts))

    def action_add(self) -> None:
        """Add the secret without surrounding blanks, which come from copying."""
        text = self._typed.strip()
        if text:
            keep = self.query_one("#keep", ChoiceLine).chosen == _EVERY_RUN
            self.dismiss(AddSecret(Secret(text), keep=keep))
        else:
            self.query_one(Mistake).display = True
            self.query_one("#secret", Input).focus()


def _blank_note(typed: str) -> str:
    if typed == typed.strip():
        return ""
    return "ends in a blank: removed" if typed == typed.lstrip() else "begins with a blank: removed"


def _result(tried: SecretTrial, secret: Secret) -> Content:
    if tried.known is not None:
        scope = "" if tried.known.origin.is_stored else " (this run only)"
        return Content.assemble((f"known already: {tried.known.short_id}{scope}", "$muted"))
    kind = "that are not valid now" if tried.pending else "that are invalid now"
    if tried.matches:
        noun = "delivery" if tried.matches == 1 else "deliveries"
        kind = kind.replace("are", "is") if tried.matches == 1 else kind
        found = f"✓ explains {units.count(tried.matches)} {noun} {kind}"
        return Content.assemble((found, "$valid"), (f" · id {secret.short_id}", "$muted"))
    if not tried.tried:
        return Content.assemble(("no delivery is invalid now", "$muted"))
    newest = "" if tried.is_all else "the newest "
    noun = "delivery" if tried.tried == 1 else "deliveries"
    return Content.assemble((f"matches none of {newest}{units.count(tried.tried)} {noun}", "$muted"))
