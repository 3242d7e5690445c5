"""The full addresses of the route, with copy: what the status line shortens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from webhook_tui.domain import units
from webhook_tui.domain.commands import CheckReachability
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.status import SessionStatus, TunnelState, TunnelStatus
from webhook_tui.domain.units import ago
from webhook_tui.ui.dialogs.dialog import Dialog, facts
from webhook_tui.ui.format.addresses import listener
from webhook_tui.ui.format.status.steps import refused
from webhook_tui.ui.messages import CommandRequested, CopyRequested
from webhook_tui.ui.widgets.keys.key_button import KeyButton


class AddressesDialog(Dialog[None]):
    """Public URL, the hook's URL, the receiver, the API, and what PiktID saw last."""

    TITLE_TEXT = "Addresses"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "copy_public", "Copy", show=False, id="addresses.copy", tooltip="copy the public URL"),
        Binding(
            "v", "prove", "Prove", show=False, id="addresses.prove", tooltip="try whether the public URL leads here"
        ),
        Binding("h", "copy_hook", "Copy", show=False, id="addresses.copy_hook", tooltip="copy the hook's URL"),
    ]

    def __init__(self, status: SessionStatus, *, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._status = status
        self._now = now

    def words(self) -> ComposeResult:
        """All that is known."""
        status = self._status
        receiver = status.receiver
        lines = []
        if (public := status.tunnel.public_url) is not None:
            lines += [("public URL", visible(public)), ("", _proof(status.tunnel, self._now()))]
        if (hook := status.webhook.url) is not None:
            lines.append(("hook", visible(hook)))
        lines += [("receiver", f"http://{listener(receiver.host, receiver.port)}"), ("API", visible(status.api_url))]
        if (seen := status.webhook.last_response_status) is not None:
            at = status.webhook.last_response_at
            when = f", {ago(at, self._now())}" if at else ""
            lines.append(("last answer", f"{visible(str(seen))}{when} (as PiktID saw it)"))
        if status.refusals:
            lines.append(("refused", refused(status)))
        yield self.paragraph(facts(*lines, indent=0))

    def buttons(self) -> ComposeResult:
        """Close, and what can be copied."""
        yield KeyButton("Close", "esc", id="safe")
        if self._status.tunnel.public_url is not None:
            yield KeyButton("Copy public URL", "c", id="copy_public")
        if self._status.tunnel.public_url is not None:
            yield KeyButton("Prove", "v", id="prove")
        if self._status.webhook.url is not None:
            yield KeyButton("Copy hook", "h", id="copy_hook")

    def action_copy_public(self) -> None:
        """Copy the public URL."""
        if (url := self._status.tunnel.public_url) is not None:
            self.post_message(CopyRequested(visible(url), "the public URL"))

    def action_prove(self) -> None:
        """Try whether the public URL leads here; a toast says what became of it."""
        if self._status.tunnel.public_url is not None:
            self.post_message(CommandRequested(CheckReachability()))

    def action_copy_hook(self) -> None:
        """Copy the URL that is registered."""
        if (url := self._status.webhook.url) is not None:
            self.post_message(CopyRequested(visible(url), "the hook's URL"))


def _proof(tunnel: TunnelStatus, now: datetime) -> str:
    """When it was last known to lead here."""
    if tunnel.state is TunnelState.UNVERIFIED:
        return "unproven: not reached from here"
    if tunnel.verified_at is None:
        return "no proof yet"
    return f"proof {units.age((now - tunnel.verified_at).total_seconds())} ago"
