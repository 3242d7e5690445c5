"""What the search has to know of another stored delivery."""

from __future__ import annotations

import msgspec


class OtherDelivery(msgspec.Struct, frozen=True):
    """Another stored delivery, whose signature this one may have."""

    seq: int
    signature: bytes
    """Its X-Webhook-Signature as sent; empty when it has none."""
    body: bytes
    event_id: str | None = None
    """Its event's id as JSON text."""
    is_valid: bool = False
