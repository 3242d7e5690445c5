"""Evidence without proof of why a signature fails: the same event before, the body's text, the headers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from webhook_tui.domain.comparison.diff import changed_paths, first_difference
from webhook_tui.domain.delivery.delivery import Delivery, StoredDelivery
from webhook_tui.domain.delivery.headers import first
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.diagnostics.catalogue import PRINTED_WORDS
from webhook_tui.domain.diagnostics.json_changes import json_changes
from webhook_tui.domain.payload.json_decoder import decode

_LARGEST_READ = 1_048_576
_LONGEST = 40
_MOST_CHANGES = 3
_PROXIES = (
    *(b"via", b"x-proxy-id", b"x-cache", b"x-varnish", b"x-amzn-trace-id", b"x-azure-ref"),
    b"x-envoy-external-address",
)
_PRINTED = (
    (re.compile(rb"(?:Array|stdClass Object)\s+\("), "print_r() of PHP"),
    (re.compile(rb"array \(\s|\(object\) array\("), "var_export() of PHP"),
    (re.compile(rb"[aO]:\d+:"), "serialize() of PHP"),
    (re.compile(rb"map\["), "%v of Go"),
    (re.compile(rb'\{\s*(?:"[^"]*"|:\w+)\s*=>'), "inspect of Ruby"),
    (re.compile(rb"\{\s*'"), "str() of Python"),
    (re.compile(rb"\{\s+\w+: "), "util.inspect() of Node.js"),
    (re.compile(rb"\{\w+="), "toString() of Java"),
    (re.compile(rb"<Buffer "), "a Buffer of Node.js"),
)
"""What the text of a printed value begins with, and what prints it."""
_WORDS = {word.encode(): language for language, words in reversed(PRINTED_WORDS.items()) for word in words}


def hints(delivery: Delivery, event_id: str | None, others: Sequence[StoredDelivery]) -> tuple[str, ...]:
    """Return one or two sentences for each; received text in them is sanitised."""
    return (*_same_event(delivery.body, event_id, others), *_headers(delivery), *_body(delivery))


def _same_event(body: bytes, event_id: str | None, others: Sequence[StoredDelivery]) -> Iterator[str]:
    if event_id is None:
        return
    for other in others:
        row, valid = other.row, other.delivery.body
        if row.verdict.is_good and row.event_id == event_id and valid != body:
            yield f"The same event arrived valid as #{row.seq} with other bytes. {_changes(valid, body)}"
            return


def _changes(valid: bytes, body: bytes) -> str:
    """Return what differs between the valid body and this one."""
    if max(len(valid), len(body)) > _LARGEST_READ:
        return f"That one has {len(valid):,} bytes, this one has {len(body):,}."
    changed = changed_paths(valid, body)
    if changed:
        named = [
            f"{_shown(one.path)} was {_shown(one.before)} and is {_shown(one.after)}" for one in changed[:_MOST_CHANGES]
        ]
        more = f"; {len(changed) - _MOST_CHANGES} more" if len(changed) > _MOST_CHANGES else ""
        return f"Different: {'; '.join(named)}{more}."
    phrases = [one.phrase for one in json_changes(valid, body)]
    if phrases:
        return f"The valid one is the same JSON, {', '.join(phrases[:_MOST_CHANGES])}.".replace(
            "the same JSON, the same JSON", "the same JSON"
        )
    at = first_difference(valid, body)
    return f"The first difference is at byte {at:,} ({len(valid):,} bytes then, {len(body):,} now)."


def _shown(value: str | None) -> str:
    text = "absent" if value is None else visible(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _body(delivery: Delivery) -> Iterator[str]:
    body = delivery.body
    if not body:
        yield "The body is empty."
        return
    if "\ufffd".encode() in body:
        yield "The body has U+FFFD in it: a program decoded its text in the wrong encoding."
    if (language := _WORDS.get(body.strip())) is not None:
        yield f"The body is {_shown(body.strip().decode())}, which {language} prints for a value that is not text."
        return
    if len(body) > _LARGEST_READ or _content_coding(delivery):
        return
    try:
        decode(body)
    except json.JSONDecodeError as error:
        if error.pos >= len(error.doc.rstrip()) - 1 or "Unterminated string" in error.msg:
            narrow = "" if body.isascii() else " It has text outside ASCII: Content-Length may have counted characters."
            yield f"The body ends in the middle of its JSON.{narrow}"
        else:
            yield from _not_json(body)
    except (ValueError, MemoryError):
        yield from _not_json(body)


def _not_json(body: bytes) -> Iterator[str]:
    start = body.lstrip()
    printer = next((what for pattern, what in _PRINTED if pattern.match(start)), None)
    yield (
        "The body is not JSON." if printer is None else f"The body is not JSON: it looks like the output of {printer}."
    )


def _content_coding(delivery: Delivery) -> str:
    coding = (first(delivery.headers, b"content-encoding") or b"").strip().lower()
    return "" if coding in (b"", b"identity") else _shown(visible(coding))


def _headers(delivery: Delivery) -> Iterator[str]:
    length = first(delivery.headers, b"content-length")
    if length is not None and length.isdigit() and len(length) < 16 and int(length) != len(delivery.body):
        characters = len(delivery.body.decode("utf-8", "replace"))
        counted = " That is the number of characters." if int(length) == characters else ""
        yield f"Content-Length is {int(length):,}, and {len(delivery.body):,} bytes arrived.{counted}"
    if coding := _content_coding(delivery):
        yield f"Content-Encoding is {coding}: the body may have been signed before it was compressed."
    for name in _PROXIES:
        value = first(delivery.headers, name)
        if value is not None:
            passed = f"{_shown(visible(name.title()))}: {_shown(visible(value))}"
            yield f"The request passed a proxy ({passed}), which may have changed the body."
            return
