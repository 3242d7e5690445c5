"""The addresses of the route in full, which the status line shortens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from webhook_tui.domain import units
from webhook_tui.domain.commands import CheckReachability
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.status import SessionStatus, TunnelState, TunnelStatus
from webhook_tui.domain.units import ago
from webhook_tui.ui.dialogs.dialog import Dialog, labelled_values
from webhook_tui.ui.format.addresses import listener
from webhook_tui.ui.format.status.steps import refused
from webhook_tui.ui.messages import CommandRequested, CopyRequested
from webhook_tui.ui.widgets.keys.key_button import KeyButton


class AddressesDialog(Dialog[None]):
    """Shows public URL, webhook URL, receiver, API, and the last answer that PiktID got, as they are now."""

    TITLE_TEXT = "Addresses"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "copy_public", "Copy", show=False, id="addresses.copy", tooltip="copy the public URL"),
        Binding(
            "v",
            "check",
            "Check",
            show=False,
            id="addresses.prove",
            tooltip="check whether the public URL reaches the receiver",
        ),
        Binding("h", "copy_hook", "Copy", show=False, id="addresses.copy_hook", tooltip="copy the hook's URL"),
    ]

    def __init__(self, status: Callable[[], SessionStatus], *, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._status = status
        self._now = now

    def body(self) -> ComposeResult:
        yield self.paragraph(self._lines(), id="lines")

    def on_mount(self) -> None:
        """The tunnel may be opened again, with another URL; ages go on."""
        self.set_interval(1.0, self._fill)

    def _fill(self) -> None:
        self.query_one("#lines", Static).update(self._lines())

    def _lines(self) -> Content:
        status = self._status()
        receiver = status.receiver
        lines = []
        if (public := status.tunnel.public_url) is not None:
            lines += [("public URL", visible(public)), ("", _verified(status.tunnel, self._now()))]
        if (hook := status.webhook.url) is not None:
            lines.append(("hook", visible(hook)))
        lines += [("receiver", f"http://{listener(receiver.host, receiver.port)}"), ("API", visible(status.api_url))]
        if (seen := status.webhook.last_response_status) is not None:
            at = status.webhook.last_response_at
            when = f", {ago(at, self._now())}" if at else ""
            lines.append(("last answer", f"{visible(str(seen))}{when} (as PiktID saw it)"))
        if status.refusals:
            lines.append(("refused", refused(status)))
        return labelled_values(*lines, indent=0)

    def buttons(self) -> ComposeResult:
        status = self._status()
        yield KeyButton("Close", "esc", id="safe")
        if status.tunnel.public_url is not None:
            yield KeyButton("Copy public URL", "c", id="copy_public")
        if status.tunnel.public_url is not None:
            yield KeyButton("Check", "v", id="check")
        if status.webhook.url is not None:
            yield KeyButton("Copy hook", "h", id="copy_hook")

    def action_copy_public(self) -> None:
        if (url := self._status().tunnel.public_url) is not None:
            self.post_message(CopyRequested(visible(url), "the public URL"))

    def action_check(self) -> None:
        """Check whether the public URL reaches the receiver; a toast shows the outcome."""
        if self._status().tunnel.public_url is not None:
            self.post_message(CommandRequested(CheckReachability()))

    def action_copy_hook(self) -> None:
        if (url := self._status().webhook.url) is not None:
            self.post_message(CopyRequested(visible(url), "the hook's URL"))


def _verified(tunnel: TunnelStatus, now: datetime) -> str:
    """Return when the public URL was last verified."""
    if tunnel.state is TunnelState.UNVERIFIED:
        return "not verified: not reached from here"
    if tunnel.verified_at is None:
        return "not verified yet"
    return f"verified {units.age((now - tunnel.verified_at).total_seconds())} ago"
