"""Takes secrets out of a delivery before it is written anywhere: exports are shared, often unread.

What HTTP calls credentials goes by its header's name, what we know goes by its value, in every spelling that texts give
it. PiktID's signatures stay: they are useless without the secret, and a replay needs them. What signs a link gives
access to anyone who has the link, and is blanked.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import quote

from msgspec.structs import replace

from webhook_tui.domain.delivery.delivery import Explanation, StoredDelivery
from webhook_tui.domain.delivery.headers import SENSITIVE, Headers
from webhook_tui.domain.delivery.summary import Summary
from webhook_tui.domain.payload.links import without_link_signatures
from webhook_tui.domain.signature.secret import Secret

REDACTED = b"[redacted]"

_SHORTEST = 4
"""Bytes. A shorter value is in every text: taking it out would only destroy the export."""
_SHORTEST_ENCODED = 6
"""Characters of base64 or hex that must be the secret's alone."""
_SHORT_ESCAPES = {'"': b'"', "\\": b"\\", "/": b"/", "\b": b"b", "\f": b"f", "\n": b"n", "\r": b"r", "\t": b"t"}
"""JSON's (RFC 8259, 7)."""


def redacted(stored: StoredDelivery, secrets: Sequence[Secret], *, keep_links: bool = False) -> StoredDelivery:
    """The delivery without credentials in its headers and without `secrets` anywhere; the same one if it had none.

    `keep_links`: leave signatures and tokens in links. A body that held a secret or a signed link is shorter or longer
    afterwards and no longer what was signed.
    """
    return redaction(secrets, keep_links=keep_links)(stored)


def redaction(secrets: Sequence[Secret], *, keep_links: bool = False) -> Callable[[StoredDelivery], StoredDelivery]:
    """`redacted` for many deliveries: the spellings of `secrets` are worked out once."""
    spellings = _Spellings(secrets, keep_links=keep_links)

    def clean(stored: StoredDelivery) -> StoredDelivery:
        row, delivery = stored.row, stored.delivery
        return StoredDelivery(
            replace(
                row,
                event=_text(row.event, spellings),
                event_id=_event_id(row.event_id, spellings),
                summary=_summary(row.summary, spellings),
            ),
            replace(
                delivery,
                target=spellings.out_of(delivery.target.encode("latin-1")).decode("latin-1"),
                headers=_headers(delivery.headers, spellings),
                body=spellings.out_of(delivery.body),
            ),
            stored.explanation
            and Explanation(_text(stored.explanation.why, spellings), _text(stored.explanation.change, spellings)),
        )

    return clean


def _summary(summary: Summary, spellings: _Spellings) -> Summary:
    return replace(
        summary,
        job=_text(summary.job, spellings),
        status=_text(summary.status, spellings),
        progress=_text(summary.progress, spellings),
        file=_text(summary.file, spellings),
    )


def _headers(headers: Headers, spellings: _Spellings) -> Headers:
    return tuple(
        (
            spellings.out_of(name),
            REDACTED if name.lower() in SENSITIVE else spellings.out_of(value),
        )
        for name, value in headers
    )


def _event_id(event_id: str | None, spellings: _Spellings) -> str | None:
    if event_id is None or _text(event_id, spellings) == event_id:
        return event_id
    return json.dumps(REDACTED.decode("ascii"))


def _text(text: str, spellings: _Spellings) -> str:
    return spellings.out_of(text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")


def text_redaction(secrets: Sequence[Secret]) -> Callable[[str], str]:
    """Return a function that takes `secrets` and what signs a link out of a text."""
    spellings = _Spellings(secrets, keep_links=False)
    return lambda text: _text(text, spellings)


class _Spellings:
    """Every way in which bytes may hold one of the secrets, or a signature of a link."""

    def __init__(self, secrets: Sequence[Secret], *, keep_links: bool) -> None:
        self._keep_links = keep_links
        # The longest first, so that of a secret that holds another no rest stays.
        keys = sorted(
            {secret.key for secret in secrets if len(secret.key) >= _SHORTEST}, key=lambda key: (-len(key), key)
        )
        self._escaped = [(key, _escaped(key)) for key in keys]
        encoded = {spelling for key in keys for spelling in _encoded(key)}
        self._encoded = sorted(encoded, key=lambda spelling: (-len(spelling), spelling))

    def out_of(self, content: bytes) -> bytes:
        """The content without them."""
        for key, pattern in self._escaped:
            content = content.replace(key, REDACTED)
            if b"%" in content or b"\\" in content or (b" " in key and b"+" in content):
                content = pattern.sub(REDACTED, content)
        for spelling in self._encoded:
            content = content.replace(spelling, REDACTED)
        return content if self._keep_links else without_link_signatures(content)


def _escaped(key: bytes) -> re.Pattern[bytes]:
    """Matches the key with any of its characters escaped as in a URL, a form or JSON."""
    return re.compile(b"".join(_character(character) for character in key.decode("utf-8", "surrogateescape")))


def _character(character: str) -> bytes:
    raw = character.encode("utf-8", "surrogateescape")
    ways = [re.escape(raw), b"(?i:" + b"".join(b"%%%02x" % byte for byte in raw) + b")"]
    units = character.encode("utf-16-be", "surrogatepass")
    ways.append(
        b"(?i:" + b"".join(b"\\\\u%s" % units[at : at + 2].hex().encode() for at in range(0, len(units), 2)) + b")"
    )
    if character in _SHORT_ESCAPES:
        ways.append(b"\\\\" + re.escape(_SHORT_ESCAPES[character]))
    if character == " ":
        ways.append(b"\\+")
    return b"(?:" + b"|".join(ways) + b")"


def _encoded(key: bytes) -> Iterator[bytes]:
    yield key.hex().encode("ascii")
    yield key.hex().upper().encode("ascii")
    for fragment in _in_base64(key):
        if len(fragment) >= _SHORTEST_ENCODED:
            yield fragment
            yield fragment.replace(b"+", b"-").replace(b"/", b"_")
            for percent in (quote(fragment, safe=""), quote(fragment)):
                yield percent.encode("ascii")
                yield percent.replace("%2B", "%2b").replace("%2F", "%2f").encode("ascii")


def _in_base64(key: bytes) -> Iterator[bytes]:
    """The characters that only the secret decides, wherever it begins among the groups of three bytes."""
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + key)
        first = (before * 8 + 5) // 6
        last = (before + len(key)) * 8 // 6
        yield encoded[first:last]
    yield base64.b64encode(key).rstrip(b"=")
