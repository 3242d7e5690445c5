"""A delivery: one HTTP request received at the hook, byte for byte; and two views of it from the store."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from webhook_tui.domain.delivery.headers import Headers
from webhook_tui.domain.delivery.summary import Summary
from webhook_tui.domain.signature.verdict import Verdict, VerificationResult


class Delivery(Struct, frozen=True, gc=False):
    """A request as received: nothing is decoded or changed."""

    received_at: datetime
    """UTC, when the last byte of the body was here."""
    method: str
    target: str
    """Path and query as sent (latin-1)."""
    headers: Headers
    body: bytes
    client: str = ""
    """Address of the peer, which behind a tunnel is the tunnel's end."""
    http_version: str = "1.1"
    """`1.0` or `1.1`, as the request line had it."""


class DeliveryRow(Struct, frozen=True, gc=False):
    """The narrow row that the table shows; it never holds a body."""

    seq: int
    """Number of the delivery in its database, from 1, never given twice."""
    run: int
    """Which run of the program received it, from 1."""
    received_at: datetime
    event: str
    """X-Webhook-Event, else the body's `name`, else "" (raw: sanitise before showing)."""
    event_id: str | None
    """The body's `id` as JSON text (`90412`, `"a-b"`), so that its type is kept; None when there is none."""
    verdict: Verdict
    reason: str
    short_reason: str
    secret_id: str | None
    attempt: int
    """1 for the first delivery of an event id, counted per account; always 1 without an id."""
    answered: int | None
    """Status that we answered; None: not answered (yet), 0: the connection was reset."""
    size: int
    """Bytes of the body."""
    summary: Summary = Summary()
    """Of `data`; deliveries of earlier versions have less of it."""
    comment: str = ""
    """The user's words about it (raw: sanitise before showing)."""
    marked: bool = False
    on_stream: bool = False
    """The event stream brought the same event, as far as it was watched."""
    differs: bool = False
    """The event stream brought other values under the same event id."""
    replayed: bool = False
    """It was sent again from here."""
    imported: bool = False
    """It was read from a file."""

    @property
    def verification(self) -> VerificationResult:
        """Verdict and reason together."""
        return VerificationResult(self.verdict, self.reason, self.short_reason, self.secret_id)


class Explanation(Struct, frozen=True, gc=False):
    """Why a delivery has its verdict, in sentences that may hold received text: sanitise before showing."""

    why: str
    change: str
    """What to change; "" where nothing is wrong."""


class StoredDelivery(Struct, frozen=True, gc=False):
    """One delivery: its row and the request as received."""

    row: DeliveryRow
    delivery: Delivery
    explanation: Explanation | None = None
    """Of its verdict, where someone asked for it."""
