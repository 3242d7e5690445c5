"""The questions before a webhook that is not ours is replaced."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from webhook_tui.domain.commands import OwnershipChoice, ResolveOwnership
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.events import ForeignWebhook
from webhook_tui.domain.units import ago, day_and_time
from webhook_tui.ui.dialogs.dialog import Dialog, labelled_values
from webhook_tui.ui.format.addresses import host_of
from webhook_tui.ui.widgets.keys.key_button import KeyButton

_PUT_BACK = "Restore the previous webhook on exit (PiktID issues it a new secret)"


class ForeignWebhookDialog(Dialog[ResolveOwnership]):
    """Asks whether to replace the webhook that PiktID reports and that is not ours."""

    TONE = "warning"
    TITLE_TEXT = "A webhook that is not ours is registered"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "watch", "Watch by SSE", show=False, id="guard.watch", tooltip="watch the event stream only"),
        Binding("r", "replace", "Replace it", show=False, id="guard.replace", tooltip="replace it"),
        Binding(
            "space",
            "toggle_put_back",
            "Put back",
            show=False,
            id="guard.put_back",
            tooltip="restore the previous webhook on exit, or not",
        ),
    ]

    def __init__(self, foreign: ForeignWebhook, *, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._foreign = foreign
        self._now = now
        self._put_back = True
        self._asked = False

    def body(self) -> ComposeResult:
        foreign, now = self._foreign, self._now()
        url = visible(foreign.url)
        lines = [("URL", url)]
        if foreign.registered_at is not None:
            lines.append(("registered", day_and_time(foreign.registered_at, now)))
        if foreign.last_response_status is not None:
            when = f", {ago(foreign.last_response_at, now)}" if foreign.last_response_at else ""
            lines.append(("last answer", f"{visible(str(foreign.last_response_status))}{when}"))
        yield self.paragraph("PiktID keeps one webhook per account. This is the present one:")
        yield self.paragraph("")
        yield self.paragraph(labelled_values(*lines))
        yield self.paragraph("")
        yield self.paragraph(
            f"If you replace it, deliveries come here, and {host_of(foreign.url)} gets none until you register it "
            "again and give it the new secret."
        )
        question = self.paragraph("", id="put-back")
        question.display = False
        yield question

    def buttons(self) -> ComposeResult:
        yield KeyButton("Keep it", "esc", id="safe")
        yield KeyButton("Watch by SSE", "s", id="watch")
        yield KeyButton("Replace it", "r", id="replace")

    def action_safe(self) -> None:
        self.dismiss(ResolveOwnership(OwnershipChoice.KEEP))

    def action_watch(self) -> None:
        self.dismiss(ResolveOwnership(OwnershipChoice.WATCH))

    def action_replace(self) -> None:
        if self._asked:
            self.dismiss(ResolveOwnership(OwnershipChoice.REPLACE, restore_previous=self._put_back))
            return
        self._asked = True
        self._show_question()
        self.query_one("#replace", KeyButton).focus()

    def action_toggle_put_back(self) -> None:
        if self._asked:
            self._put_back = not self._put_back
            self._show_question()

    def _show_question(self) -> None:
        line = self.query_one("#put-back", Static)
        line.display = True
        box = "x" if self._put_back else " "
        keys = Content.assemble(
            "\n    ", ("space", "bold $primary"), " changes it, ", ("r", "bold $primary"), " replaces"
        )
        line.update(Content.assemble(f"\n[{box}] {_PUT_BACK}", keys))


class UnknownOwnerDialog(Dialog[ResolveOwnership]):
    """Asks because PiktID does not say whether a webhook is registered."""

    TONE = "warning"
    TITLE_TEXT = "Is another webhook registered?"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "watch", "Watch by SSE", show=False, id="guard.watch", tooltip="watch the event stream only"),
        Binding("r", "register", "Register", show=False, id="guard.register", tooltip="register this webhook"),
    ]

    def body(self) -> ComposeResult:
        yield self.paragraph(
            "PiktID does not say whether your account has a webhook. Registering replaces the one that may be there, "
            "and makes a new secret: a server that uses it gets nothing until you register its address again."
        )

    def buttons(self) -> ComposeResult:
        yield KeyButton("Not now", "esc", id="safe")
        yield KeyButton("Watch by SSE", "s", id="watch")
        yield KeyButton("Register", "r", id="register")

    def small_print(self) -> ComposeResult:
        yield self.paragraph("Asked once for this account; --replace never asks.", classes="small-print")

    def action_safe(self) -> None:
        self.dismiss(ResolveOwnership(OwnershipChoice.KEEP))

    def action_watch(self) -> None:
        self.dismiss(ResolveOwnership(OwnershipChoice.WATCH))

    def action_register(self) -> None:
        """Register ours."""
        self.dismiss(ResolveOwnership(OwnershipChoice.REPLACE))
