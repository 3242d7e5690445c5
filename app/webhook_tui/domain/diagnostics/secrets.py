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
_INVISIBLE = {
    "\xa0": "U+00A0",
    "\u200b": "U+200B",
    "\u200e": "U+200E",
    "\u2060": "U+2060",
    "\u202c": "U+202C",
    "\0": "U+0000",
}
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
    text = known.secret.key.decode("utf-8", "surrogateescape")
    if len(text) <= _LONGEST_VARIED:
        for key, found in _texts(text):
            if key and key not in seen:
                seen.add(key)
                yield Signer(key, Way.HMAC, (found,), known.secret_id)
    yield from ways(known)


def ways(known: SigningSecret) -> Iterator[Signer]:
    """Yield the other computations with the unchanged secret."""
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
            yield Signer(known.secret.key, way, (difference(code),), known.secret_id, mark)


_MARKS = (b"", b".", b":", b"|", b"&", b"\n", b"-", b"_", b",", b" ")


def strangers(token: Secret | None) -> Iterator[Signer]:
    """Yield keys that are no signing secret: the API token, no key, an empty one, what an unset variable reads as."""
    yield Signer(b"", Way.PLAIN, (difference("keyless"),))
    if token:
        yield Signer(token.key, Way.HMAC, (difference("token"),))
        yield Signer(token.key + b"\n", Way.HMAC, (difference("token-newline"),))
        yield Signer(b"Bearer " + token.key, Way.HMAC, (difference("token-bearer"),))
    yield Signer(b"", Way.HMAC, (difference("secret-empty"),))
    for blank in (b"\n", b" ", b"\0", bytes(32), bytes(64)):
        yield Signer(blank, Way.HMAC, (difference("secret-empty"),))
    for word in UNSET_WORDS:
        yield Signer(word.encode(), Way.HMAC, (difference("secret-word", word=word),))
    names = (form.format(name) for name in _NAMES for form in _NAME_FORMS)
    for word in (*PLACEHOLDERS, *names, *(name.lower() for name in _NAMES)):
        yield Signer(word.encode(), Way.HMAC, (difference("secret-placeholder", word=word),))


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
    key = _bytes(secret)
    yield key + b"\n", difference("secret-newline")
    yield key + b"\r\n", difference("secret-crlf")
    yield key + b"\r", difference("secret-cr")
    yield key + b"\n\n", difference("secret-newlines")
    yield key + b" ", difference("secret-blank")
    yield b" " + key, difference("secret-blank")
    yield b" " + key + b" ", difference("secret-blank")
    yield key + b"\t", difference("secret-tab")
    bare = secret.strip()
    yield _bytes(bare), difference("secret-stripped")
    for mark in "\"'":
        yield _bytes(f"{mark}{bare}{mark}"), difference("secret-quoted")
        yield _bytes(f"{mark}{bare}{mark}\n"), difference("secret-quoted")
        yield _bytes(f"{mark}{bare}"), difference("secret-mark", mark=mark)
        yield _bytes(f"{bare}{mark}"), difference("secret-mark", mark=mark)
    for marks in _BRACKETS:
        yield _bytes(f"{marks[0]}{bare}{marks[-1]}"), difference("secret-bracketed")
    for mark in ";,.\\":
        yield _bytes(bare + mark), difference("secret-mark", mark=mark)
    if len(bare) > 2 and bare[0] == bare[-1] and bare[0] in "\"'`":
        bare = bare[1:-1].strip()
        yield _bytes(bare), difference("secret-unquoted")
    yield from _prefixed(bare)
    yield from _decoded(bare, "secret")
    yield from _encoded(bare)
    yield from _stored(bare)
    yield from _damaged(bare)
    for at in range(len(bare) - 1, 0, -1):
        yield _bytes(bare[:at]), difference("secret-cut", count=at)
    for at in range(1, len(bare)):
        yield _bytes(bare[at:]), difference("secret-cut-front", count=len(bare) - at)


def _prefixed(secret: str) -> Iterator[tuple[bytes, Difference]]:
    if not secret.startswith(_WHSEC):
        yield _bytes(_WHSEC + secret), difference("secret-with-whsec")
        return
    rest = secret.removeprefix(_WHSEC)
    yield _bytes(rest), difference("secret-without-whsec")
    yield _bytes(rest) + b"\n", difference("secret-without-whsec-newline")
    yield from _decoded(rest, "secret-whsec")


def _decoded(secret: str, code: str) -> Iterator[tuple[bytes, Difference]]:
    with contextlib.suppress(ValueError):
        yield bytes.fromhex(secret), difference(f"{code}-hex")
    bare = secret.rstrip("=").replace("-", "+").replace("_", "/")
    with contextlib.suppress(ValueError):
        yield base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True), difference(f"{code}-base64")
    # Node.js skips characters that are not base64.
    with contextlib.suppress(ValueError):
        known = re.sub(r"[^A-Za-z0-9+/]", "", bare)
        known = known[: len(known) - (len(known) % 4 == 1)]
        yield base64.b64decode(known + "=" * (-len(known) % 4)), difference(f"{code}-base64")
    with contextlib.suppress(ValueError):
        upper = secret.rstrip("=").upper()
        yield base64.b32decode(upper + "=" * (-len(upper) % 8)), difference("secret-base32")


def _encoded(secret: str) -> Iterator[tuple[bytes, Difference]]:
    key = _bytes(secret)
    yield base64.b64encode(key), difference("secret-in-base64")
    yield base64.b64encode(key).rstrip(b"="), difference("secret-in-base64")
    yield base64.urlsafe_b64encode(key), difference("secret-in-base64")
    yield base64.b64encode(key) + b"\n", difference("secret-in-base64")
    yield base64.b64encode(key + b"\n"), difference("secret-in-base64-newline")
    yield key.hex().encode(), difference("secret-in-hex")
    yield key.hex().upper().encode(), difference("secret-in-hex")
    yield hashlib.sha256(key).digest(), difference("secret-hashed")
    yield hashlib.sha256(key).hexdigest().encode(), difference("secret-hashed")
    for name in ("utf-16-le", "utf-16-be", "utf-16"):
        yield secret.encode(name, "surrogatepass"), difference("secret-utf16")
    yield b"\xfe\xff" + secret.encode("utf-16-be", "surrogatepass"), difference("secret-utf16")
    yield b"\xef\xbb\xbf" + key, difference("secret-bom")
    yield b"\xef\xbb\xbf" + key + b"\n", difference("secret-bom")
    for character, name in _INVISIBLE.items():
        for written in (_bytes(secret + character), _bytes(character + secret)):
            yield written, difference("secret-invisible", character=name)
    yield repr(key).encode(), difference("secret-bytes-text")
    yield _bytes(quote(key, safe="")), difference("secret-percent-coded")
    yield _bytes(quote(key)), difference("secret-percent-coded")
    yield _bytes(unquote(secret, errors="surrogateescape")), difference("secret-percent-decoded")
    yield _bytes(unquote_plus(secret, errors="surrogateescape")), difference("secret-percent-decoded")
    yield _bytes(html.escape(secret)), difference("secret-html")


def _stored(secret: str) -> Iterator[tuple[bytes, Difference]]:
    """Yield the secret as a secret store or a file of variables returns it."""
    for name in (
        "secret",
        "SECRET",
        "value",
        "key",
        "webhookSecret",
        "signingSecret",
        *_NAMES,
        *map(str.lower, _NAMES),
    ):
        for separators in ((", ", ": "), (",", ":")):
            yield _bytes(json.dumps({name: secret}, separators=separators)), difference("secret-json")
    for name in _NAMES:
        for form in ("{}={}", "{}={}\n", "export {}={}", '{}="{}"', "{}: {}", "{} = {}", "{}='{}'"):
            yield _bytes(form.format(name, secret)), difference("secret-env-line")
    yield _bytes(f"={secret}"), difference("secret-env-line")


def _damaged(secret: str) -> Iterator[tuple[bytes, Difference]]:
    """Yield the secret as configuration files and shells damage it."""
    before = secret.partition("#")[0]
    yield _bytes(before.rstrip()), difference("secret-comment-cut")
    yield _bytes(before), difference("secret-comment-cut")
    yield _bytes(_DOLLAR.sub("", secret)), difference("secret-dollar")
    yield _bytes(secret.partition("$")[0]), difference("secret-dollar")
    yield _bytes(secret.replace("$$", "$")), difference("secret-dollar")
    yield _bytes(secret.replace("$", "")), difference("secret-dollar")
    yield _bytes(secret.replace("$", "$$")), difference("secret-dollar")
    yield _bytes(secret.rstrip("=")), difference("secret-equals-cut")
    yield _bytes(secret.partition("=")[0]), difference("secret-equals-cut")
    yield _bytes(secret.partition("=")[2]), difference("secret-equals-cut")
    yield _bytes(secret.replace("+", " ")), difference("secret-plus")
    yield _bytes(secret.replace("\\", "")), difference("secret-unbackslashed")
    yield _bytes(re.sub(r"([^\w])", r"\\\1", secret)), difference("secret-backslash")
    yield _bytes(secret.replace("\\", "\\\\")), difference("secret-backslash")
    yield _bytes(secret.replace("$", "\\$")), difference("secret-backslash")
    for found in (r"\n", r"\r\n"):
        yield _bytes(secret + found), difference("secret-backslash-n")
    with contextlib.suppress(ValueError):
        yield _bytes(secret.encode("latin-1").decode("unicode_escape")), difference("secret-unbackslashed")
    for mark in ("", "\n", " ", ","):
        yield _bytes(secret + mark + secret), difference("secret-doubled")
    cases = {"upper": secret.upper(), "lower": secret.lower(), "mixed": secret.swapcase(), "title": secret.title()}
    for case, changed in cases.items():
        yield _bytes(changed), difference("secret-case", case=case)
    yield _bytes(secret[:1].upper() + secret[1:]), difference("secret-case", case="title")


def _bytes(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
