"""The headers of an event of our own, as PiktID sends them."""

from __future__ import annotations

from webhook_tui.domain.delivery.headers import Headers
from webhook_tui.domain.errors import INVALID_EVENT_NAME, ProblemError
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.signature import sign


def event_headers(event: str, secret: Secret, body: bytes, *, agent: str) -> Headers:
    """Signed with that secret; raises ProblemError (usage) when no header can hold the event's name."""
    if not event.isprintable() or not event.strip() or event != event.strip():
        raise ProblemError(INVALID_EVENT_NAME)
    return (
        (b"Content-Type", b"application/json"),
        (b"User-Agent", agent.encode("ascii")),
        (b"X-Webhook-Event", event.encode("utf-8", "surrogateescape")),
        (b"X-Webhook-Signature", sign(secret, body).encode("ascii")),
    )
