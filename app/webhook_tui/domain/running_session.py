"""A session that runs now, as it announces itself beside the history that it writes."""

from __future__ import annotations

from datetime import datetime

import msgspec

from webhook_tui.domain.account import Account
from webhook_tui.domain.url import connect_host


class RunningSession(msgspec.Struct, frozen=True, kw_only=True):
    """What other programs of this user need to find a session and its receiver."""

    pid: int
    version: str
    started_at: datetime
    """UTC."""
    api_url: str
    token_fingerprint: str
    """Of the account's token; empty without one. The token itself is not in here."""
    host: str
    """Where the receiver listens; empty: every interface."""
    port: int
    hook_path: str
    """Path of the hook on the receiver."""
    nonce: str
    """Value of X-Webhook-Simulated in simulated events: deliveries that have it are no evidence about PiktID."""
    receiver: str = "starting"
    """A ReceiverState; the next two are a TunnelState and a WebhookState."""
    tunnel: str = "waiting"
    webhook: str = "waiting"
    public_url: str | None = None
    """Of the tunnel, while it is open."""
    webhook_url: str | None = None
    """What is registered at PiktID."""
    webhook_id: int | str | None = None

    @property
    def account(self) -> Account:
        """Whose webhook it receives."""
        return Account(self.api_url, self.token_fingerprint)

    @property
    def hook_url(self) -> str:
        """The URL of the hook on this machine, past the tunnel."""
        host = connect_host(self.host)
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}{self.hook_path}"
