"""The full addresses of the route, with copy: what the status line shortens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from webhook_tui.domain.status import SessionStatus, TunnelState
from webhook_tui.domain.text import visible
from webhook_tui.tui.messages import CopyRequested
from webhook_tui.tui.modals.dialog import Dialog, facts
from webhook_tui.tui.widgets.key_button import KeyButton
from webhook_tui.tui.words.addresses import listener
from webhook_tui.tui.words.moments import ago


class AddressesDialog(Dialog[None]):
    """Public URL, the hook's URL, the receiver, the API, and what PiktID saw last."""

    TITLE_TEXT = "Addresses"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "copy_public", "Copy", show=False, id="addresses.copy", tooltip="copy the public URL"),
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
            proof = " (not reached from here)" if status.tunnel.state is TunnelState.UNPROVEN else ""
            lines.append(("public URL", f"{visible(public)}{proof}"))
        if (hook := status.webhook.url) is not None:
            lines.append(("hook", visible(hook)))
        lines += [("receiver", f"http://{listener(receiver.host, receiver.port)}"), ("API", visible(status.api_url))]
        if (seen := status.webhook.last_response_status) is not None:
            at = status.webhook.last_response_at
            when = f", {ago(at, self._now())}" if at else ""
            lines.append(("last answer", f"{visible(str(seen))}{when} (as PiktID saw it)"))
        if status.counts.strays:
            last = f"; the last: {visible(status.last_stray)[:80]}" if status.last_stray else ""
            lines.append(("strays", f"{status.counts.strays}{last}"))
        yield self.paragraph(facts(*lines, indent=0))

    def buttons(self) -> ComposeResult:
        """Close, and what can be copied."""
        yield KeyButton("Close", "esc", id="safe")
        if self._status.tunnel.public_url is not None:
            yield KeyButton("Copy public URL", "c", id="copy_public")
        if self._status.webhook.url is not None:
            yield KeyButton("Copy hook", "h", id="copy_hook")

    def action_copy_public(self) -> None:
        """Copy the public URL."""
        if (url := self._status.tunnel.public_url) is not None:
            self.post_message(CopyRequested(visible(url), "the public URL"))

    def action_copy_hook(self) -> None:
        """Copy the URL that is registered."""
        if (url := self._status.webhook.url) is not None:
            self.post_message(CopyRequested(visible(url), "the hook's URL"))
