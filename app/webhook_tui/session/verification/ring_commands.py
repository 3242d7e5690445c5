"""Carries out the commands and queries about the secret ring: add, remove, list, try and reveal secrets."""

from __future__ import annotations

from msgspec.structs import replace

from webhook_tui.domain.errors import ProblemError, cannot_remove
from webhook_tui.domain.events import Notified, SecretRingChanged
from webhook_tui.domain.queries import SecretTrial
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import RingEntry
from webhook_tui.session import messages
from webhook_tui.session.bus import EventBus
from webhook_tui.session.verification.reverification import Reverification
from webhook_tui.session.verification.secret_ring import SecretRingRepository
from webhook_tui.storage.history import DeliveryStore


class RingCommands:
    """Belongs to the session's loop; its methods raise ProblemError."""

    def __init__(
        self, secret_ring: SecretRingRepository, reverification: Reverification, store: DeliveryStore, bus: EventBus
    ) -> None:
        self._secret_ring = secret_ring
        self._reverification = reverification
        self._store = store
        self._bus = bus
        self._tried: Secret | None = None

    async def add(self, secret: Secret, *, keep: bool) -> None:
        """Add a secret and verify stored deliveries with it."""
        if not self._secret_ring.add(secret, keep=keep):
            self._bus.publish(Notified(messages.secret_known(secret.short_id)))
            return
        rechecked = await self._reverification.recheck()
        self._bus.publish(Notified(messages.secret_added(rechecked.checked, rechecked.valid)))
        self._bus.publish(SecretRingChanged())

    async def remove(self, secret_id: str) -> None:
        """Remove a secret that is not the current one, and verify its deliveries without it."""
        known = self._secret_ring.ring.get(secret_id)
        if known is None:
            return
        if known is self._secret_ring.ring.current:
            raise ProblemError(cannot_remove(known.secret.short_id))
        self._secret_ring.remove(known)
        rechecked = await self._reverification.recheck(frozenset({secret_id}))
        self._bus.publish(Notified(messages.secret_removed(known.secret.short_id, rechecked.invalid)))
        self._bus.publish(SecretRingChanged())

    async def entries(self) -> tuple[RingEntry, ...]:
        """Return what the ring contains, with the number of deliveries that each secret verifies."""
        counts = await self._store.count_by_secret(self._secret_ring.account)
        entries = self._secret_ring.ring.entries()
        return tuple(replace(entry, verifies=counts.get(entry.secret_id, 0)) for entry in entries)

    async def try_secret(self, secret: Secret) -> SecretTrial | None:
        """Return what a secret would change; None when another one was tried meanwhile."""
        self._tried = secret
        secret_id = secret.fingerprint()
        known = next((one for one in self._secret_ring.ring.entries() if one.secret_id == secret_id), None)
        if known is not None and known.is_trusted:
            return SecretTrial(known)
        trial = await self._reverification.try_secret(secret, lambda: self._tried is not secret)
        return trial if self._tried is secret else None

    def reveal(self, secret_id: str) -> Secret | None:
        """Return a secret; None when it is not in the ring any more."""
        known = self._secret_ring.ring.get(secret_id)
        return None if known is None else known.secret
