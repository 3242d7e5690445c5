"""PiktID's signature scheme and the verdict on one delivery: pure, in constant time, on bytes.

Scheme (docs.piktid.com, Webhooks): `X-Webhook-Signature: sha256=<hex digest>`, the HMAC-SHA256 of the raw body, keyed
with the secret's characters as UTF-8.

Upper-case hex digits are malformed: PiktID documents Python's `hexdigest()`, which is lower case, and a receiver that
compares text, as PiktID's own sample does, refuses them. The diagnostics name the case.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from binascii import hexlify
from collections.abc import Callable, Sequence
from datetime import datetime

from webhook_tui.domain.delivery.headers import Headers, signatures
from webhook_tui.domain.errors import INVALID_EVENT_NAME, ProblemError
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import Origin, SecretRing, SigningSecret
from webhook_tui.domain.signature.verdict import Verdict, VerificationResult
from webhook_tui.domain.units import counted

PREFIX = b"sha256="
DIGITS = 64

_BLOCK = 64
"""Bytes of a block of SHA-256."""
_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))

_WELL_FORMED = re.compile(rb"sha256=([0-9a-f]{64})")
_HEX = re.compile(rb"[0-9a-fA-F]*")

MISSING = VerificationResult(
    Verdict.MISSING, "No X-Webhook-Signature header: anyone can have sent it.", "No signature header."
)
PENDING = VerificationResult(
    Verdict.PENDING, "The secret is not known yet; verified when it arrives.", "The secret is not known yet."
)
NONE_FITS = VerificationResult(
    Verdict.INVALID, "Not the signature of this body with any known secret.", "Matches no known secret."
)
"""No known secret fits; the cause was not searched for."""


def sign(secret: Secret, body: bytes) -> str:
    """The header value that PiktID sends for `body`: `sha256=` and 64 lower-case hex digits."""
    return PREFIX.decode() + hmac.digest(secret.key, body, hashlib.sha256).hex()


def event_headers(event: str, secret: Secret, body: bytes, *, agent: str) -> Headers:
    """Return the headers of an event of our own, as PiktID sends them, signed with that secret.

    Raises ProblemError (usage) when no header can hold the event's name.
    """
    if not event.isprintable() or not event.strip() or event != event.strip():
        raise ProblemError(INVALID_EVENT_NAME)
    return headers_with(event, sign(secret, body).encode("ascii"), agent=agent)


def well_formed(value: bytes) -> bool:
    """Whether a header value has the documented shape."""
    return _WELL_FORMED.fullmatch(value) is not None


def malformed(received: Sequence[bytes]) -> VerificationResult | None:
    """What is wrong with the shape of the X-Webhook-Signature values, or None when the shape is right.

    The same value sent twice counts as one.
    """
    value = received[0]
    if any(other != value for other in received):
        return VerificationResult(
            Verdict.MALFORMED,
            "It has two X-Webhook-Signature headers that differ.",
            "Two signatures that differ.",
        )
    if well_formed(value):
        return None
    return VerificationResult(Verdict.MALFORMED, *_shape_sentences(value))


def _shape_sentences(value: bytes) -> tuple[str, str]:
    if not value.strip():
        return "The X-Webhook-Signature header is empty.", "The signature is empty."
    if any(byte > 0x7E or byte < 0x20 for byte in value):
        return "The signature has characters that are not ASCII.", "Not ASCII."
    if not value.startswith(PREFIX):
        if value.lower().startswith(PREFIX):
            return "The signature's sha256= is not in lower case.", "sha256= not in lower case."
        return "The signature does not begin with sha256=.", "No sha256= in front."
    digest = value.removeprefix(PREFIX)
    if _HEX.fullmatch(digest) is None:
        return "The signature has characters that are not hex digits.", "Not all hex digits."
    if len(digest) != DIGITS:
        digits = counted(len(digest), "hex digit")
        return f"The signature has {digits}; sha256 has {DIGITS}.", f"{digits}, not {DIGITS}."
    return "The signature's hex digits are not all lower case.", "Upper-case hex digits."


def no_secret_fits(headers: Headers) -> VerificationResult:
    """Return the result where no secret fits: missing, malformed or invalid, without a cause."""
    received = signatures(headers)
    return (malformed(received) or NONE_FITS) if received else MISSING


def fits(secret: Secret, body: bytes, value: bytes) -> bool:
    """Whether a well-formed header value is `secret`'s signature of `body`; takes the same time either way."""
    return hmac.compare_digest(sign(secret, body).encode(), value)


class KeyedHash:
    """HMAC-SHA256 with one key (RFC 2104), the blocks of the key hashed once.

    `hmac.HMAC` can be copied, too, by methods in Python that take longer than to hash a delivery.
    """

    __slots__ = ("_inner", "_outer")

    def __init__(self, key: bytes) -> None:
        block = (key if len(key) <= _BLOCK else hashlib.sha256(key).digest()).ljust(_BLOCK, b"\0")
        self._inner = hashlib.sha256(block.translate(_INNER))
        self._outer = hashlib.sha256(block.translate(_OUTER))

    def digest(self, message: bytes) -> bytes:
        """The 32 bytes of the message's HMAC."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(message)
        outer.update(inner.digest())
        return outer.digest()


class Verifier:
    """Verifies deliveries with one ring. What depends on the ring alone is computed once: keyed hashes and results."""

    def __init__(self, ring: SecretRing) -> None:
        self.ring = ring
        current = ring.current
        self._known = [
            (
                KeyedHash(known.secret.key),
                known,
                # None: it names times of day
                fitting(known, is_current=known is current, zone_now=known.since)
                if known is current or known.origin is not Origin.REGISTERED
                else None,
            )
            for known in ring.newest_first()
        ]

    def check(
        self,
        headers: Headers,
        body: bytes,
        *,
        limit: int | None = None,
        unanswered: bool = False,
        zone_now: Callable[[], datetime],
    ) -> VerificationResult:
        """The verdict on one delivery.

        `limit`: try only that many secrets, newest first (None: all). `unanswered`: a registration is under way, so a
        secret that is not known yet may fit: what would be invalid is pending. `zone_now`: returns the present time,
        aware, in the time zone for times of day.
        """
        return self.check_signatures(signatures(headers), body, limit=limit, unanswered=unanswered, zone_now=zone_now)

    def check_signatures(
        self,
        received: Sequence[bytes],
        body: bytes,
        *,
        limit: int | None = None,
        unanswered: bool = False,
        zone_now: Callable[[], datetime],
    ) -> VerificationResult:
        """The same with the values of the header."""
        if not received:
            return MISSING
        if len(received) > 1 and (wrong := malformed(received)) is not None:
            return wrong
        for keyed, known, result in self._known[:limit]:
            if hmac.compare_digest(PREFIX + hexlify(keyed.digest(body)), received[0]):
                return result or fitting(known, is_current=False, zone_now=zone_now())
        if (wrong := malformed(received)) is not None:  # asked only now: what fits has the right shape
            return wrong
        if unanswered or not self._known or (limit is not None and len(self._known) > limit):
            return PENDING
        return NONE_FITS


def check_signature(headers: Headers, body: bytes, ring: SecretRing, *, zone_now: datetime) -> VerificationResult:
    """The verdict on one delivery, as `Verifier.check` gives it; `zone_now` is the present time itself."""
    return Verifier(ring).check(headers, body, zone_now=lambda: zone_now)


def fitting(known: SigningSecret, *, is_current: bool, zone_now: datetime) -> VerificationResult:
    """The result when `known` fits: valid with the current secret or a given one, older with a former one."""
    if known.origin is not Origin.REGISTERED:
        short = "Matches the secret you added."
        return VerificationResult(
            Verdict.VALID, f"Matches the secret you added ({known.secret.short_id}).", short, known.secret_id
        )
    if is_current:
        return VerificationResult(Verdict.VALID, "Signed by PiktID.", "Signed by PiktID.", known.secret_id)
    since = _time_of_day(known.since, zone_now)
    if known.until is None:
        long = short = f"Valid with secret {known.secret.short_id} of {since}."
    else:
        short = f"Valid with secret {known.secret.short_id} of {since}."
        long = f"{short.removesuffix('.')}, replaced at {_time_of_day(known.until, zone_now)}."
    return VerificationResult(Verdict.OLDER, long, short, known.secret_id)


def _time_of_day(at: datetime, zone_now: datetime) -> str:
    local = at.astimezone(zone_now.tzinfo)
    return f"{local:%H:%M}" if local.date() == zone_now.date() else f"{local.day} {local:%b}"


def headers_with(event: str, signature: bytes | None, *, agent: str) -> Headers:
    """Return the headers that PiktID sends with an event. `signature`: None leaves its header out."""
    headers = (
        (b"Content-Type", b"application/json"),
        (b"User-Agent", agent.encode("ascii")),
        (b"X-Webhook-Event", event.encode("utf-8", "surrogateescape")),
    )
    return headers if signature is None else (*headers, (b"X-Webhook-Signature", signature))
