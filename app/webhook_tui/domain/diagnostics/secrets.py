"""Variants of the signing secret, and of what is computed with it."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import html
import json
import re
from collections.abc import Iterator
from enum import Enum, auto
from functools import cache, partial
from urllib.parse import quote, unquote, unquote_plus

import msgspec

from webhook_tui.domain.diagnostics.catalogue import PLACEHOLDERS, UNSET_WORDS
from webhook_tui.domain.diagnostics.causes import Difference, difference
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import SigningSecret

_WHSEC = "whsec_"
_LONGEST_VARIED = 1024
"""Characters of a secret up to which all its variants are tried."""
_NAMES = (
    "WEBHOOK_SECRET",
    "PIKTID_WEBHOOK_SECRET",
    "PIKTID_SECRET",
    "WEBHOOK_SIGNING_SECRET",
    "SIGNING_SECRET",
    "SECRET",
    "WEBHOOK_TUI_SECRET",
)
_INVISIBLE = "\xa0\u200b\u200e\u2060\u202c\0"
_BRACKETS = ("<>", "[]", "{}", "()", "\u201c\u201d", "\u2018\u2019", "``")
_DOLLAR = re.compile(r"\$(?:\{[^}]*\}|\w+)")


class Way(Enum):
    """How a digest is computed from secret and message."""

    HMAC = auto()
    TURNED = auto()
    """HMAC with the message as key and the secret as message."""
    PLAIN = auto()
    PREPENDED = auto()
    APPENDED = auto()
    BOTH_ENDS = auto()
    TWICE = auto()
    TWICE_HEX = auto()
    WITH_SECRET = auto()
    """HMAC of message and secret."""
    AFTER_SECRET = auto()
    """HMAC of secret and message."""


class Signer(msgspec.Struct, frozen=True):
    """A key, a computation, and how they differ from the documented ones."""

    key: bytes
    way: Way = Way.HMAC
    differences: tuple[Difference, ...] = ()
    secret_id: str | None = None
    """The ring's secret that the key was made of; None for a token or no secret at all."""
    mark: bytes = b""
    """Separates secret and message where both are hashed."""

    def __repr__(self) -> str:
        return f"Signer({self.way}, {self.differences})"

    def digest(self, algorithm: str, message: bytes) -> bytes:
        """Return the raw digest of `message`."""
        key, mark = self.key, self.mark
        match self.way:
            case Way.HMAC:
                return hmac.digest(key, message, algorithm)
            case Way.TURNED:
                return hmac.digest(message, key, algorithm)
            case Way.TWICE:
                return hmac.digest(key, hmac.digest(key, message, algorithm), algorithm)
            case Way.TWICE_HEX:
                return hmac.digest(key, hmac.digest(key, message, algorithm).hex().encode(), algorithm)
            case Way.WITH_SECRET:
                return hmac.digest(key, message + mark + key, algorithm)
            case Way.AFTER_SECRET:
                return hmac.digest(key, key + mark + message, algorithm)
            case _:
                return hashlib.new(algorithm, self._plain_message(message)).digest()

    def _plain_message(self, message: bytes) -> bytes:
        """Return what is hashed without HMAC."""
        before = self.key + self.mark if self.way in (Way.PREPENDED, Way.BOTH_ENDS) else b""
        after = self.mark + self.key if self.way in (Way.APPENDED, Way.BOTH_ENDS) else b""
        return before + message + after


def plain(known: SigningSecret) -> Signer:
    """Return the documented computation with a secret of the ring."""
    return Signer(known.secret.key, secret_id=known.secret_id)


def cheap_variants(known: SigningSecret) -> Iterator[Signer]:
    """Yield the few variants that are tried with every secret of the ring, however many there are."""
    key, secret_id = known.secret.key, known.secret_id
    for code, changed in (
        ("secret-newline", key + b"\n"),
        ("secret-crlf", key + b"\r\n"),
        ("secret-blank", key + b" "),
        ("secret-blank", b" " + key),
        ("secret-stripped", key.strip()),
        ("secret-quoted", b'"%b"' % key),
        ("secret-without-whsec", key.removeprefix(_WHSEC.encode())),
    ):
        if changed != key:
            yield Signer(changed, Way.HMAC, (difference(code),), secret_id)


def variants(known: SigningSecret) -> Iterator[Signer]:
    """Yield every variant of one secret of the ring but the secret itself, each key once, the likeliest first."""
    seen = {known.secret.key}
    secret_id = known.secret_id
    text = known.secret.key.decode("utf-8", "surrogateescape")
    if len(text) <= _LONGEST_VARIED:
        for key, found in _texts(text):
            if key and key not in seen:
                seen.add(key)
                yield Signer(key, Way.HMAC, (found,), secret_id)
    yield from ways(known)


def ways(known: SigningSecret) -> Iterator[Signer]:
    """Yield the other computations with the unchanged secret."""
    key, secret_id = known.secret.key, known.secret_id
    for way, code, marks in (
        (Way.TURNED, "turned", (b"",)),
        (Way.PREPENDED, "secret-prepended", _MARKS),
        (Way.APPENDED, "secret-appended", _MARKS),
        (Way.BOTH_ENDS, "secret-both-ends", (b"", b".")),
        (Way.TWICE, "signed-twice", (b"",)),
        (Way.TWICE_HEX, "signed-twice", (b"",)),
        (Way.WITH_SECRET, "secret-in-message", (b"", b".")),
        (Way.AFTER_SECRET, "secret-in-message", (b"", b".")),
    ):
        for mark in marks:
            yield Signer(key, way, (difference(code),), secret_id, mark)


_MARKS = (b"", b".", b":", b"|", b"&", b"\n", b"-", b"_", b",", b" ")


def strangers(token: Secret | None) -> Iterator[Signer]:
    """Yield keys that are no signing secret: the API token, no key, an empty one, what an unset variable reads as."""
    yield Signer(b"", Way.PLAIN, (difference("keyless"),))
    if token:
        yield Signer(token.key, Way.HMAC, (difference("token"),))
        yield Signer(token.key + b"\n", Way.HMAC, (difference("token-newline"),))
        yield Signer(b"Bearer " + token.key, Way.HMAC, (difference("token-bearer"),))
    yield from _guessed()


@cache
def _guessed() -> tuple[Signer, ...]:
    """Return the signers with keys that everyone knows, which are the same in every search."""
    blanks = (b"", b"\n", b" ", b"\0", bytes(32), bytes(64))
    names = (form.format(name) for name in _NAMES for form in _NAME_FORMS)
    placeholders = (*PLACEHOLDERS, *names, *(name.lower() for name in _NAMES))
    return (
        *(Signer(blank, Way.HMAC, (difference("secret-empty"),)) for blank in blanks),
        *(Signer(word.encode(), Way.HMAC, (difference("secret-word", word=word),)) for word in UNSET_WORDS),
        *(Signer(word.encode(), Way.HMAC, (difference("secret-placeholder", word=word),)) for word in placeholders),
    )


_NAME_FORMS = (
    "{}",
    "${}",
    "${{{}}}",
    "%{}%",
    "{{{{{}}}}}",
    "{{{{ {} }}}}",
    "<{}>",
    "process.env.{}",
    "$({})",
    "env:{}",
    "ENV[{}]",
    "${{{{ secrets.{} }}}}",
)


def _texts(secret: str) -> Iterator[tuple[bytes, Difference]]:
    """Yield every key that a program may have made of the secret, the likeliest first."""
    key, bare = _bytes(secret), secret.strip()
    yield from _each("secret-newline", key + b"\n")
    yield from _each("secret-crlf", key + b"\r\n")
    yield from _each("secret-cr", key + b"\r")
    yield from _each("secret-newlines", key + b"\n\n")
    yield from _each("secret-blank", key + b" ", b" " + key, b" " + key + b" ")
    yield from _each("secret-tab", key + b"\t")
    yield from _each("secret-stripped", bare)
    for mark in "\"'":
        yield from _each("secret-quoted", f"{mark}{bare}{mark}", f"{mark}{bare}{mark}\n")
        yield from _each("secret-mark", mark + bare, bare + mark, mark=mark)
    yield from _each("secret-bracketed", *(f"{marks[0]}{bare}{marks[-1]}" for marks in _BRACKETS))
    for mark in ";,.\\":
        yield from _each("secret-mark", bare + mark, mark=mark)
    if len(bare) > 2 and bare[0] == bare[-1] and bare[0] in "\"'`":
        bare = bare[1:-1].strip()
        yield from _each("secret-unquoted", bare)
    yield from _prefixed(bare)
    yield from _decoded(bare, "secret")
    yield from _encoded(bare)
    yield from _stored(bare)
    yield from _damaged(bare)
    for at in range(len(bare) - 1, 0, -1):
        yield from _each("secret-cut", bare[:at], count=at)
    for at in range(1, len(bare)):
        yield from _each("secret-cut-front", bare[at:], count=len(bare) - at)


def _each(code: str, *keys: str | bytes, **values: object) -> Iterator[tuple[bytes, Difference]]:
    """Yield each key with the difference of that code."""
    found = difference(code, **values)
    for key in keys:
        yield key if isinstance(key, bytes) else _bytes(key), found


def _prefixed(secret: str) -> Iterator[tuple[bytes, Difference]]:
    if not secret.startswith(_WHSEC):
        yield from _each("secret-with-whsec", _WHSEC + secret)
        return
    rest = secret.removeprefix(_WHSEC)
    yield from _each("secret-without-whsec", rest)
    yield from _each("secret-without-whsec-newline", f"{rest}\n")
    yield from _decoded(rest, "secret-whsec")


def _decoded(secret: str, code: str) -> Iterator[tuple[bytes, Difference]]:
    bare = secret.rstrip("=").replace("-", "+").replace("_", "/")
    # Node.js skips characters that are not base64.
    known = re.sub(r"[^A-Za-z0-9+/]", "", bare)
    known = known[: len(known) - (len(known) % 4 == 1)]
    upper = secret.rstrip("=").upper()
    for name, decode, text in (
        (f"{code}-hex", bytes.fromhex, secret),
        (f"{code}-base64", partial(base64.b64decode, validate=True), bare + "=" * (-len(bare) % 4)),
        (f"{code}-base64", base64.b64decode, known + "=" * (-len(known) % 4)),
        ("secret-base32", base64.b32decode, upper + "=" * (-len(upper) % 8)),
    ):
        with contextlib.suppress(ValueError):
            yield decode(text), difference(name)


def _encoded(secret: str) -> Iterator[tuple[bytes, Difference]]:
    key, hashed = _bytes(secret), hashlib.sha256(_bytes(secret))
    in_base64 = base64.b64encode(key)
    utf16 = [secret.encode(name, "surrogatepass") for name in ("utf-16-le", "utf-16-be", "utf-16")]
    yield from _each(
        "secret-in-base64", in_base64, in_base64.rstrip(b"="), base64.urlsafe_b64encode(key), in_base64 + b"\n"
    )
    yield from _each("secret-in-base64-newline", base64.b64encode(key + b"\n"))
    yield from _each("secret-in-hex", key.hex(), key.hex().upper())
    yield from _each("secret-hashed", hashed.digest(), hashed.hexdigest())
    yield from _each("secret-utf16", *utf16, b"\xfe\xff" + utf16[1])
    yield from _each("secret-bom", b"\xef\xbb\xbf" + key, b"\xef\xbb\xbf" + key + b"\n")
    for character in _INVISIBLE:
        name = f"U+{ord(character):04X}"
        yield from _each("secret-invisible", secret + character, character + secret, character=name)
    yield from _each("secret-bytes-text", repr(key))
    yield from _each("secret-percent-coded", quote(key, safe=""), quote(key))
    yield from _each(
        "secret-percent-decoded",
        unquote(secret, errors="surrogateescape"),
        unquote_plus(secret, errors="surrogateescape"),
    )
    yield from _each("secret-html", html.escape(secret))


def _stored(secret: str) -> Iterator[tuple[bytes, Difference]]:
    """Yield the secret as a secret store or a file of variables returns it."""
    names = ("secret", "SECRET", "value", "key", "webhookSecret", "signingSecret", *_NAMES, *map(str.lower, _NAMES))
    for separators in ((", ", ": "), (",", ":")):
        yield from _each("secret-json", *(json.dumps({name: secret}, separators=separators) for name in names))
    forms = ("{}={}", "{}={}\n", "export {}={}", '{}="{}"', "{}: {}", "{} = {}", "{}='{}'")
    lines = (form.format(name, secret) for name in _NAMES for form in forms)
    yield from _each("secret-env-line", *lines, f"={secret}")


def _damaged(secret: str) -> Iterator[tuple[bytes, Difference]]:
    """Yield the secret as configuration files and shells damage it."""
    before = secret.partition("#")[0]
    yield from _each("secret-comment-cut", before.rstrip(), before)
    yield from _each(
        "secret-dollar",
        _DOLLAR.sub("", secret),
        secret.partition("$")[0],
        secret.replace("$$", "$"),
        secret.replace("$", ""),
        secret.replace("$", "$$"),
    )
    yield from _each("secret-equals-cut", secret.rstrip("="), secret.partition("=")[0], secret.partition("=")[2])
    yield from _each("secret-plus", secret.replace("+", " "))
    yield from _each("secret-unbackslashed", secret.replace("\\", ""))
    yield from _each(
        "secret-backslash",
        re.sub(r"([^\w])", r"\\\1", secret),
        secret.replace("\\", "\\\\"),
        secret.replace("$", "\\$"),
    )
    yield from _each("secret-backslash-n", rf"{secret}\n", rf"{secret}\r\n")
    with contextlib.suppress(ValueError):
        yield from _each("secret-unbackslashed", secret.encode("latin-1").decode("unicode_escape"))
    yield from _each("secret-doubled", *(secret + mark + secret for mark in ("", "\n", " ", ",")))
    cases = {"upper": secret.upper(), "lower": secret.lower(), "mixed": secret.swapcase(), "title": secret.title()}
    for case, changed in cases.items():
        yield from _each("secret-case", changed, case=case)
    yield from _each("secret-case", secret[:1].upper() + secret[1:], case="title")


def _bytes(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
