"""Deliveries as an HTTP archive (HAR 1.2), for browsers' tools and proxies; ASCII, and lossless for every byte.

Header values are written as latin-1. A body that is not UTF-8 is written in base64, marked as HAR marks an answer's
content. Answers are not stored, so their sizes are -1, which means unknown.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from itertools import chain
from urllib.parse import parse_qsl, urlsplit

from webhook_tui import __version__
from webhook_tui.domain import units
from webhook_tui.domain.delivery.delivery import Delivery, StoredDelivery
from webhook_tui.domain.delivery.headers import first
from webhook_tui.export.destination import Destination

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
    return parse_qsl(target.partition("?")[2], keep_blank_values=True, encoding="utf-8", errors="replace")


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
