"""The secret ring of the account in use: what is in the ring is on disk before anyone judges by it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from webhook_tui.domain.account import Account
from webhook_tui.domain.ring import SecretRing
from webhook_tui.domain.secret import Secret
from webhook_tui.store import AccountStore


class RingKeeper:
    """Keeps one account's ring; another token means another account and its ring."""

    def __init__(
        self, accounts: AccountStore, account: Account, given: tuple[Secret, ...], now: Callable[[], datetime]
    ) -> None:
        self.accounts = accounts
        self._given = given
        self._now = now
        self.account = account
        self.ring = SecretRing()
        self.unanswered = False
        """A registration is under way, whose answer may bring a new secret."""
        self.use(account)

    def use(self, account: Account) -> None:
        """Change to `account`; the secrets given on the command line join its ring."""
        self.account = account
        ring = self.accounts.ring(account)
        for secret in self._given:
            ring = ring.added(secret, self._now())
        self._keep(ring)

    def registered(self, secret: Secret) -> None:
        """A PUT gave `secret`: it is the current one from now on."""
        self._keep(self.ring.registered(secret, self._now()))

    def added(self, secret: Secret) -> bool:
        """The user gave `secret`; False when the ring had it."""
        before = len(self.ring)
        self._keep(self.ring.added(secret, self._now()))
        return len(self.ring) > before

    def ended(self) -> None:
        """Nothing is registered any more: no secret is current."""
        self._keep(self.ring.ended(self._now()))

    def _keep(self, ring: SecretRing) -> None:
        self.accounts.save_ring(self.account, ring)
        self.ring = ring
