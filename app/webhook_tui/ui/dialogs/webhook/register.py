"""Before a registration that works is made again, which replaces the signing secret."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from webhook_tui.domain import units
from webhook_tui.domain.commands import CheckReachability, RegisterWebhook
from webhook_tui.domain.status import WebhookStatus
from webhook_tui.ui.dialogs.dialog import Dialog
from webhook_tui.ui.widgets.keys.key_button import KeyButton


class RegisterDialog(Dialog[RegisterWebhook | CheckReachability]):
    """The answer is what to do, None to keep the secret."""

    TONE = "warning"
    TITLE_TEXT = "Create a new signing secret?"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new_secret", "New secret", show=False, id="register.confirm", tooltip="create a new secret"),
        Binding("v", "prove", "Check", show=False, id="register.check", tooltip="check the route"),
    ]

    DEFAULT_CSS = "RegisterDialog > #sheet { width: 77; }"

    def __init__(self, webhook: WebhookStatus, *, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._webhook = webhook
        self._now = now

    def words(self) -> ComposeResult:
        """What registering again does, and what it would replace."""
        webhook = self._webhook
        name = f"Webhook {webhook.webhook_id}" if webhook.webhook_id is not None else "The webhook"
        works = "is registered and working" if webhook.problem is None else "is registered"
        yield self.paragraph(
            f"{name} {works}. Registering again keeps the URL and replaces the secret: servers that use the present "
            "one will refuse PiktID's deliveries until they get the new one."
        )
        if webhook.secret_since is not None:
            now = self._now()
            age = units.age((now - webhook.secret_since).total_seconds())
            facts = f"{units.day_time(webhook.secret_since, now)} · {webhook.secret_short_id} · {age} old"
            yield self.paragraph("")
            yield self.paragraph(
                Content.assemble(("present secret   ", "$muted"), f"{facts} · kept as an older secret")
            )

    def buttons(self) -> ComposeResult:
        """Keep, create, check."""
        yield KeyButton("Keep it", "esc", id="safe")
        yield KeyButton("Create a new secret", "n", id="new_secret")
        yield KeyButton("Check the route", "v", id="prove")

    def action_new_secret(self) -> None:
        """Register again."""
        self.dismiss(RegisterWebhook(new_secret=True))

    def action_prove(self) -> None:
        """Try whether the public URL leads here."""
        self.dismiss(CheckReachability())
