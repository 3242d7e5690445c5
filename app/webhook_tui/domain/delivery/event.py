"""The event inside a delivery, `{id, name, data, timestamp}`, read tolerantly: whatever is not there is None.

Shape from docs.piktid.com (Webhooks). The fields of `data` are not documented.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from msgspec import Struct

from webhook_tui.domain.delivery.headers import EVENT_HEADER, Headers, first
from webhook_tui.domain.payload.json_decoder import decode_bytes

KNOWN_EVENTS = ("batch_edit", "image_result", "identity_preprocessing", "ping")

MOST_VALUES = 200_000
"""Values of a body beyond which it is not read as an event: decoding it would delay every other delivery."""

_TIME_LIMIT = 253_402_300_800
"""Unix seconds at the end of the year 9999."""
_encode_id = json.JSONEncoder(allow_nan=False).encode


class Event(Struct, frozen=True, gc=False):
    """The fields of an event in a body."""

    event_id: str | None = None
    """JSON text of `id` when it is a number or a string."""
    name: str | None = None
    data: Mapping[str, object] | None = None
    raw_timestamp: object = None
    """`timestamp` as it was decoded, of whatever type."""
    is_json: bool = False
    is_strict: bool = False
    """The body is strict JSON in UTF-8 (RFC 8259), not only what the standard library accepts."""

    @property
    def timestamp(self) -> float | None:
        """Unix seconds at which the event happened, which is not when it was sent."""
        value = self.raw_timestamp
        if type(value) is float or type(value) is int:  # a bool is neither
            return float(value) if 0 <= value < _TIME_LIMIT else None
        return None


def parse_event(body: bytes) -> Event:
    """Read an event out of a body; never raises: what cannot be read, or is too much, is an empty Event."""
    if has_too_many_values(body):
        return Event()
    try:
        value, is_strict = decode_bytes(body)
    except (ValueError, MemoryError):
        return Event()
    if not isinstance(value, dict):
        return Event(is_json=True, is_strict=is_strict)
    name, data = value.get("name"), value.get("data")
    return Event(
        _id_text(value.get("id")),
        name if isinstance(name, str) else None,
        data if isinstance(data, dict) else None,
        value.get("timestamp"),
        is_json=True,
        is_strict=is_strict,
    )


def has_too_many_values(body: bytes) -> bool:
    """Whether a body may hold more than 200,000 JSON values, estimated without decoding it."""
    if len(body) <= MOST_VALUES:
        return False
    return sum(body.count(sign) for sign in (b",", b"[", b"{")) > MOST_VALUES


def _id_text(value: object) -> str | None:
    kind = type(value)
    try:
        if kind is int:  # nearly all are, and the encoder is slow
            return str(value)
        return _encode_id(value) if kind is str or kind is float else None
    except ValueError:
        return None


def event_name(headers: Headers, event: Event) -> str:
    """The name to show: the header's, else the body's, else "". Raw text: sanitise before showing."""
    return event_name_from(first(headers, EVENT_HEADER), event)


def event_name_from(header: bytes | None, event: Event) -> str:
    """Return the name to show, from the value of X-Webhook-Event and the body."""
    if header:
        return header.decode("utf-8", "replace")
    return event.name or ""
