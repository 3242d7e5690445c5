"""The secret ring: every signing secret that was ever current for an account, newest last; none is forgotten."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from webhook_tui.domain.signature.secret import Secret


class Origin(StrEnum):
    """Where a secret came from."""

    REGISTERED = "registered"
    """A PUT /webhooks gave it."""
    ADDED = "added"
    """The user gave it (--secret, --secret-file, the paste dialog)."""


@dataclass(frozen=True, slots=True)
class SigningSecret:
    """One secret and the time in which it was the current one."""

    secret: Secret
    since: datetime
    """UTC, when it became known here."""
    until: datetime | None = None
    """UTC, when a later registration replaced it; None while it is current, and for added ones, which nothing dates."""
    origin: Origin = Origin.REGISTERED

    @property
    def secret_id(self) -> str:
        """Names the secret in rows and files without giving it away."""
        return self.secret.fingerprint()


@dataclass(frozen=True, slots=True)
class SecretRing:
    """All known secrets, oldest first. Immutable: each change gives a new ring."""

    secrets: tuple[SigningSecret, ...] = ()

    def __len__(self) -> int:
        return len(self.secrets)

    @property
    def current(self) -> SigningSecret | None:
        """The last registered secret that nothing has replaced, or None."""
        return next((s for s in reversed(self.secrets) if s.until is None and s.origin is Origin.REGISTERED), None)

    def newest_first(self) -> tuple[SigningSecret, ...]:
        """The current secret, then the added ones and the former ones, newest first: the order in which to try."""
        current = self.current
        others = tuple(s for s in reversed(self.secrets) if s is not current)
        return (current, *others) if current is not None else others

    def get(self, secret_id: str | None) -> SigningSecret | None:
        """The secret with that fingerprint, or None."""
        return next((s for s in self.secrets if s.secret_id == secret_id), None)

    def registered(self, secret: Secret, at: datetime) -> SecretRing:
        """The ring after a registration gave `secret` at `at` (UTC): it is current, the one before it ends then."""
        if (current := self.current) is not None and current.secret == secret:
            return self
        ended = tuple(
            replace(s, until=at) if s.origin is Origin.REGISTERED and s.until is None else s
            for s in self.secrets
            if s.secret != secret
        )
        return SecretRing((*ended, SigningSecret(secret, at)))

    def ended(self, at: datetime) -> SecretRing:
        """The ring after the webhook was deleted or taken at `at` (UTC): no secret is current."""
        return SecretRing(
            tuple(
                replace(s, until=at) if s.origin is Origin.REGISTERED and s.until is None else s for s in self.secrets
            )
        )

    def added(self, secret: Secret, at: datetime) -> SecretRing:
        """The ring with a secret that the user gave at `at` (UTC); unchanged when it is there already or empty."""
        if not secret or any(s.secret == secret for s in self.secrets):
            return self
        return SecretRing((*self.secrets, SigningSecret(secret, at, origin=Origin.ADDED)))
