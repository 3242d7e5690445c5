"""Variants of the signing secret, and of what is done with it."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from urllib.parse import quote, unquote

from webhook_tui.domain.diagnostics.causes import Difference, fitting
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import SigningSecret

_WHSEC = "whsec_"
AS_IS = "Use the secret's characters as they are, UTF-8."
STRIP = "Strip the secret when reading it from a file."
UNQUOTE = "Take the quotes out of the .env value."


class Way(Enum):
    """How secret and message become a digest."""

    HMAC = auto()
    TURNED = auto()
    """HMAC with the message as key and the secret as message."""
    PLAIN = auto()
    PREPENDED = auto()
    APPENDED = auto()


@dataclass(frozen=True, slots=True)
class Signer:
    """A key, what is done with it, and how that differs from the documented way."""

    key: bytes = field(repr=False)
    way: Way = Way.HMAC
    differences: tuple[Difference, ...] = ()
    secret_id: str | None = None
    """The ring's secret that the key was made of; None for a token or no secret at all."""

    def digest(self, algorithm: str, message: bytes) -> bytes:
        """The raw digest of `message`."""
        if self.way is Way.HMAC:
            return hmac.digest(self.key, message, algorithm)
        if self.way is Way.TURNED:
            return hmac.digest(message, self.key, algorithm)
        if self.way is Way.PREPENDED:
            message = self.key + message
        elif self.way is Way.APPENDED:
            message += self.key
        return hashlib.new(algorithm, message).digest()


def plain(known: SigningSecret) -> Signer:
    """The documented way with a secret of the ring."""
    return Signer(known.secret.key, secret_id=known.secret_id)


def variants(known: SigningSecret) -> Iterator[Signer]:
    """Every variant of one secret of the ring but the secret itself, each key once, the likeliest first."""
    seen = {known.secret.key}
    for key, difference in _texts(known.secret.key.decode("utf-8", "surrogateescape")):
        if key not in seen:
            seen.add(key)
            yield Signer(key, Way.HMAC, (difference,), known.secret_id)
    for way, difference in ((Way.TURNED, _TURNED), (Way.PREPENDED, _PREPENDED), (Way.APPENDED, _APPENDED)):
        yield Signer(known.secret.key, way, (difference,), known.secret_id)


def strangers(token: Secret | None) -> Iterator[Signer]:
    """Keys that are no signing secret: the API token, no key, an empty one, what a missing variable reads as."""
    yield Signer(b"", Way.PLAIN, (_KEYLESS,))
    if token:
        yield Signer(token.key, Way.HMAC, (_TOKEN,))
        yield Signer(token.key + b"\n", Way.HMAC, (_TOKEN_NEWLINE,))
        yield Signer(b"Bearer " + token.key, Way.HMAC, (_TOKEN_BEARER,))
    yield Signer(b"", Way.HMAC, (_EMPTY,))
    for word in ("undefined", "null", "None"):
        yield Signer(
            word.encode(),
            Way.HMAC,
            (
                fitting(
                    "secret-word",
                    f"the word {word} used as the secret",
                    f"the word {word} as secret",
                    why=f"The sender's variable for the secret was not set, and its value reads {word}.",
                    change="Set the secret where the sender reads it.",
                ),
            ),
        )


def _texts(secret: str) -> Iterator[tuple[bytes, Difference]]:
    key = _bytes(secret)
    yield key + b"\n", _NEWLINE
    yield key + b"\r\n", _CRLF
    yield key + b" ", _BLANK_AFTER
    yield b" " + key, _BLANK_BEFORE
    bare = secret.strip()
    yield _bytes(bare), _STRIPPED
    for mark in "\"'":
        yield _bytes(f"{mark}{bare}{mark}"), _QUOTED
    if len(bare) > 2 and bare[0] == bare[-1] and bare[0] in "\"'`":
        bare = bare[1:-1].strip()
        yield _bytes(bare), _UNQUOTED
    yield from _prefixed(bare)
    yield from _decoded(bare, _HEX, _BASE64)
    yield base64.b64encode(_bytes(bare)), _ENCODED_BASE64
    yield _bytes(bare).hex().encode(), _ENCODED_HEX
    yield bare.encode("utf-16-le", "surrogatepass"), _UTF16
    yield repr(_bytes(bare)).encode(), _BYTES_TEXT
    yield _bytes(quote(_bytes(bare), safe="")), _PERCENT
    yield _bytes(unquote(bare, errors="surrogateescape")), _UNPERCENT


def _prefixed(secret: str) -> Iterator[tuple[bytes, Difference]]:
    if not secret.startswith(_WHSEC):
        yield _bytes(_WHSEC + secret), _WITH_WHSEC
        return
    rest = secret.removeprefix(_WHSEC)
    yield _bytes(rest), _WITHOUT_WHSEC
    yield _bytes(rest) + b"\n", _WITHOUT_WHSEC_NEWLINE
    yield from _decoded(rest, _REST_HEX, _REST_BASE64)


def _decoded(secret: str, as_hex: Difference, as_base64: Difference) -> Iterator[tuple[bytes, Difference]]:
    with contextlib.suppress(ValueError):
        yield bytes.fromhex(secret), as_hex
    bare = secret.rstrip("=").replace("-", "+").replace("_", "/")
    with contextlib.suppress(ValueError):
        yield base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True), as_base64


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


_NEWLINE = Difference(
    "secret-newline",
    "It fits if the secret ends in a newline.",
    "the secret plus newline",
    "with a newline after the secret",
    "The key had a newline after the secret, as a file that was read whole gives it.",
    STRIP,
)
_CRLF = Difference(
    "secret-crlf",
    "It fits if the secret ends in CR and LF.",
    "the secret plus CR and LF",
    "with CR and LF after the secret",
    "The key had CR and LF after the secret, as a file written on Windows gives it.",
    STRIP,
)
_BLANK_AFTER = Difference(
    "secret-blank",
    "It fits if the secret ends in a blank.",
    "the secret plus a blank",
    "with a blank after the secret",
    "The key had a blank after the secret.",
    STRIP,
)
_BLANK_BEFORE = Difference(
    "secret-blank",
    "It fits if the secret begins with a blank.",
    "a blank plus the secret",
    "with a blank before the secret",
    "The key had a blank before the secret.",
    STRIP,
)
_STRIPPED = fitting(
    "secret-stripped",
    "the secret without the blanks around it",
    "the secret without blanks",
    why="The secret that is known here has white space around it; the key had none.",
    change=STRIP,
)
_QUOTED = fitting(
    "secret-quoted",
    "the secret with its quotes",
    "the quoted secret",
    only="with quotes around it",
    why="The key had quotes around the secret: not every reader of .env files takes them off.",
    change=UNQUOTE,
)
_UNQUOTED = fitting(
    "secret-unquoted",
    "the secret without its quotes",
    "the unquoted secret",
    only="without its quotes",
    why="The secret that is known here has quotes around it; the key had none.",
    change=UNQUOTE,
)
_WITH_WHSEC = fitting(
    "secret-with-whsec",
    "the secret with whsec_ in front",
    "the secret with whsec_",
    only="with whsec_ in front",
    why="The key had whsec_ in front of the secret.",
    change="Use the secret as registering returned it, with nothing in front.",
)
_WITHOUT_WHSEC = fitting(
    "secret-without-whsec",
    "the secret without its whsec_",
    "the secret without whsec_",
    only="without its whsec_",
    why="whsec_ was taken off the secret before it was used as key.",
    change="Use all of the secret, whsec_ included.",
)
_WITHOUT_WHSEC_NEWLINE = fitting(
    "secret-without-whsec-newline",
    "the secret less whsec_, plus a newline",
    "no whsec_ but a newline",
    only="without its whsec_, with a newline after it",
    why="whsec_ was taken off the secret, and the key had a newline after it.",
    change=f"Use all of the secret, whsec_ included. {STRIP}",
)
_HEX = fitting(
    "secret-hex",
    "the secret read as hex bytes",
    "the secret as hex",
    only="read as hex bytes",
    why="Each two characters of the secret were taken for one byte of the key.",
    change=AS_IS,
)
_REST_HEX = fitting(
    "secret-whsec-hex",
    "what follows whsec_, read as hex bytes",
    "what follows whsec_, as hex",
    only="after whsec_, read as hex bytes",
    why="whsec_ was taken off the secret and the rest was read as hex bytes.",
    change=AS_IS,
)
_BASE64 = fitting(
    "secret-base64",
    "the secret read as base64",
    "the secret as base64",
    only="read as base64",
    why="The secret was decoded from base64 before it was used as key.",
    change=AS_IS,
)
_REST_BASE64 = fitting(
    "secret-whsec-base64",
    "what follows whsec_, read as base64",
    "what follows whsec_, base64",
    only="after whsec_, read as base64",
    why="whsec_ was taken off the secret and the rest decoded from base64, as Standard Webhooks says.",
    change=AS_IS,
)
_ENCODED_BASE64 = fitting(
    "secret-in-base64",
    "the secret written in base64",
    "the secret put into base64",
    only="written in base64",
    why="The secret was encoded in base64 once more before it was used as key.",
    change=AS_IS,
)
_ENCODED_HEX = fitting(
    "secret-in-hex",
    "the secret written in hex",
    "the secret put into hex",
    only="written in hex",
    why="The secret was encoded in hex once more before it was used as key.",
    change=AS_IS,
)
_UTF16 = fitting(
    "secret-utf16",
    "the secret in UTF-16",
    "the secret in UTF-16",
    only="in UTF-16",
    why="The key had two bytes for each character, as Encoding.Unicode of .NET makes it.",
    change=AS_IS,
)
_BYTES_TEXT = fitting(
    "secret-bytes-text",
    "the secret written as Python's b'...'",
    "the secret as b'...'",
    only="written as b'...'",
    why="str() of a bytes object was used as key: it writes b'...' around the secret.",
    change="Decode the secret, or give its bytes to hmac.",
)
_PERCENT = fitting(
    "secret-percent-coded",
    "the secret coded as in a URL",
    "the URL-coded secret",
    only="coded as in a URL",
    why="The key had %-codes for some characters of the secret.",
    change=AS_IS,
)
_UNPERCENT = fitting(
    "secret-percent-decoded",
    "the secret decoded as from a URL",
    "the URL-decoded secret",
    only="decoded as from a URL",
    why="The secret's %-codes were decoded before it was used as key.",
    change=AS_IS,
)
_TURNED = fitting(
    "turned",
    "with secret and body exchanged",
    "secret and body exchanged",
    only="with secret and body exchanged",
    why="The body was given as the key and the secret as the message.",
    change="Give the secret as key and the body as message.",
)
_PREPENDED = fitting(
    "secret-prepended",
    "SHA-256 of the secret and the body",
    "SHA-256 of secret plus body",
    only="hashed together with the body",
    why="The secret was put in front of the body and both were hashed, without HMAC.",
    change="Use HMAC with SHA-256, not a hash of both.",
)
_APPENDED = fitting(
    "secret-appended",
    "SHA-256 of the body and the secret",
    "SHA-256 of body plus secret",
    only="hashed together with the body",
    why="The secret was put after the body and both were hashed, without HMAC.",
    change="Use HMAC with SHA-256, not a hash of both.",
)
_KEYLESS = fitting(
    "keyless",
    "plain SHA-256, without any secret",
    "SHA-256 without a secret",
    why="The digest is that of the body alone: anyone can make it.",
    change="Use HMAC with SHA-256 and the secret.",
)
_TOKEN = fitting(
    "token",
    "the API token used as the secret",
    "the API token as secret",
    why="The key was the API token, which proves nothing about who sent it.",
    change="Use the secret that registering returned.",
)
_TOKEN_NEWLINE = fitting(
    "token-newline",
    "the API token and a newline as the secret",
    "the API token plus newline",
    why="The key was the API token with a newline after it.",
    change="Use the secret that registering returned.",
)
_TOKEN_BEARER = fitting(
    "token-bearer",
    "Bearer and the API token as the secret",
    "Bearer and the API token",
    why="The key was the value of an Authorization header.",
    change="Use the secret that registering returned.",
)
_EMPTY = fitting(
    "secret-empty",
    "an empty secret",
    "an empty secret",
    why="The key was empty: the sender's variable for the secret was not set.",
    change="Set the secret where the sender reads it.",
)
