"""Deliveries as JSON lines: the very object that `listen --format json` writes and `verify --delivery` reads."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterable, Iterator, Mapping

from webhook_tui.domain import units
from webhook_tui.domain.delivery.delivery import Delivery, DeliveryRow, StoredDelivery
from webhook_tui.domain.delivery.event import has_too_many_values
from webhook_tui.domain.payload.json_decoder import decode
from webhook_tui.export.destination import Destination


def delivery_record(row: DeliveryRow, delivery: Delivery) -> Mapping[str, object]:
    """Return one delivery as an object; headers as latin-1, `event_id` with the type that it had.

    The body is there twice: in base64 to the last byte, and as `json` decoded, null where it is no JSON.
    """
    return {
        "type": "delivery",
        "seq": row.seq,
        "received_at": units.rfc3339(row.received_at),
        "method": delivery.method,
        "path": delivery.target,
        "headers": [[name.decode("latin-1"), value.decode("latin-1")] for name, value in delivery.headers],
        "body_b64": base64.b64encode(delivery.body).decode("ascii"),
        "json": decoded_json(delivery.body),
        "event": row.event,
        "event_id": json.loads(row.event_id) if row.event_id is not None else None,
        "attempt": row.attempt,
        "verdict": row.verdict.value,
        "reason": row.reason,
        "answered": row.answered or None,
    }


def decoded_json(body: bytes) -> object:
    """Return the decoded body; None when it is no JSON, or holds too many values or infinite numbers."""
    if has_too_many_values(body):
        return None
    try:
        return decode(body, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, MemoryError):
        return None


def _refuse(constant: str) -> object:
    raise ValueError(constant)


def _finite(text: str) -> float:
    if math.isinf(number := float(text)):
        raise ValueError(text)
    return number


def as_line(record: Mapping[str, object]) -> str:
    """The object as one line of ASCII, its newline included: no received character can act on a terminal."""
    return json.dumps(record, ensure_ascii=True, separators=(",", ":")) + "\n"


def write_jsonl(deliveries: Iterable[StoredDelivery], _destination: Destination) -> Iterator[bytes]:
    """One line a delivery."""
    for stored in deliveries:
        yield as_line(delivery_record(stored.row, stored.delivery)).encode("ascii")
