"""The secret ring: every signing secret that was ever current for an account and those that the user added."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.units import day_time


class Origin(StrEnum):
    """The origin of a secret."""

    REGISTERED = "registered"
    """A PUT /webhooks gave it."""
    KEPT = "kept"
    """The user added it, and wants it in the ring of every run."""
    ENTERED = "entered"
    """The user added it for this run."""
    OPTION = "--secret"
    FILE = "--secret-file"
    EARLIER = "added"
    """An earlier version stored it without telling a secret of one run's options from others: it verifies nothing."""

    @property
    def is_stored(self) -> bool:
        """Whether it is in the account's ring, not only in that of this run."""
        return self in (Origin.REGISTERED, Origin.KEPT, Origin.EARLIER)

    @property
    def label(self) -> str:
        """The origin in words."""
        return _LABELS.get(self, self.value)

    @property
    def rank(self) -> int:
        """The rank among origins: a secret with several origins has the highest."""
        return _RANKS.get(self, 1)


_LABELS = {
    Origin.KEPT: "added by hand",
    Origin.ENTERED: "added by hand",
    Origin.EARLIER: "an earlier version",
}
_RANKS = {Origin.EARLIER: 0, Origin.KEPT: 2, Origin.REGISTERED: 3}


class SigningSecret(Struct, frozen=True):
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

    @property
    def is_trusted(self) -> bool:
        """Whether deliveries are verified with it."""
        return self.origin is not Origin.EARLIER


class RingEntry(Struct, frozen=True):
    """What is shown of one secret of the ring; never the secret itself."""

    secret_id: str
    short_id: str
    origin: Origin
    since: datetime
    until: datetime | None
    is_current: bool
    length: int
    """Characters."""
    verifies: int = 0
    """How many stored deliveries are valid or older by it."""

    def used_for(self, now: datetime) -> str:
        """`current`, `until 14:19:02`, `every run`, `this run only`, `nothing`"""
        if self.is_current:
            return "current"
        if self.until is not None:
            return f"until {day_time(self.until, now)}"
        if not self.is_trusted:
            return "nothing"
        return "every run" if self.origin.is_stored else "this run only"

    @property
    def is_trusted(self) -> bool:
        """Whether deliveries are verified with it."""
        return self.origin is not Origin.EARLIER


class SecretRing(Struct, frozen=True):
    """All known secrets, oldest first. Immutable: each change gives a new ring."""

    secrets: tuple[SigningSecret, ...] = ()

    def __len__(self) -> int:
        return len(self.secrets)

    @property
    def current(self) -> SigningSecret | None:
        """The last registered secret that nothing has replaced, or None."""
        return next((s for s in reversed(self.secrets) if s.until is None and s.origin is Origin.REGISTERED), None)

    def newest_first(self) -> tuple[SigningSecret, ...]:
        """The current secret, then the added ones and the former ones, newest first: the order in which to try.

        Without those that are not trusted.
        """
        current = self.current
        others = tuple(s for s in reversed(self.secrets) if s is not current and s.is_trusted)
        return (current, *others) if current is not None else others

    @property
    def newest(self) -> SigningSecret | None:
        """The first of these: the current secret where there is one."""
        return next(iter(self.newest_first()), None)

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

    def added(self, secret: Secret, at: datetime, origin: Origin = Origin.KEPT) -> SecretRing:
        """The ring with a secret that the user gave at `at` (UTC).

        Unchanged when the secret is empty, or there already with an origin that counts as much.
        """
        old = self.get(secret.fingerprint())
        if not secret or (old is not None and old.origin.rank >= origin.rank):
            return self
        others = tuple(s for s in self.secrets if s is not old)
        return SecretRing((*others, SigningSecret(secret, at, origin=origin)))

    def removed(self, secret_id: str) -> SecretRing:
        """The ring without the secret with that fingerprint."""
        return SecretRing(tuple(s for s in self.secrets if s.secret_id != secret_id))

    def stored(self) -> SecretRing:
        """What is in the account's ring: without the secrets of this run only."""
        return SecretRing(tuple(s for s in self.secrets if s.origin.is_stored))

    def entries(self) -> tuple[RingEntry, ...]:
        """All of them to be shown, in the order in which they are tried; those that are not trusted last."""
        unused = tuple(s for s in reversed(self.secrets) if not s.is_trusted)
        return tuple(
            RingEntry(
                s.secret_id,
                s.secret.short_id,
                s.origin,
                s.since,
                s.until,
                is_current=s is self.current,
                length=len(s.secret.reveal()),
            )
            for s in (*self.newest_first(), *unused)
        )


def merged(stored: SecretRing, given: SecretRing) -> SecretRing:
    """Return `stored`, which another process may have changed, with what `given` adds, ends and registers again.

    No secret is lost, and at most one registered secret is current: the last one. Of two origins of one secret the one
    of higher rank is kept.
    """
    known = {s.secret: s for s in stored.secrets}
    kept = list(stored.secrets)
    for new in given.secrets:
        old = known.get(new.secret)
        if old is None:
            kept.append(new)
        elif old.since == new.since:
            chosen = new if new.origin.rank >= old.origin.rank else old
            kept[kept.index(old)] = replace(chosen, until=_earlier(old.until, new.until))
        elif _replaces(old, new):
            kept.remove(old)
            kept.append(new)
    return one_current(SecretRing(tuple(kept)))


def one_current(ring: SecretRing) -> SecretRing:
    """Return the ring with all registered secrets but the last ended, each when the next one was registered."""
    following: SigningSecret | None = None
    settled: list[SigningSecret] = []
    for known in reversed(ring.secrets):
        if known.origin is not Origin.REGISTERED:
            settled.append(known)
            continue
        if following is not None and known.until is None:
            settled.append(replace(known, until=following.since))
        else:
            settled.append(known)
        following = known
    return SecretRing(tuple(reversed(settled)))


def _replaces(old: SigningSecret, new: SigningSecret) -> bool:
    """Whether `new` has a higher rank or is a later registration, also when the clock went backwards between them."""
    if new.origin is not old.origin:
        return new.origin.rank > old.origin.rank
    return new.since > old.since or (new.until is None and old.until is not None)


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    if one is None or other is None:
        return one or other
    return min(one, other)
