"""The question before a working registration is replaced along with its signing secret."""

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
    """Returns what to do, None to keep the secret."""

    TONE = "warning"
    TITLE_TEXT = "Create a new signing secret?"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new_secret", "New secret", show=False, id="register.confirm", tooltip="create a new secret"),
        Binding("v", "check", "Check", show=False, id="register.check", tooltip="check the route"),
    ]

    DEFAULT_CSS = "RegisterDialog > #sheet { width: 77; }"

    def __init__(self, webhook: WebhookStatus, *, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._webhook = webhook
        self._now = now

    def body(self) -> ComposeResult:
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
            details = f"{units.day_time(webhook.secret_since, now)} · {webhook.secret_short_id} · {age} old"
            yield self.paragraph("")
            yield self.paragraph(
                Content.assemble(("present secret   ", "$muted"), f"{details} · kept as an older secret")
            )

    def buttons(self) -> ComposeResult:
        yield KeyButton("Keep it", "esc", id="safe")
        yield KeyButton("Create a new secret", "n", id="new_secret")
        yield KeyButton("Check the route", "v", id="check")

    def action_new_secret(self) -> None:
        self.dismiss(RegisterWebhook(new_secret=True))

    def action_check(self) -> None:
        self.dismiss(CheckReachability())
