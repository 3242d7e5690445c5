"""Headers exactly as they were sent: names keep their case, order and repetition are kept, values stay bytes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from msgspec import Struct

Headers: TypeAlias = tuple[tuple[bytes, bytes], ...]
"""Pairs of name and value in order of arrival, as bytes."""

EVENT_HEADER = b"x-webhook-event"
SIGNATURE_HEADER = b"x-webhook-signature"

SIMULATED_HEADER = b"X-Webhook-Simulated"
"""Ours: it has a nonce of the run that sent the event."""
_FOLDED_SIMULATED_HEADER = SIMULATED_HEADER.lower()
_LENGTHS = frozenset(map(len, (EVENT_HEADER, SIGNATURE_HEADER, SIMULATED_HEADER)))

SENSITIVE = frozenset(
    {b"authorization", b"cookie", b"set-cookie", b"proxy-authorization", b"x-api-key", b"x-auth-token"}
)
"""Names (lower case) whose values are redacted in everything that leaves the program."""

HOP_BY_HOP = frozenset(
    [
        *(b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"proxy-connection"),
        *(b"te", b"trailer", b"transfer-encoding", b"upgrade"),
    ]
)
"""Names (lower case) that concern one connection only and are never passed on (RFC 9110, 7.6.1)."""

_COMMA = ord(",")  # `b"," in value` raises an error inside of Python and catches it, before it searches
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(rb"[\t\x20-\x7e\x80-\xff]*")


class WebhookHeaders(Struct, frozen=True, gc=False):
    """The values of the headers that the session reads of every delivery."""

    event: bytes | None
    """The first X-Webhook-Event."""
    signatures: Sequence[bytes]
    """Every X-Webhook-Signature, as `signatures` returns them."""
    simulated: bytes | None
    """The first X-Webhook-Simulated."""


def webhook_headers(headers: Iterable[tuple[bytes, bytes]]) -> WebhookHeaders:
    """Return the values of these three headers; names are compared without case.

    Three searches, one for each header, take nearly twice as long.
    """
    event = simulated = None
    sent: list[bytes] = []
    for name, value in headers:
        if len(name) not in _LENGTHS:  # hardly any other name is as long: few are folded
            continue
        folded = name.lower()
        if folded == SIGNATURE_HEADER:
            sent.append(value)
        elif folded == EVENT_HEADER:
            event = value if event is None else event
        elif folded == _FOLDED_SIMULATED_HEADER:
            simulated = value if simulated is None else simulated
    return WebhookHeaders(event, _split_equal(sent), simulated)


def sendable(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """Those whose name and value HTTP can carry (RFC 9110, 5.5): a control character is not passed on."""
    return tuple((name, value) for name, value in headers if _NAME.fullmatch(name) and _VALUE.fullmatch(value))


def values(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> list[bytes]:
    """Every value sent under `name` (any case), in order."""
    wanted, length = name.lower(), len(name)  # hardly any other name is as long: few are folded
    found: list[bytes] = []
    for key, value in headers:  # a comprehension, which is a function before Python 3.12, takes half as long again
        if len(key) == length and key.lower() == wanted:
            found.append(value)
    return found


def first(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> bytes | None:
    """The first value sent under `name` (any case), or None."""
    wanted, length = name.lower(), len(name)
    for key, value in headers:
        if len(key) == length and key.lower() == wanted:
            return value
    return None


def signatures(headers: Iterable[tuple[bytes, bytes]]) -> list[bytes]:
    """Every X-Webhook-Signature, in order; equal ones that a proxy joined by commas stand alone (RFC 9110, 5.3)."""
    return _split_equal(values(headers, SIGNATURE_HEADER))


def _split_equal(sent: list[bytes]) -> list[bytes]:
    if len(sent) == 1 and _COMMA not in sent[0]:
        return sent
    found: list[bytes] = []
    for value in sent:
        if _COMMA not in value:
            found.append(value)
            continue
        parts = [part.strip(b" \t") for part in value.split(b",")]
        found += parts if len(set(parts)) == 1 else [value]
    return found
