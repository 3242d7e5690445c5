"""Reads deliveries out of an HTTP archive (HAR 1.2): one of ours, a proxy's, a browser's."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from webhook_tui.domain.delivery.delivery import Delivery
from webhook_tui.domain.delivery.event import parse_event
from webhook_tui.domain.delivery.headers import Headers
from webhook_tui.domain.payload.json_decoder import decode
from webhook_tui.export.json_lines import Imported, Skipped

_OUR_HEADERS = b"x-webhook-"
_OUR_ENTRIES = "_webhookTui"


def read_har(content: bytes) -> Iterator[Imported | Skipped] | None:
    """Return the entries that are deliveries, and why others are skipped; None when it is no HAR.

    An entry is a delivery when its request has a X-Webhook header or an event as its body, or when we exported it.
    """
    try:
        value = decode(content.removeprefix(b"\xef\xbb\xbf"))
        entries = value["log"]["entries"]
    except (ValueError, TypeError, KeyError, MemoryError):
        return None
    if not isinstance(entries, list):
        return None
    return (_read(f"entry {number}", entry) for number, entry in enumerate(entries, 1))


def _read(place: str, entry: Any) -> Imported | Skipped:
    try:
        request = entry["request"]
        delivery = Delivery(
            received_at=_time(str(entry["startedDateTime"])),
            method=str(request["method"]),
            target=_target(str(request["url"])),
            headers=_headers(request["headers"]),
            body=_body(request),
            http_version="1.0" if request.get("httpVersion") == "HTTP/1.0" else "1.1",
        )
        status = (entry.get("response") or {}).get("status")
    except (KeyError, TypeError, AttributeError):
        return Skipped(place, "not an entry of a HAR")
    except ValueError as error:
        return Skipped(place, str(error))
    if _OUR_ENTRIES not in entry and not _is_delivery(delivery):
        return Skipped(place, "not a webhook delivery")
    return Imported(place, delivery, status if isinstance(status, int) and 100 <= status <= 999 else None)


def _is_delivery(delivery: Delivery) -> bool:
    if any(name.lower().startswith(_OUR_HEADERS) for name, _ in delivery.headers):
        return True
    event = parse_event(delivery.body)
    return event.event_id is not None and event.name is not None


def _time(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("its startedDateTime has no time zone")
    return at.astimezone(UTC)


def _target(url: str) -> str:
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return (parts.path or "/").encode().decode("latin-1") + query.encode().decode("latin-1")


def _headers(pairs: Any) -> Headers:
    """Without the pseudo-headers of HTTP/2."""
    named = ((str(pair["name"]), str(pair["value"])) for pair in pairs)
    return tuple((_bytes(name), _bytes(value)) for name, value in named if not name.startswith(":"))


def _bytes(text: str) -> bytes:
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def _body(request: dict[str, Any]) -> bytes:
    """Raises ValueError when the archive does not hold the bytes that were sent."""
    content = request.get("postData") or {}
    text = content.get("text")
    if text is None:
        if content.get("params"):
            raise ValueError("its body is not in the file, only its form fields")
        return b""
    is_base64 = content.get("encoding") == "base64"
    body = base64.b64decode(text, validate=True) if is_base64 else str(text).encode("utf-8", "surrogatepass")
    size = request.get("bodySize", -1)
    if isinstance(size, int) and size > 0 and size != len(body):
        raise ValueError(f"its body is not whole: {len(body)} of {size} bytes")
    return body
