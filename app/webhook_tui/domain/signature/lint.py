"""What is odd about a delivery, in short notes; quiet advice that never touches the verdict."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator

from webhook_tui.domain.answer_rules.answer import is_success
from webhook_tui.domain.delivery.delivery import Delivery, StoredDelivery
from webhook_tui.domain.delivery.event import KNOWN_EVENTS
from webhook_tui.domain.delivery.headers import EVENT_HEADER, first
from webhook_tui.domain.payload.json_lint import LARGEST_LINTED, Number, field_paths, paths_of, read, shown
from webhook_tui.domain.units import age

OLDEST_SECONDS = 600
"""Age of an event on arrival from which it is worth a note: PiktID keeps notifications for ten minutes."""
FUTURE_SECONDS = 60
"""How far two clocks may be apart."""

__all__ = ["field_paths", "lint"]

_MOST_NAMED = 3
_WITHIN = re.compile(r"[.\[]")
_MILLISECONDS = 100_000_000_000
_DOCUMENTED = (("id", "a number"), ("name", "a string"), ("data", "an object"), ("timestamp", "a number"))


def lint(
    delivery: Delivery,
    *,
    known_fields: frozenset[str] | None = None,
    earlier: StoredDelivery | None = None,
) -> tuple[str, ...]:
    """Notes on one delivery, the weightiest first; never raises.

    `known_fields`: every path that earlier events of that name had (`field_paths`); None: nothing to compare with.
    Received text in the notes is sanitised.
    """
    body = delivery.body
    notes = [*_content_type(delivery)]
    if not body:
        return ("the body is empty", *notes)
    notes += _encoding(body)
    if len(body) > LARGEST_LINTED:
        return (*notes, *_again(body, earlier, "the event"))
    reading = read(body)
    if reading.error is not None:
        return (reading.error, *notes)
    root = reading.value
    if not isinstance(root, dict):
        return ("the body is not a JSON object", *notes, *reading.oddities)
    return (
        *_name(delivery, root),
        *_documented(root),
        *_again(body, earlier, f"id {shown(root.get('id'))}"),
        *_time(delivery, root.get("timestamp")),
        *notes,
        *reading.oddities,
        *(() if known_fields is None else _new_fields(paths_of(root) - known_fields)),
    )


def _content_type(delivery: Delivery) -> Iterator[str]:
    value = first(delivery.headers, b"content-type")
    if value is None:
        yield "no Content-Type header"
        return
    kind, _, parameters = value.decode("latin-1").partition(";")
    kind = kind.strip().lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        yield f"Content-Type is {shown(kind)}, not application/json"
    charset = re.search(r"charset\s*=\s*\"?([^\s\";]+)", parameters, re.IGNORECASE)
    if charset is not None and charset[1].lower() not in ("utf-8", "utf8"):
        yield f"Content-Type says charset {shown(charset[1])}"


def _encoding(body: bytes) -> Iterator[str]:
    encoding = json.detect_encoding(body)
    if encoding == "utf-8-sig":
        yield "byte order mark in front of the body"
    elif encoding != "utf-8":
        yield f"the body is {encoding[:6].upper()}, not UTF-8"
    else:
        try:
            body.decode("utf-8")
        except UnicodeDecodeError:
            yield "the body is not UTF-8"


def _name(delivery: Delivery, root: dict[str, object]) -> Iterator[str]:
    raw = first(delivery.headers, EVENT_HEADER)
    name = root.get("name")
    if raw is None:
        yield "no X-Webhook-Event header"
    elif isinstance(name, str) and raw.decode("utf-8", "replace") != name:
        yield f"header says {shown(raw)}, body says {shown(name)}"
    event = name if isinstance(name, str) else raw
    if event is not None and (event if isinstance(event, str) else event.decode("latin-1")) not in KNOWN_EVENTS:
        yield f"unknown event {shown(event)}"


def _documented(root: dict[str, object]) -> Iterator[str]:
    for name, kind in _DOCUMENTED:
        value = root.get(name)
        if name not in root:
            yield f"no field {name}"
        elif not _is_kind(value, kind):
            yield f"{name} is not {kind}"


def _is_kind(value: object, kind: str) -> bool:
    if kind == "a number":
        return isinstance(value, Number)
    if kind == "a string":
        return isinstance(value, str) and not isinstance(value, Number)
    return isinstance(value, dict)


def _again(body: bytes, earlier: StoredDelivery | None, subject: str) -> Iterator[str]:
    if earlier is None:
        return
    row = earlier.row
    if earlier.delivery.body != body:
        yield f"{subject} came before with another body, as #{row.seq}"
    elif is_success(row.answered):
        yield f"{subject} came before and was answered {row.answered}, as #{row.seq}"


def _time(delivery: Delivery, timestamp: object) -> Iterator[str]:
    if not isinstance(timestamp, Number):
        return
    value = float(timestamp)
    if not math.isfinite(value):
        return
    if value >= _MILLISECONDS:
        yield "timestamp is not in seconds"
        return
    late = delivery.received_at.timestamp() - value
    if late > OLDEST_SECONDS:
        yield f"the event was {age(late)} old when it came"
    elif late < -FUTURE_SECONDS:
        yield f"the event lies {age(-late)} in the future"


def _new_fields(paths: frozenset[str]) -> Iterator[str]:
    """Name the first of those paths that do not lie within another one of them."""
    topmost = sorted(
        path for path in paths if not any(path[: mark.start()] in paths for mark in _WITHIN.finditer(path))
    )
    for path in topmost[:_MOST_NAMED]:
        yield f"new field {shown(path.removeprefix('data.'))}"
    if len(topmost) > _MOST_NAMED:
        yield f"new field: {len(topmost) - _MOST_NAMED} more"
