"""Merges two versions of one secret ring: secrets of both are kept, and what ended stays ended."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from webhook_tui.domain.signature.secret_ring import Origin, SecretRing, SigningSecret


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
