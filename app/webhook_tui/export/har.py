"""Deliveries as an HTTP archive (HAR 1.2), for browsers' tools and proxies; ASCII, and lossless for every byte.

Header values are written as latin-1. A body that is not UTF-8 is written in base64, marked as HAR marks an answer's
content. Answers are not stored, so their sizes are -1, which means unknown.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from http import HTTPStatus
from itertools import chain
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from webhook_tui import __version__
from webhook_tui.domain import units
from webhook_tui.domain.delivery.delivery import Delivery, StoredDelivery
from webhook_tui.domain.delivery.event import parse_event
from webhook_tui.domain.delivery.headers import Headers, first
from webhook_tui.domain.payload.json_decoder import decode
from webhook_tui.domain.url import origin_form
from webhook_tui.export.destination import Destination
from webhook_tui.export.json_lines import Imported, Skipped, answer_status

_PAGE = "deliveries"
_ABSOLUTE = re.compile(r"https?://", re.IGNORECASE)
_HOST = re.compile(rb"[A-Za-z0-9.-]+(?::\d{1,5})?|\[[0-9A-Fa-f:.]+\](?::\d{1,5})?")


def write_har(deliveries: Iterable[StoredDelivery], destination: Destination) -> Iterator[bytes]:
    """One archive with an entry a line."""
    each = iter(deliveries)
    first_one = next(each, None)
    log = {
        "version": "1.2",
        "creator": {"name": "webhook-tui", "version": __version__},
        "pages": [] if first_one is None else [_page(first_one)],
    }
    yield f'{{"log": {json.dumps(log).removesuffix("}")}, "entries": ['.encode("ascii")
    between = "\n"
    for stored in chain(() if first_one is None else (first_one,), each):
        yield (between + json.dumps(_entry(stored, destination), ensure_ascii=True)).encode("ascii")
        between = ",\n"
    yield b"\n]}}\n"


def _page(stored: StoredDelivery) -> dict[str, object]:
    """One page for all: without one, Firefox imports nothing."""
    return {
        "startedDateTime": units.rfc3339(stored.row.received_at),
        "id": _PAGE,
        "title": "Webhook deliveries",
        "pageTimings": {},
    }


def _entry(stored: StoredDelivery, destination: Destination) -> dict[str, object]:
    row = stored.row
    return {
        "pageref": _PAGE,
        "startedDateTime": units.rfc3339(row.received_at),
        "time": 0,
        "request": _request(stored.delivery, destination),
        "response": _response(row.answered),
        "cache": {},
        "timings": {"send": 0, "wait": 0, "receive": 0},
        "comment": f"{row.verdict.value}: {row.reason}",
        "_webhookTui": {"seq": row.seq, "verdict": row.verdict.value, "attempt": row.attempt},
    }


def _request(delivery: Delivery, destination: Destination) -> dict[str, object]:
    return {
        "method": delivery.method,
        "url": _url(delivery, destination),
        "httpVersion": f"HTTP/{delivery.http_version}",
        "cookies": [],
        "headers": [
            {"name": name.decode("latin-1"), "value": value.decode("latin-1")} for name, value in delivery.headers
        ],
        "queryString": [{"name": name, "value": value} for name, value in _query(delivery.target)],
        "postData": _content(delivery),
        "headersSize": -1,
        "bodySize": len(delivery.body),
    }


def _query(target: str) -> list[tuple[str, str]]:
    return parse_qsl(
        target.partition("#")[0].partition("?")[2], keep_blank_values=True, encoding="utf-8", errors="replace"
    )


def _content(delivery: Delivery) -> dict[str, object]:
    kind = (first(delivery.headers, b"content-type") or b"").decode("latin-1")
    try:
        return {"mimeType": kind, "params": [], "text": delivery.body.decode("utf-8")}
    except UnicodeDecodeError:
        return {
            "mimeType": kind,
            "params": [],
            "text": base64.b64encode(delivery.body).decode("ascii"),
            "encoding": "base64",
        }


def _response(answered: int | None) -> dict[str, object]:
    status = answered or 0
    return {
        "status": status,
        "statusText": HTTPStatus(status).phrase if status in list(HTTPStatus) else "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [],
        "content": {"size": -1, "mimeType": ""},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
    }


def _url(delivery: Delivery, destination: Destination) -> str:
    """The URL that the sender meant (RFC 9112, 3.3), as far as the request contains it."""
    if _ABSOLUTE.match(delivery.target):
        return delivery.target
    host = first(delivery.headers, b"host")
    if host is None or not _HOST.fullmatch(host):
        host = urlsplit(destination.base_url).netloc.encode("utf-8")
    path = delivery.target if delivery.target.startswith("/") else "/"  # `*` stands for the server itself
    secure = first(delivery.headers, b"x-forwarded-proto") == b"https"
    return f"{'https' if secure else 'http'}://{host.decode('utf-8')}{path}"


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
            received_at=_time_of(str(entry["startedDateTime"])),
            method=str(request["method"]).encode().decode("latin-1"),
            target=_target_of(str(request["url"]), is_ours=_OUR_ENTRIES in entry),
            headers=_headers_of(request["headers"]),
            body=_body(request),
            http_version="1.0" if request.get("httpVersion") == "HTTP/1.0" else "1.1",
        )
        status = answer_status((entry.get("response") or {}).get("status"))
    except (KeyError, TypeError, AttributeError):
        return Skipped(place, "not an entry of a HAR")
    except (ValueError, OverflowError) as error:
        return Skipped(place, str(error))
    if _OUR_ENTRIES not in entry and not _is_delivery(delivery):
        return Skipped(place, "not a webhook delivery")
    return Imported(place, delivery, status)


def _is_delivery(delivery: Delivery) -> bool:
    if any(name.lower().startswith(_OUR_HEADERS) for name, _ in delivery.headers):
        return True
    event = parse_event(delivery.body)
    return event.event_id is not None and event.name is not None


def _time_of(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("its startedDateTime has no time zone")
    return units.utc(at)


def _target_of(url: str, *, is_ours: bool) -> str:
    """The path and the query; in an entry of ours all that follows the host, as it was sent."""
    if is_ours:
        return _bytes(origin_form(url)).decode("latin-1")
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.path or '/'}{query}".encode().decode("latin-1")


def _headers_of(pairs: Any) -> Headers:
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
