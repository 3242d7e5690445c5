"""Readings of a header value as a digest: prefix, case, base64, cut, algorithm, another header."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from webhook_tui.domain.headers import Headers, signatures
from webhook_tui.domain.signature import PREFIX, well_formed
from webhook_tui.domain.text import visible
from webhook_tui.domain.variations.difference import LONGEST_PHRASE, Difference, fitting

SHA256, SHA1, SHA512, SHA384, SHA224, SHA3 = "sha256", "sha1", "sha512", "sha384", "sha224", "sha3_256"
DIGITS = {SHA256: 64, SHA1: 40, SHA512: 128, SHA384: 96, SHA224: 56, SHA3: 64}

_LEAST_DIGITS = 16
"""Fewer digits than these could fit by chance."""
_LONGEST_VALUE = 1024
_MOST_READINGS = 12
_MOST_HEADERS = 60

_LABEL = re.compile(
    rb"\s*(?:hmac[-_]?)?(sha-?(?:1|224|256|384|512)|sha3-256|v0|v1a?|signature|sig|s)\s*[=:]\s*", re.IGNORECASE
)
_LIST = re.compile(rb"[,;\s]+")
_QUOTES = re.compile(rb"""b?(["'`])(.*)\1""", re.DOTALL)
"""Quotes around a value, also as Python shows bytes."""
_GROUPED = re.compile(rb"[0-9a-fA-F]{2}(?:[-: ][0-9a-fA-F]{2}){7,}")
_HEX = re.compile(rb"[0-9a-fA-F]+")
_LIKELY = re.compile(rb"(?:[a-zA-Z0-9-]+=)?(?:[0-9a-fA-F]{40,128}|[A-Za-z0-9+/_-]{27,88}={0,2})")


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand a header value: digits of a digest, and what is unusual about how they are written."""

    digits: bytes
    """Lower-case hex, possibly cut."""
    differences: tuple[Difference, ...] = ()

    def algorithms(self) -> tuple[tuple[str, tuple[Difference, ...]], ...]:
        """Algorithms whose digest has as many digits, or is cut to them: the documented one first, then others."""
        count = len(self.digits)
        found: list[tuple[str, tuple[Difference, ...]]] = []
        for algorithm, digits in DIGITS.items():
            if count == digits:
                found.append((algorithm, _ALGORITHMS[algorithm]))
            elif algorithm in (SHA256, SHA512) and count < digits and count not in _OTHER_LENGTHS[algorithm]:
                found.append((algorithm, (*_ALGORITHMS[algorithm], _cut(count, digits))))
        return tuple(found)


def readings(headers: Headers) -> tuple[Reading, ...]:
    """Every reading of the signature headers, else of headers that look like one; the documented one first."""
    received = list(dict.fromkeys(signatures(headers)))
    found: dict[Reading, None] = {}
    if any(value.strip() for value in received):
        for value in received:
            for reading in _value_readings(value[:_LONGEST_VALUE]):
                differences = (_TWICE, *reading.differences) if len(received) > 1 else reading.differences
                found[Reading(reading.digits, differences)] = None
    else:
        for name, value in headers[:_MOST_HEADERS]:
            if _LIKELY.fullmatch(value.strip()):
                for reading in _value_readings(value):
                    found[Reading(reading.digits, (_other_header(name), *reading.differences))] = None
    return tuple(found)[:_MOST_READINGS]


def _value_readings(value: bytes) -> Iterator[Reading]:
    if well_formed(value):
        yield Reading(value.removeprefix(PREFIX))
        return
    differences: list[Difference] = []
    bare = _unquoted(value)
    if b"%" in bare:
        bare = unquote_to_bytes(bare)
    if bare != value.strip():
        differences.append(_QUOTED)
    yield from _item_readings(bare, differences)
    items = [item for item in _LIST.split(bare) if item]
    if len(items) > 1:
        for item in items[:_MOST_READINGS]:
            yield from _item_readings(item, [*differences, _LISTED])


def _unquoted(value: bytes) -> bytes:
    value = value.strip()
    quoted = _QUOTES.fullmatch(value)
    return value if quoted is None else quoted[2].strip()


def _item_readings(item: bytes, differences: Sequence[Difference]) -> Iterator[Reading]:
    labels: list[bytes] = []
    while (label := _LABEL.match(item)) is not None:
        labels.append(label[0])
        item = item[label.end() :]
    if (bare := _unquoted(item)) != item.strip():
        differences = [*differences, _QUOTED]
    item = bare
    for digits, written in _digits(item):
        yield Reading(digits, (*differences, *_label_differences(labels, digits), *written))


def _label_differences(labels: Sequence[bytes], digits: bytes) -> tuple[Difference, ...]:
    if not labels:
        return (_NO_PREFIX,)
    if len(labels) > 1:
        return (_DOUBLED,)
    if labels[0] == PREFIX:
        return ()
    named = re.sub(rb"[^a-z0-9]", b"", labels[0].lower().replace(b"hmac", b"")).decode()
    if DIGITS.get(named) == len(digits) and named != SHA256:
        return ()
    return (_PREFIX_CASE,) if labels[0].lower() == PREFIX else (_OTHER_PREFIX,)


def _digits(item: bytes) -> Iterator[tuple[bytes, tuple[Difference, ...]]]:
    """Digits and how they are written; nothing when too few are left to prove anything."""
    grouped: tuple[Difference, ...] = ()
    if _GROUPED.fullmatch(item):
        item, grouped = re.sub(rb"[-: ]", b"", item), (_GROUPS,)
    if _HEX.fullmatch(item):
        lower = item.lower()
        case = () if lower == item else (_UPPER,)
        if len(lower) >= _LEAST_DIGITS:
            yield lower, (*grouped, *case)
        for lost in (1, 2):
            if len(lower) + lost in (DIGITS[SHA256], DIGITS[SHA1], DIGITS[SHA512]):
                yield b"0" * lost + lower, (*grouped, *case, _LOST_ZERO)
        return
    plain, url = item.rstrip(b"="), (_BASE64URL if b"-" in item or b"_" in item else _BASE64)
    padded = plain.replace(b"-", b"+").replace(b"_", b"/") + b"=" * (-len(plain) % 4)
    try:
        raw = base64.b64decode(padded, validate=True)
    except (binascii.Error, ValueError):
        return
    if len(raw) >= _LEAST_DIGITS and _HEX.fullmatch(raw):
        yield raw.lower(), (_BASE64_OF_HEX,)
    elif len(raw) * 2 >= _LEAST_DIGITS:
        yield raw.hex().encode(), (url,)


def _cut(count: int, digits: int) -> Difference:
    return Difference(
        "truncated",
        f"It fits, but only {count} of {digits} digits are there.",
        f"in its first {count} digits",
        f"in its first {count} digits",
        f"The digest has {digits} hex digits and only the first {count} arrived.",
        "Send the whole digest; look for a column or a buffer that is too short.",
    )


def _other_header(name: bytes) -> Difference:
    shown = visible(name)
    shown = shown if len(shown) <= 24 else f"{shown[:23]}…"
    phrase = f"the header {shown}"
    return Difference(
        "other-header",
        f"It fits, but it stands in {shown}.",
        phrase if len(phrase) <= LONGEST_PHRASE else "another header",
        "as the value of another header",
        f"The signature came in the header {shown}.",
        "Send it as X-Webhook-Signature.",
    )


_NO_PREFIX = Difference(
    "prefix-missing",
    "It fits, but sha256= is missing in front.",
    "once sha256= is in front",
    "with sha256= put in front",
    "The digest is right, but sha256= does not stand in front of it.",
    "Write sha256= in front of the digest.",
)
_DOUBLED = Difference(
    "prefix-doubled",
    "It fits, but sha256= stands in front twice.",
    "with sha256= only once",
    "with sha256= only once",
    "The digest is right, but it has more than one prefix: two places write it.",
    "Write sha256= in front once.",
)
_PREFIX_CASE = Difference(
    "prefix-case",
    "It fits, but its sha256= is not in lower case.",
    "with a lower-case sha256=",
    "with sha256= in lower case",
    "The digest is right, but the prefix is not written in lower case.",
    "Write sha256= in lower case.",
)
_OTHER_PREFIX = Difference(
    "prefix-other",
    "It fits, but it does not begin with sha256=.",
    "with sha256= as its prefix",
    "with sha256= as its prefix",
    "The digest is right, but another word than sha256= stands in front of it.",
    "Write sha256= in front of the digest.",
)
_QUOTED = Difference(
    "value-quoted",
    "It fits, but quotes stand around the signature.",
    "without the quotes around it",
    "without the quotes around it",
    "The digest is right, but the header's value is quoted or coded.",
    "Write the signature into the header as it is.",
)
_LISTED = Difference(
    "value-list",
    "It fits, but it is one of several in the header.",
    "one of several signatures",
    "with one of several signatures",
    "The header has several items, and one of them fits.",
    "Send one signature: sha256= and 64 hex digits.",
)
_TWICE = Difference(
    "two-headers",
    "It fits one of its two signature headers.",
    "one of two headers",
    "with one of two headers",
    "The delivery has several X-Webhook-Signature headers, and one of them fits.",
    "Set the header once; look for a proxy that adds another.",
)
_UPPER = Difference(
    "upper-case",
    "It fits, but its digits are upper case.",
    "in lower case",
    "in lower case",
    "The digest is right, but written with capital letters, and most receivers compare text.",
    "Write the digest in lower case.",
)
_GROUPS = Difference(
    "grouped",
    "It fits, but marks stand between its digits.",
    "without marks between digits",
    "without marks between digits",
    "The digest is right, but its bytes are set apart, as BitConverter.ToString of .NET writes them.",
    "Write the digest as 64 hex digits without marks.",
)
_LOST_ZERO = Difference(
    "leading-zero",
    "It fits, but its leading zero is missing.",
    "with its leading zero",
    "with its leading zero",
    "The digest begins with a zero that was dropped: it was written as a number.",
    "Write each byte as two digits.",
)
_BASE64 = Difference(
    "base64",
    "It fits, but it is base64, not hex.",
    "as base64",
    "as base64",
    "The digest is right, but written in base64.",
    "Write the digest as hex: hexdigest().",
)
_BASE64URL = Difference(
    "base64url",
    "It fits, but it is base64url, not hex.",
    "as base64url",
    "as base64url",
    "The digest is right, but written in base64 for URLs.",
    "Write the digest as hex: hexdigest().",
)
_BASE64_OF_HEX = Difference(
    "base64-of-hex",
    "It fits, but its hex digits are in base64.",
    "taken out of base64",
    "taken out of base64",
    "The hex digits are right, but were encoded in base64 once more.",
    "Write the digest as hex: hexdigest().",
)


def _algorithm(name: str, code: str) -> tuple[Difference, ...]:
    return (
        fitting(
            code,
            f"with {name}",
            f"with {name}",
            why=f"It was made with {name}; PiktID uses SHA-256.",
            change="Use SHA-256.",
        ),
    )


_ALGORITHMS: dict[str, tuple[Difference, ...]] = {
    SHA256: (),
    SHA1: _algorithm("SHA-1", "sha1"),
    SHA512: _algorithm("SHA-512", "sha512"),
    SHA384: _algorithm("SHA-384", "sha384"),
    SHA224: _algorithm("SHA-224", "sha224"),
    SHA3: _algorithm("SHA3-256", "sha3-256"),
}
_OTHER_LENGTHS = {SHA256: {DIGITS[SHA1], DIGITS[SHA224]}, SHA512: {DIGITS[SHA1], DIGITS[SHA224], DIGITS[SHA384]}}
