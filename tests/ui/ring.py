"""The secret ring of the tests."""

from __future__ import annotations

from datetime import UTC, datetime

from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import Origin, RingEntry


def entry(text: str, origin: Origin, since: datetime, until: datetime | None = None, *, verifies: int) -> RingEntry:
    is_current = origin is Origin.REGISTERED and until is None
    secret = Secret(text)
    return RingEntry(secret.fingerprint(), secret.short_id, origin, since, until, is_current, len(text), verifies)


REPLACED_AT = datetime(2026, 11, 23, 14, 19, 2, tzinfo=UTC)
FIRST_AT = datetime(2026, 11, 23, 14, 2, 9, tzinfo=UTC)
RING = (
    entry("current", Origin.REGISTERED, REPLACED_AT, verifies=8),
    entry("former", Origin.REGISTERED, FIRST_AT, REPLACED_AT, verifies=1),
    entry("kept", Origin.KEPT, datetime(2026, 11, 12, 9, 41, tzinfo=UTC), verifies=3),
    entry("file", Origin.FILE, FIRST_AT, verifies=0),
    entry("unused", Origin.EARLIER, FIRST_AT, verifies=0),
)
