"""Deliveries as JSON lines: the object that `listen --format json` writes and `verify --delivery` reads."""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from itertools import starmap
from typing import Any

import msgspec
from msgspec import Struct

from webhook_tui.domain import units
from webhook_tui.domain.delivery.delivery import Delivery, DeliveryRow, StoredDelivery
from webhook_tui.domain.delivery.event import has_too_many_values
from webhook_tui.domain.delivery.headers import Headers
from webhook_tui.domain.payload.json_decoder import DEEPEST, decode, opening_brackets
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.export.destination import Destination

_encode = msgspec.json.Encoder().encode
_encode_into = msgspec.json.Encoder().encode_into
_decode = msgspec.json.Decoder().decode

_NULL = b"null"
_LINE_FEED, _RETURN, _TAB, _DELETE = b"\n\r\t\x7f"
"""The only characters of ASCII that JSON may hold and that are not printable.

They are numbers: for `bytes in bytes`, Python first raises an error inside and catches it.
"""


class _DeliveryLine(Struct, tag_field="type", tag="delivery", gc=False):
    seq: int
    received_at: str
    method: str
    path: str
    headers: msgspec.Raw
    body_b64: bytes
    """Encoded as base64."""
    json: msgspec.Raw
    event: str
    event_id: msgspec.Raw | None
    attempt: int
    verdict: Verdict
    reason: str
    answered: int | None


def delivery_line(row: DeliveryRow, delivery: Delivery) -> str:
    """Return the line that `encode_delivery` writes, as text."""
    lines = bytearray()
    encode_delivery(row, delivery, lines)
    return lines.decode("ascii")


def encode_delivery(row: DeliveryRow, delivery: Delivery, lines: bytearray, *, is_strict: bool = False) -> None:
    """Append one delivery to `lines` as an object in a line of ASCII, its newline included.

    Headers are latin-1, `event_id` has the type that it had. The body is there twice: in base64 to the last byte, and
    as `json`, null where it is no JSON. A body that is JSON in one line of ASCII is embedded unchanged: to decode and
    encode each took more than half of the time that `listen` needs to print. `is_strict`: the body is known to be
    strict JSON (`Event.is_strict`).
    """
    body, event_id = delivery.body, row.event_id
    is_unchanged = _is_line(body) and (is_strict or _is_strict(body))
    value = None if is_unchanged else decoded_json(body)
    json_text = body if is_unchanged else _encoded(value)
    headers = b",".join(starmap(_header, delivery.headers))
    method, path, event, reason = delivery.method, delivery.target, row.event, row.reason
    in_ascii = method.isascii() and path.isascii() and event.isascii() and reason.isascii() and headers.isascii()
    if json_text is None or not in_ascii or (event_id is not None and not event_id.isascii()):
        json_value = msgspec.Raw(body) if is_unchanged else value
        lines += as_line(_record(row, delivery, json_value)).encode("ascii")
        return
    record = _DeliveryLine(
        row.seq,
        _time(row.received_at),
        method,
        path,
        msgspec.Raw(b"[%b]" % headers),
        body,
        msgspec.Raw(json_text),
        event,
        None if event_id is None else msgspec.Raw(event_id.encode()),
        row.attempt,
        row.verdict,
        reason,
        row.answered or None,
    )
    _encode_into(record, lines, -1)
    lines += b"\n"


def delivery_record(row: DeliveryRow, delivery: Delivery) -> Mapping[str, object]:
    """Return the object of that line, for `as_line`."""
    body = delivery.body
    is_unchanged = _is_line(body) and _is_strict(body)
    return _record(row, delivery, msgspec.Raw(body) if is_unchanged else decoded_json(body))


def _record(row: DeliveryRow, delivery: Delivery, json_value: object) -> Mapping[str, object]:
    return {
        "type": "delivery",
        "seq": row.seq,
        "received_at": _time(row.received_at),
        "method": delivery.method,
        "path": delivery.target,
        "headers": [[name.decode("latin-1"), value.decode("latin-1")] for name, value in delivery.headers],
        "body_b64": binascii.b2a_base64(delivery.body, newline=False).decode("ascii"),
        "json": json_value,
        "event": row.event,
        "event_id": None if row.event_id is None else msgspec.Raw(row.event_id.encode()),
        "attempt": row.attempt,
        "verdict": row.verdict.value,
        "reason": row.reason,
        "answered": row.answered or None,
    }


@lru_cache(maxsize=64)  # nearly all headers are those of the delivery before
def _header(name: bytes, value: bytes) -> bytes:
    return _encode((name.decode("latin-1"), value.decode("latin-1")))


def _time(at: datetime) -> str:
    """`rfc3339` of a time in UTC, from msgspec's microseconds, which it writes ten times as fast."""
    return _encode(at)[1:24].decode() + "Z" if at.microsecond else units.rfc3339(at)


def _is_line(body: bytes) -> bool:
    """Whether a body, if it is JSON, is one line of printable ASCII."""
    return body.isascii() and not (_LINE_FEED in body or _RETURN in body or _TAB in body or _DELETE in body)


def _is_strict(body: bytes) -> bool:
    """Whether a body is strict JSON, and neither too deep nor too large."""
    if opening_brackets(body) > DEEPEST or has_too_many_values(body):
        return False
    try:
        _decode(body)
    except (msgspec.MsgspecError, ValueError):
        return False
    return True


def _encoded(value: object) -> bytes | None:
    """JSON of ASCII; None where msgspec cannot encode it so."""
    if value is None:
        return _NULL
    try:
        text = _encode(value)
    except (ValueError, OverflowError):  # a lone surrogate, a large integer
        return None
    return text if text.isascii() else None


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
    if (text := _encoded(record)) is not None:
        return text.decode("ascii") + "\n"
    return json.dumps(record, ensure_ascii=True, separators=(",", ":"), default=_value) + "\n"


def _value(raw: object) -> object:
    assert isinstance(raw, msgspec.Raw)
    return json.loads(bytes(raw))


def write_jsonl(deliveries: Iterable[StoredDelivery], _destination: Destination) -> Iterator[bytes]:
    """One line a delivery."""
    for stored in deliveries:
        yield delivery_line(stored.row, stored.delivery).encode("ascii")


class Imported(Struct, frozen=True):
    """One delivery as a file holds it."""

    place: str
    """Where in the file: `line 3`."""
    delivery: Delivery
    answered: int | None


class Skipped(Struct, frozen=True):
    """A part of a file that is not imported."""

    place: str
    reason: str


def read_jsonl(lines: Iterable[bytes]) -> Iterator[Imported | Skipped]:
    """Yield the deliveries in lines as `listen --format json` and `export` write them, and why others are skipped."""
    for number, line in enumerate(lines, 1):
        text = line.strip().removeprefix(b"\xef\xbb\xbf")
        if not text:
            continue
        place = f"line {number}"
        try:
            record = decode(text)
        except (ValueError, MemoryError):
            yield Skipped(place, "not JSON")
            continue
        kind = record.get("type") if isinstance(record, dict) else None
        if kind != "delivery":
            yield Skipped(place, "not a delivery" if isinstance(kind, str) else "not a line of webhook-tui")
            continue
        try:
            yield Imported(place, delivery_from(record), answer_status(record.get("answered")))
        except ValueError as error:
            yield Skipped(place, str(error))


def answer_status(value: object) -> int | None:
    """Return the status of an answer as a file holds it; None when that is no status."""
    return value if isinstance(value, int) and 100 <= value <= 999 else None


def delivery_from(record: Mapping[str, object]) -> Delivery:
    """Return the delivery in an object of `delivery_record`. Raises ValueError that says what is wrong with it."""
    try:
        headers = _headers_from(record["headers"])
        method, target = str(record["method"]), str(record["path"])
        (method + target).encode("latin-1")  # of a line that we wrote, each character is a byte that was sent
        received_at = datetime.fromisoformat(str(record["received_at"]))
        if received_at.tzinfo is None:
            raise ValueError("its received_at has no time zone")
        return Delivery(
            received_at=units.utc(received_at),
            method=method,
            target=target,
            headers=headers,
            body=base64.b64decode(str(record["body_b64"]), validate=True),
        )
    except KeyError as error:
        raise ValueError(f"{error.args[0]} is missing") from error
    except (UnicodeEncodeError, OverflowError) as error:
        raise ValueError("it cannot be read") from error


def _headers_from(pairs: Any) -> Headers:
    try:
        named = [(str(name), str(value)) for name, value in pairs]
    except (TypeError, ValueError) as error:
        raise ValueError("its headers are no pairs") from error
    return tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in named)
