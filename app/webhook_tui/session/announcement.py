"""Announces the session to other programs of this user: where its receiver listens, and what is registered."""

from __future__ import annotations

import os

from webhook_tui import __version__
from webhook_tui.domain.running_session import RunningSession
from webhook_tui.session.bus import StatusReplaced
from webhook_tui.session.clock import Clock
from webhook_tui.session.verification.secret_ring import SecretRingRepository
from webhook_tui.storage.history import DeliveryStore


class Announcement:
    """Written again whenever it changes. Belongs to the session's loop."""

    def __init__(
        self, store: DeliveryStore, secret_ring: SecretRingRepository, clock: Clock, *, hook_path: str, nonce: str
    ) -> None:
        """`hook_path`: path of the hook on the receiver. `nonce`: marks simulated events."""
        self._store = store
        self._secret_ring = secret_ring
        self._started_at = clock.utc_now()
        self._hook_path = hook_path
        self._nonce = nonce
        self._last: RunningSession | None = None

    def on_status_replaced(self, event: StatusReplaced) -> None:
        """Announce what is new."""
        status, account = event.status, self._secret_ring.account
        session = RunningSession(
            pid=os.getpid(),
            version=__version__,
            started_at=self._started_at,
            api_url=account.api_url,
            token_fingerprint=account.token_fingerprint,
            host=status.receiver.host,
            port=status.receiver.port,
            hook_path=self._hook_path,
            nonce=self._nonce,
            receiver=status.receiver.state.value,
            tunnel=status.tunnel.state.value,
            webhook=status.webhook.state.value,
            public_url=status.tunnel.public_url,
            webhook_url=status.webhook.url,
            webhook_id=status.webhook.webhook_id,
        )
        if session != self._last and session.port:
            self._last = session
            self._store.announce(session)
