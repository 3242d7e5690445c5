"""The report on the signature of a stored delivery, compared with recent deliveries."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.delivery.headers import signatures
from webhook_tui.domain.diagnostics.report import OtherDelivery, SignatureReport
from webhook_tui.domain.signature.lint import Earlier, field_paths, lint
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import SecretRing

SECONDS = 3.0
"""Time limit for finding one cause."""
MOST_RECENT = 100
"""How many recent deliveries are compared: for a swapped signature, new fields and earlier attempts."""
LARGEST_COMPARED = 100_000
"""Bytes; deliveries with a larger body are not among them."""


def stored_report(
    stored: StoredDelivery,
    ring: SecretRing,
    token: Secret | None,
    recent: Sequence[StoredDelivery],
    clock: Callable[[], float],
    *,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> SignatureReport:
    """Return all that is known about a delivery's signature.

    `recent`: other deliveries, newest first. `clock`: monotonic seconds. `is_cancelled`: ends the search once true.
    """
    from webhook_tui.domain.diagnostics.engine import explain  # noqa: PLC0415 -- at the first failing signature

    deadline = clock() + SECONDS
    return explain(
        stored.delivery,
        ring,
        seq=stored.row.seq,
        clock=clock,
        token=token,
        others=[
            OtherDelivery(
                other.row.seq,
                next(iter(signatures(other.delivery.headers)), b""),
                other.delivery.body,
                other.row.event_id,
                other.row.verdict.is_good,
            )
            for other in recent
        ],
        expired=lambda: is_cancelled() or clock() > deadline,
        event_id=stored.row.event_id,
        notes=_notes(stored, [other for other in recent if other.row.seq < stored.row.seq]),
    )


def _notes(stored: StoredDelivery, before: Sequence[StoredDelivery]) -> tuple[str, ...]:
    row = stored.row
    same_event = [field_paths(other.delivery.body) for other in before if other.row.event == row.event]
    same_id = next((other for other in before if row.event_id is not None and other.row.event_id == row.event_id), None)
    return lint(
        stored.delivery,
        known_fields=frozenset().union(*same_event) if same_event else None,
        earlier=None
        if same_id is None
        else Earlier(same_id.row.seq, same_id.row.answered, same_id.delivery.body == stored.delivery.body),
    )
