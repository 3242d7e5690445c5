"""Small builders of deliveries with fixed times, so that a test names only what it is about."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime

from webhook_tui.domain.delivery.delivery import Delivery, DeliveryRow
from webhook_tui.domain.delivery.headers import Headers
from webhook_tui.domain.delivery.summary import Summary
from webhook_tui.domain.signature.verdict import Verdict, VerificationResult

NOW = datetime(2026, 11, 23, 14, 20, 2, 418000, tzinfo=UTC)
PING = b'{"id": 90412, "name": "ping", "data": {}, "timestamp": 1795443602}'
VALID = VerificationResult(Verdict.VALID, "Signed by PiktID.", "Signed by PiktID.", "0123456789ab")
INVALID = VerificationResult(
    Verdict.INVALID, "Not the signature of this body with any known secret.", "Matches no known secret."
)
PENDING = VerificationResult(
    Verdict.PENDING, "The secret is not known yet; verified when it arrives.", "The secret is not known yet."
)


def delivery(
    body: bytes = PING,
    *,
    received_at: datetime = NOW,
    target: str = "/webhook",
    headers: Headers = ((b"Content-Type", b"application/json"), (b"X-Webhook-Event", b"ping")),
    client: str = "127.0.0.1",
) -> Delivery:
    """A delivery as PiktID sends it."""
    return Delivery(received_at, "POST", target, headers, body, client)


def row(
    seq: int = 1,
    *,
    run: int = 1,
    received_at: datetime = NOW,
    event: str = "ping",
    event_id: str | None = "90412",
    verification: VerificationResult = VALID,
    attempt: int = 1,
    answered: int | None = 200,
    size: int = len(PING),
    summary: Summary = Summary(),  # noqa: B008 -- frozen
    marked: bool = False,
) -> DeliveryRow:
    """A row as the table shows it."""
    return DeliveryRow(
        seq=seq,
        run=run,
        received_at=received_at,
        event=event,
        event_id=event_id,
        verdict=verification.verdict,
        reason=verification.reason,
        short_reason=verification.short_reason,
        secret_id=verification.secret_id,
        attempt=attempt,
        answered=answered,
        size=size,
        summary=summary,
        marked=marked,
    )


def signature(secret: str, body: bytes) -> str:
    """The header value of a signed body, as PiktID documents it."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
