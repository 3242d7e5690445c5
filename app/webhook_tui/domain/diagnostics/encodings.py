"""How a header value may be read as a digest: prefix, case, base64, truncation, algorithm, another header."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import unquote_to_bytes

import msgspec

from webhook_tui.domain.delivery.headers import Headers, signatures
from webhook_tui.domain.diagnostics.causes import Difference, difference
from webhook_tui.domain.signature.signature import PREFIX, well_formed

SHA256 = "sha256"
DIGITS = {SHA256: 64, "sha1": 40, "sha512": 128, "sha384": 96, "sha224": 56, "sha3_256": 64, "md5": 32}

_LEAST_DIGITS = 16
"""Fewer digits could fit by chance."""
_LONGEST_VALUE = 1024
_MOST_READINGS = 12
_MOST_HEADERS = 60

_LABEL = re.compile(
    rb"\s*(?:hmac[-_]?)?(sha-?(?:1|224|256|384|512)|sha3-256|md5|v0|v1a?|signature|sig|s|h|hmac|digest)(\s*)([=:])(\s*)",
    re.IGNORECASE,
)
_WORD = re.compile(rb"(?:hmac|sha-?256|signature|bearer|digest|hmac-sha256)\s+(?![=:])", re.IGNORECASE)
_LIST = re.compile(rb"[,;\s]+")
_QUOTES = re.compile(rb"""b?(["'`<\[])(.*)[\1"'`>\]]""", re.DOTALL)
"""Quotes around a value, also as Python shows bytes."""
_JSON = re.compile(rb"""\{\s*"[^"]*"\s*:\s*"([^"]*)"\s*\}|\[\s*"([^"]*)"\s*\]""")
_GROUPED = re.compile(rb"(?:(?:0x)?[0-9a-fA-F]{2}[-: ,]?+\s?+){8,}+")
"""Possessive: a blank is tried in one place only, else the time doubles with each byte of what does not match."""
_HEX = re.compile(rb"[0-9a-fA-F]+")
_LIKELY = re.compile(rb"(?:[a-zA-Z0-9-]+(?:[=,:]|\s+)){0,2}(?:[0-9a-fA-F]{32,128}|[A-Za-z0-9+/_-]{27,88}={0,2})")


class Reading(msgspec.Struct, frozen=True):
    """One way to read a header value: the digits of a digest, and what is unusual about their spelling."""

    digits: bytes
    """Lower-case hex, possibly cut."""
    differences: tuple[Difference, ...] = ()

    def algorithms(self) -> tuple[tuple[str, tuple[Difference, ...]], ...]:
        """Return the algorithms whose digest has as many digits, the documented one first, then those with more."""
        count = len(self.digits)
        found: list[tuple[str, tuple[Difference, ...]]] = []
        cut: list[tuple[str, tuple[Difference, ...]]] = []
        for algorithm, digits in DIGITS.items():
            named = () if algorithm == SHA256 else (difference(algorithm.replace("_", "-")),)
            if count == digits:
                found.append((algorithm, named))
            elif algorithm in ("sha256", "sha512") and count < digits:
                cut.append((algorithm, (*named, difference("truncated", count=count, digits=digits))))
        return (*found, *cut)


def readings(headers: Headers) -> tuple[Reading, ...]:
    """Return every reading of the signature headers, else of headers that look like one; the documented one first."""
    received = list(dict.fromkeys(signatures(headers)))
    found: dict[Reading, None] = {}
    if any(value.strip() for value in received):
        for value in received:
            for reading in _value_readings(value[:_LONGEST_VALUE]):
                twice = (difference("two-headers"),) if len(received) > 1 else ()
                found[Reading(reading.digits, (*twice, *reading.differences))] = None
    else:
        for name, value in headers[:_MOST_HEADERS]:
            if _LIKELY.fullmatch(value.strip()):
                for reading in _value_readings(value):
                    named = difference("other-header", name=name.decode("latin-1"))
                    found[Reading(reading.digits, (named, *reading.differences))] = None
    return tuple(found)[:_MOST_READINGS]


def _value_readings(value: bytes) -> Iterator[Reading]:
    if well_formed(value):
        yield Reading(value.removeprefix(PREFIX))
        return
    differences: list[Difference] = []
    bare = value.strip()
    if b"%" in bare:
        bare = unquote_to_bytes(bare)
        differences.append(difference("value-percent-coded"))
    if (match := _JSON.fullmatch(bare)) is not None:
        bare = match[1] or match[2]
        differences.append(difference("value-json"))
    bare = _without_quotes(bare, differences)
    yield from _item_readings(bare, differences)
    items = [item for item in _LIST.split(bare) if item]
    if len(items) > 1:
        for item in items[:_MOST_READINGS]:
            yield from _item_readings(item, [*differences, difference("value-list")])


def _without_quotes(value: bytes, differences: list[Difference]) -> bytes:
    value = value.strip()
    quoted = _QUOTES.fullmatch(value)
    if quoted is None:
        return value
    differences.append(difference("value-quoted"))
    return quoted[2].strip()


def _item_readings(item: bytes, before: Sequence[Difference]) -> Iterator[Reading]:
    differences = list(before)
    labels: list[bytes] = []
    if (word := _WORD.match(item)) is not None:
        item = item[word.end() :]
        differences.append(difference("prefix-as-text"))
    while (label := _LABEL.match(item)) is not None:
        if label[2] or label[4]:
            differences.append(difference("value-blank"))
        labels.append(label[1] + label[3])
        item = item[label.end() :]
    item = _without_quotes(item, differences)
    has_word = any(one.code == "prefix-as-text" for one in differences)
    for digits, written in _digits(item):
        prefix = () if has_word and not labels else _label_differences(labels, digits)
        yield Reading(digits, (*dict.fromkeys((*differences, *prefix, *written)),))


def _label_differences(labels: Sequence[bytes], digits: bytes) -> tuple[Difference, ...]:
    if not labels:
        return (difference("prefix-missing"),)
    if len(labels) > 1:
        return (difference("prefix-doubled"),)
    if labels[0] == PREFIX:
        return ()
    named = re.sub(rb"[^a-z0-9]", b"", labels[0].lower()).decode()
    if DIGITS.get(named) == len(digits) and named != SHA256:
        return ()
    return (difference("prefix-case" if labels[0].lower() == PREFIX else "prefix-other"),)


def _digits(item: bytes) -> Iterator[tuple[bytes, tuple[Difference, ...]]]:
    """Yield digits and how they are written; none when too few are left to prove anything."""
    joined, written = _without_marks(item)
    if _HEX.fullmatch(joined):
        yield from _hex_digits(joined, written)
        return
    url = difference("base64url" if b"-" in item or b"_" in item else "base64")
    raw = from_base64(item) or b""
    if len(raw) >= _LEAST_DIGITS and _HEX.fullmatch(raw):
        yield raw.lower(), (difference("base64-of-hex"),)
    elif len(raw) * 2 >= _LEAST_DIGITS:
        yield raw.hex().encode(), (url,)


def from_base64(text: bytes) -> bytes | None:
    """Return what base64 of either alphabet (RFC 4648) holds, padded or not; None when it is neither."""
    plain = text.rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
    try:
        return base64.b64decode(plain + b"=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def _without_marks(item: bytes) -> tuple[bytes, tuple[Difference, ...]]:
    """Return the hex digits without a 0x in front of them and separators between them."""
    if item[:2].lower() == b"0x" and _HEX.fullmatch(item[2:]):
        return item[2:], (difference("prefix-other"),)
    if _GROUPED.fullmatch(item) and not _HEX.fullmatch(item):
        return re.sub(rb"0x|[-: ,]", b"", item), (difference("grouped"),)
    joined = re.sub(rb"\s", b"", item)
    return (joined, (difference("value-blank"),)) if joined != item else (item, ())


def _hex_digits(item: bytes, before: tuple[Difference, ...]) -> Iterator[tuple[bytes, tuple[Difference, ...]]]:
    lower = item.lower()
    written = before if lower == item else (*before, difference("upper-case"))
    if len(lower) >= _LEAST_DIGITS:
        yield lower, written
    for lost in (1, 2):
        if len(lower) + lost in (64, 40, 128):
            yield b"0" * lost + lower, (*written, difference("leading-zero"))
    if len(lower) == 2 * DIGITS[SHA256]:
        inner = bytes.fromhex(lower.decode())
        if _HEX.fullmatch(inner):
            yield inner.lower(), (*written, difference("hex-of-hex"))


_SIGNED = [byte - 256 if byte > 127 else byte for byte in range(256)]
WRITINGS: tuple[tuple[str, Callable[[bytes], bytes]], ...] = (
    ("unpadded", lambda digest: b"".join(b"%x" % byte for byte in digest)),
    ("sign-extended", lambda digest: b"".join(b"%02x" % (_SIGNED[byte] & 0xFFFFFFFF) for byte in digest)),
    ("sign-extended", lambda digest: b"".join(b"%x" % (_SIGNED[byte] & 0xFFFFFFFF) for byte in digest)),
    ("digest-text", lambda digest: repr(digest).encode()),
    ("decimal", lambda digest: b",".join(b"%d" % byte for byte in digest)),
    ("decimal", lambda digest: b" ".join(b"%d" % byte for byte in digest)),
    ("decimal", lambda digest: b",".join(b"%d" % _SIGNED[byte] for byte in digest)),
    ("decimal", lambda digest: b"%d" % int.from_bytes(digest)),
    ("base32", lambda digest: base64.b32encode(digest).rstrip(b"=")),
    ("unpadded", lambda digest: b"%x" % int.from_bytes(digest)),
)
"""Spellings of a digest that cannot be decoded: each digest is spelled and compared."""


def unread_values(headers: Headers) -> tuple[bytes, ...]:
    """Return what follows `sha256=` in the signature headers, without brackets and padding."""
    found = []
    for value in dict.fromkeys(signatures(headers)):
        item = value[:_LONGEST_VALUE].strip().removeprefix(PREFIX).strip(b" []()").rstrip(b"=")
        item = re.sub(rb",\s+", b",", item)
        if len(item) >= _LEAST_DIGITS and not well_formed(value):
            found.append(item)
    return tuple(found)
