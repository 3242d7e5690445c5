"""The webhook at PiktID: test ping, registration, deletion, signing secrets, addresses."""

from __future__ import annotations

from webhook_tui.domain.commands import DeleteWebhook, SendTestPing
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.status import WebhookState
from webhook_tui.ui import notice_texts
from webhook_tui.ui.controllers.context import AppContext
from webhook_tui.ui.controllers.notices import NoticeController
from webhook_tui.ui.controllers.prompts import PromptController
from webhook_tui.ui.dialogs.dialog import ask
from webhook_tui.ui.format.addresses import listener

_NOT_OURS = (WebhookState.WATCHING, WebhookState.DELETED, WebhookState.TAKEN)


class WebhookController:
    """Sends the commands about the webhook; asks before those that cannot be undone."""

    def __init__(self, context: AppContext, notices: NoticeController, prompts: PromptController) -> None:
        self._context = context
        self._notices = notices
        self._prompts = prompts

    def ping(self) -> None:
        """Send a test ping."""
        self._notices.clear()
        self._context.request(SendTestPing())

    def register(self) -> None:
        """Register from the first step that failed; ask before a working registration is replaced.

        Restart a session that has ended.
        """
        self._notices.clear()
        if self._context.status.end is not None:
            self._context.restart()
        else:
            self._prompts.register()

    def delete(self) -> None:
        """Ask, then delete the webhook."""
        from webhook_tui.ui.dialogs.webhook.delete import DeleteDialog

        self._notices.clear()
        context, status = self._context, self._context.status
        if status.webhook.url is None or status.webhook.state in _NOT_OURS:
            self._notices.show(notice_texts.NO_WEBHOOK)
        else:
            dialog = DeleteDialog(status.webhook.url, status.counts.received)
            ask(context.app, dialog, lambda _: context.request(DeleteWebhook()))

    def show_secrets(self) -> None:
        """Show the secret ring."""
        from webhook_tui.ui.dialogs.secrets.ring import SecretsDialog

        context = self._context
        context.app.push_screen(SecretsDialog(context.status.ring_place, now=context.now, in_ascii=context.in_ascii))

    def add_secret(self) -> None:
        """Ask for a secret to add to the ring."""
        from webhook_tui.ui.dialogs.secrets.add import AddSecretDialog

        ask(self._context.app, AddSecretDialog(self._context.status.ring_place), self._context.request)

    def copy_url(self) -> None:
        """Copy the public URL; without a tunnel the registered one, else the receiver's."""
        status = self._context.status
        receiver = f"http://{listener(status.receiver.host, status.receiver.port)}"
        url = status.tunnel.public_url or status.webhook.url or receiver
        self._context.app.copy(visible(url), "the public URL" if url != receiver else "the receiver's address")

    def show_addresses(self) -> None:
        """Show the addresses in full."""
        from webhook_tui.ui.dialogs.webhook.addresses import AddressesDialog

        context = self._context
        context.app.push_screen(AddressesDialog(lambda: context.status, now=context.now))
