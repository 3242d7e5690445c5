"""Deliveries as JSON lines: the object that `listen --format json` writes and `verify --delivery` reads."""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import asdict

from webhook_tui.domain import units
from webhook_tui.domain.delivery.delivery import Delivery, DeliveryRow, StoredDelivery
from webhook_tui.domain.delivery.event import has_too_many_values
from webhook_tui.domain.payload.json_decoder import DEEPEST, decode
from webhook_tui.export.destination import Destination

_BRACKETS = b"[{"
_PRINTABLE_BUT_BRACKETS = bytes(range(0x20, 0x7F)).translate(None, _BRACKETS)

_encode = msgspec.json.Encoder().encode
_encode_into = msgspec.json.Encoder().encode_into

_LINE_BYTES = 1024
"""Usual size of a line without its body."""


class _DeliveryLine(Struct, tag_field="type", tag="delivery", gc=False):
    seq: int
    received_at: str
    method: str
    path: str
    headers: list[tuple[str, str]]
    body_b64: bytes
    """Encoded as base64."""
    json: object
    event: str
    event_id: msgspec.Raw | None
    attempt: int
    verdict: str
    reason: str
    answered: int | None


def delivery_line(row: DeliveryRow, delivery: Delivery) -> str:
    """Return one delivery as an object in a line of ASCII, its newline included; headers as latin-1, `event_id` with
    the type that it had.

    The body is there twice: in base64 to the last byte, and as `json`, null where it is no JSON. A body that is JSON in
    one line of ASCII is embedded unchanged.
    """
    line = _line(row, delivery)
    return _ascii(line, _LINE_BYTES + 5 * len(delivery.body) // 2) or as_line(_record(line))


def delivery_record(row: DeliveryRow, delivery: Delivery) -> Mapping[str, object]:
    """Return the object of that line, for `as_line`."""
    return _record(_line(row, delivery))


def _line(row: DeliveryRow, delivery: Delivery) -> _DeliveryLine:
    return _DeliveryLine(
        seq=row.seq,
        received_at=_time(row.received_at),
        method=delivery.method,
        path=delivery.target,
        headers=[(name.decode("latin-1"), value.decode("latin-1")) for name, value in delivery.headers],
        body_b64=delivery.body,
        json=_embedded(delivery.body),
        event=row.event,
        event_id=None if row.event_id is None else msgspec.Raw(row.event_id.encode()),
        attempt=row.attempt,
        verdict=row.verdict.value,
        reason=row.reason,
        answered=row.answered or None,
    )


def _time(at: datetime) -> str:
    """`rfc3339` of a time in UTC, from msgspec's microseconds, which it writes ten times as fast."""
    return str(_encode(at)[1:24], "ascii") + "Z" if at.microsecond else units.rfc3339(at)


def _record(line: _DeliveryLine) -> Mapping[str, object]:
    body = binascii.b2a_base64(line.body_b64, newline=False).decode("ascii")
    return {"type": "delivery", **asdict(line), "headers": [[*pair] for pair in line.headers], "body_b64": body}


def _embedded(body: bytes) -> object:
    """Return the body for its line, unchanged where possible: decoding and encoding each body took more than half of
    the time that `listen` needs to print.
    """
    brackets = body.translate(None, _PRINTABLE_BUT_BRACKETS)  # and what is not printable
    if len(brackets) <= DEEPEST and not brackets.translate(None, _BRACKETS) and not has_too_many_values(body):
        try:
            msgspec.json.decode(body)
        except (msgspec.MsgspecError, ValueError):
            return decoded_json(body)
        return msgspec.Raw(body)
    return decoded_json(body)


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
    return _ascii(record) or json.dumps(record, ensure_ascii=True, separators=(",", ":"), default=_value) + "\n"


def _ascii(record: object, size: int = _LINE_BYTES) -> str | None:
    """The line as msgspec encodes it; None if it cannot, or if the line would not be ASCII.

    `size`: about how many bytes it will have; to grow and to copy takes a fifth of the time.
    """
    line = bytearray(size)
    try:
        _encode_into(record, line)
        line += b"\n"
        return str(line, "ascii")
    except (ValueError, OverflowError):  # a lone surrogate, a large integer, a character that is not ASCII
        return None


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
            answered = record.get("answered")
            yield Imported(place, delivery_from(record), answered if isinstance(answered, int) else None)
        except ValueError as error:
            yield Skipped(place, str(error))


def delivery_from(record: Mapping[str, object]) -> Delivery:
    """Return the delivery in an object of `delivery_record`. Raises ValueError that says what is wrong with it."""
    try:
        pairs: Any = record["headers"]
        received_at = datetime.fromisoformat(str(record["received_at"]))
        if received_at.tzinfo is None:
            raise ValueError("its received_at has no time zone")
        return Delivery(
            received_at=received_at.astimezone(UTC),
            method=str(record["method"]),
            target=str(record["path"]),
            headers=tuple((str(name).encode("latin-1"), str(value).encode("latin-1")) for name, value in pairs),
            body=base64.b64decode(str(record["body_b64"]), validate=True),
        )
    except KeyError as error:
        raise ValueError(f"{error.args[0]} is missing") from error
    except TypeError as error:
        raise ValueError("its headers are no pairs") from error
    except (UnicodeEncodeError, OverflowError) as error:
        raise ValueError("it cannot be read") from error
