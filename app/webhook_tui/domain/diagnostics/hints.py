"""What may explain a failing signature, without proof: traces in the body, the headers and the same event before."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from webhook_tui.domain.comparison.json_diff import changed_paths
from webhook_tui.domain.delivery.delivery import Delivery
from webhook_tui.domain.delivery.headers import first
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.diagnostics.json_changes import json_changes
from webhook_tui.domain.diagnostics.other_delivery import OtherDelivery
from webhook_tui.domain.payload.json_decoder import decode

_LARGEST_READ = 1_048_576
_LONGEST = 40
_MOST_CHANGES = 3
_PROXIES = (
    b"via",
    b"x-proxy-id",
    b"x-cache",
    b"x-varnish",
    b"x-amzn-trace-id",
    b"x-azure-ref",
    b"x-envoy-external-address",
)


def hints(delivery: Delivery, event_id: str | None, others: Sequence[OtherDelivery]) -> tuple[str, ...]:
    """Each as one or two sentences; received text in them is sanitised."""
    return (*_same_event(delivery.body, event_id, others), *_body(delivery.body), *_headers(delivery))


def _same_event(body: bytes, event_id: str | None, others: Sequence[OtherDelivery]) -> Iterator[str]:
    for other in others:
        if event_id is not None and other.is_valid and other.event_id == event_id and other.body != body:
            yield f"The same event came valid as #{other.seq} with other bytes. {_changes(other.body, body)}".rstrip()
            return


def _changes(valid: bytes, body: bytes) -> str:
    """What differs between the valid body and this one."""
    if max(len(valid), len(body)) > _LARGEST_READ:
        return f"That one had {len(valid):,} bytes, this one has {len(body):,}."
    changed = changed_paths(valid, body)
    if changed:
        told = [
            f"{_shown(one.path)} was {_shown(one.before)} and is {_shown(one.after)}" for one in changed[:_MOST_CHANGES]
        ]
        more = f"; {len(changed) - _MOST_CHANGES} more" if len(changed) > _MOST_CHANGES else ""
        return f"Different: {'; '.join(told)}{more}."
    phrases = [one.phrase for one in json_changes(valid, body)]
    if phrases:
        return f"The valid one is the same JSON, {', '.join(phrases[:_MOST_CHANGES])}."
    at = next(
        (at for at, (one, two) in enumerate(zip(valid, body, strict=False)) if one != two), min(len(valid), len(body))
    )
    return f"The first difference is at byte {at:,} ({len(valid):,} bytes then, {len(body):,} now)."


def _shown(value: str | None) -> str:
    text = "absent" if value is None else visible(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _body(body: bytes) -> Iterator[str]:
    if not body:
        yield "The body is empty."
        return
    if "\ufffd".encode() in body:
        yield "The body has U+FFFD in it: a program decoded its text in the wrong encoding."
    if len(body) > _LARGEST_READ:
        return
    try:
        decode(body)
    except json.JSONDecodeError as error:
        if error.pos >= len(error.doc.rstrip()) - 1 or "Unterminated string" in error.msg:
            narrow = "" if body.isascii() else " It has text outside ASCII: Content-Length may have counted characters."
            yield f"The body ends in the middle of its JSON.{narrow}"
        else:
            yield "The body is not JSON."
    except (ValueError, MemoryError):
        yield "The body is not JSON."


def _headers(delivery: Delivery) -> Iterator[str]:
    length = first(delivery.headers, b"content-length")
    if length is not None and length.isdigit() and len(length) < 16 and int(length) != len(delivery.body):
        characters = len(delivery.body.decode("utf-8", "replace"))
        counted = " It counted characters." if int(length) == characters else ""
        yield f"Content-Length says {int(length):,}, and {len(delivery.body):,} bytes arrived.{counted}"
    coding = first(delivery.headers, b"content-encoding")
    if coding is not None and coding.strip().lower() not in (b"", b"identity"):
        yield f"Content-Encoding is {_shown(visible(coding))}: the body may have been signed before it was compressed."
    for name in _PROXIES:
        value = first(delivery.headers, name)
        if value is not None:
            passed = f"{_shown(visible(name.title()))}: {_shown(visible(value))}"
            yield f"It passed a proxy ({passed}), which may have changed the body."
            return
