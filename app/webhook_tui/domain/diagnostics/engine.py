"""Finds out why a signature does not verify: tries every known cause and names the one that fits.

The verdict does not change: a signature that fits in an undocumented way stays invalid. Digests are compared in
constant time, and no text of a report holds a secret.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice

import msgspec

from webhook_tui.domain.delivery.delivery import Delivery, StoredDelivery
from webhook_tui.domain.delivery.headers import SIGNATURE_HEADER, signatures, values
from webhook_tui.domain.diagnostics.causes import Difference, Message, cause_of, difference, note_of
from webhook_tui.domain.diagnostics.encodings import SHA256, WRITINGS, Reading, readings, unread_values
from webhook_tui.domain.diagnostics.envelopes import enveloped
from webhook_tui.domain.diagnostics.hints import hints
from webhook_tui.domain.diagnostics.json_changes import json_changes
from webhook_tui.domain.diagnostics.payloads import bodies
from webhook_tui.domain.diagnostics.renderings import printed
from webhook_tui.domain.diagnostics.report import Cause, Examination, RingLine, SignatureReport
from webhook_tui.domain.diagnostics.secrets import Signer, Way, cheap_variants, plain, strangers, variants
from webhook_tui.domain.diagnostics.serializers import COMMON, reshaped, rewritten
from webhook_tui.domain.diagnostics.wrappers import unwrapped
from webhook_tui.domain.payload.json_document import Document, ExpiredError
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import SecretRing
from webhook_tui.domain.signature.signature import KeyedHash, sign
from webhook_tui.domain.units import age

MOST_TRIED = 100_000
"""Checks after which the search ends, whatever the ring and the body."""
LARGEST_REWRITTEN = 1_048_576
"""Bytes of a body up to which its JSON is serialized again."""
_NEWEST = 4
"""This many secrets of the ring are tried with every message and in every variant, the others in the cheap ones."""
_MOST_OTHERS = 500
_LARGEST_KEPT = 262_144
"""Bytes of a message up to which it is kept to be tried with variants of the secret, too."""
_MOST_COMMON = 24
_MOST_COMMON_OF_OTHERS = 6
_MOST_INNER = 12
_LIKELY_VARIANTS = {
    *("turned", "keyless", "token"),
    *(
        f"secret-{name}"
        for name in (
            *("newline", "crlf", "blank", "stripped", "quoted", "unquoted", "without-whsec", "with-whsec", "hex"),
            *("whsec-hex", "base64", "whsec-base64", "empty", "prepended", "appended"),
        )
    ),
}
"""Codes of the variants of a secret that are tried with every common message, too."""


class _Found(msgspec.Struct, frozen=True):
    differences: tuple[Difference, ...]
    secret_id: str | None
    signed: int
    """Bytes of the message that was signed."""


def explain(
    delivery: Delivery,
    ring: SecretRing,
    *,
    seq: int,
    clock: Callable[[], float],
    token: Secret | None = None,
    others: Sequence[StoredDelivery] = (),
    expired: Callable[[], bool] = lambda: False,
    notes: tuple[str, ...] = (),
    event_id: str | None = None,
) -> SignatureReport:
    """Return all that is known of a delivery's signature; never raises, whatever was sent.

    `clock`: seconds, for the report's `seconds` only. `others`: newest first; at most 500 are used. `expired`: asked
    before each check and in every loop; the search ends once it is true. `notes`: copied into the report. `event_id`:
    the event's id as JSON text, to compare with those of `others`.
    """
    started = clock()
    search = _Search(readings(delivery.headers), unread_values(delivery.headers), expired)
    stopped = False
    found: _Found | None = None
    try:
        found = _search(search, delivery, ring, token=token, others=others[:_MOST_OTHERS], event_id=event_id)
    except ExpiredError:
        stopped = True
    known = ring.get(found.secret_id) if found is not None else None
    expecting = known or ring.newest
    cause = _cause(delivery, ring, found)
    examination = _examination(search, found, stopped=stopped)
    is_open = examination in (Examination.NO_CAUSE, Examination.STOPPED)
    return SignatureReport(
        seq=seq,
        received=tuple(value.decode("latin-1") for value in values(delivery.headers, SIGNATURE_HEADER)),
        expected=sign(expecting.secret, delivery.body) if expecting is not None else None,
        lines=_lines(ring, found, comparable=bool(search.readings)),
        cause=cause,
        tried=search.tried,
        seconds=clock() - started,
        notes=notes,
        examination=examination,
        hints=hints(delivery, event_id, others) if is_open else (),
        skipped=("Other forms of its JSON were not tried: the body is larger than 1 MiB.",)
        if is_open and len(delivery.body) > LARGEST_REWRITTEN
        else (),
    )


def _examination(search: _Search, found: _Found | None, *, stopped: bool) -> Examination:
    if stopped:
        return Examination.STOPPED
    if found is not None:
        return Examination.FOUND
    return Examination.NO_CAUSE if search.is_possible else Examination.UNNEEDED


class _Search:
    """Compares digests with the readings of the header, and counts the checks."""

    def __init__(self, found: tuple[Reading, ...], unread: tuple[bytes, ...], expired: Callable[[], bool]) -> None:
        self.readings = found
        self.unread = unread
        self.is_possible = bool(found or unread)
        self.tried = 0
        self.expired = expired
        self._keyed: dict[bytes, KeyedHash] = {}
        self._all = self._plan(None)
        """Each algorithm with the digits that are wanted of it."""
        self._likely = self._plan(1)
        """The same with only the likeliest algorithm of each reading."""

    def _plan(self, most: int | None) -> list[tuple[str, list[tuple[bytes, tuple[Difference, ...]]]]]:
        plan: dict[str, list[tuple[bytes, tuple[Difference, ...]]]] = {}
        for reading in self.readings:
            for algorithm, differences in islice(reading.algorithms(), most):
                plan.setdefault(algorithm, []).append((reading.digits, (*reading.differences, *differences)))
        return list(plan.items())

    def keep(self, signers: Iterable[Signer]) -> None:
        """Prepare keys with which many messages will be tried."""
        self._keyed = {signer.key: KeyedHash(signer.key) for signer in signers}

    def attempt(self, signer: Signer, message: Message, *, every: bool = False) -> _Found | None:
        """Return what fits, if signer and message do; `every`: with unlikely algorithms, too. Raises ExpiredError."""
        if self.tried >= MOST_TRIED or self.expired():
            raise ExpiredError
        for algorithm, wanted in self._all if every else self._likely:
            self.tried += 1
            made = self._digest(signer, algorithm, message.content).hex().encode()
            for digits, differences in wanted:
                if hmac.compare_digest(made[: len(digits)], digits):
                    return _found(signer, message, differences)
        return None

    def attempt_writings(self, signer: Signer, message: Message) -> _Found | None:
        """Return what fits, if the header is the digest in a spelling that cannot be decoded."""
        if not self.unread:
            return None
        digest = signer.digest(SHA256, message.content)
        for code, write in WRITINGS:
            self.tried += 1
            if any(hmac.compare_digest(write(digest), value) for value in self.unread):
                return _found(signer, message, (difference(code),))
        return None

    def _digest(self, signer: Signer, algorithm: str, content: bytes) -> bytes:
        if algorithm == SHA256 and signer.way is Way.HMAC:
            keyed = self._keyed.get(signer.key)
            if keyed is not None:
                return keyed.digest(content)
        return signer.digest(algorithm, content)


def _found(signer: Signer, message: Message, written: tuple[Difference, ...]) -> _Found:
    """Name what fits; the differences of two forms of a JSON are computed from the two."""
    changed = message.differences
    if message.base is not None:
        changed = (*changed, *(json_changes(message.content, message.base) or (difference("json-spacing"),)))
    return _Found((*signer.differences, *changed, *written), signer.secret_id, len(message.content))


def _search(
    search: _Search,
    delivery: Delivery,
    ring: SecretRing,
    *,
    token: Secret | None,
    others: Sequence[StoredDelivery],
    event_id: str | None,
) -> _Found | None:
    if not search.is_possible:
        return None
    secrets = ring.newest_first()
    signers = [plain(known) for known in secrets]
    newest = signers[:_NEWEST]
    search.keep(newest)
    body = Message(delivery.body)
    cheap = chain.from_iterable(cheap_variants(known) for known in secrets)
    varied = list(chain.from_iterable(variants(known) for known in secrets[:_NEWEST]))
    foreign = list(strangers(token))
    likely = [
        signer for signer in (*varied, *foreign) if signer.differences[0].code in _LIKELY_VARIANTS and not signer.mark
    ]
    common: list[Message] = []
    stages: tuple[Iterator[_Found | None], ...] = (
        (search.attempt(signer, body, every=True) for signer in signers),
        (search.attempt_writings(signer, body) for signer in newest),
        (search.attempt(signer, body) for signer in cheap),
        (search.attempt(signer, body) for signer in (*varied, *foreign)),
        (
            search.attempt(signer, message)
            for message in _messages(delivery, search.expired, common)
            for signer in newest
        ),
        _swapped(search, delivery, newest, others, event_id),
        (search.attempt(signer, message) for message in common for signer in likely),
        (
            search.attempt(signer, message)
            for message in common[:_MOST_COMMON_OF_OTHERS]
            for signer in signers[_NEWEST:]
        ),
    )
    return next((found for found in chain.from_iterable(stages) if found is not None), None)


def _messages(delivery: Delivery, expired: Callable[[], bool], common: list[Message]) -> Iterator[Message]:
    """Yield each distinct message but the body itself; those that are common and small are put into `common`."""
    seen = {hash(delivery.body)}
    for message in _all_messages(delivery, expired):
        mark = hash(message.content)
        if mark not in seen:
            seen.add(mark)
            if message.common and len(message.content) <= _LARGEST_KEPT and len(common) < _MOST_COMMON:
                common.append(message)
            yield message


def _all_messages(delivery: Delivery, expired: Callable[[], bool]) -> Iterator[Message]:
    body = delivery.body
    yield from bodies(body)
    document = Document.parse(body, expired) if len(body) <= LARGEST_REWRITTEN else None
    if document is not None:
        yield from rewritten(document, body)
    yield from enveloped(delivery, document)
    for inner in islice(unwrapped(body, document, expired), _MOST_INNER):
        found = inner.differences
        yield Message(inner.content, found, common=True)
        yield Message(inner.content.strip(), found)
        yield Message(inner.content + b"\n", (*found, difference("missing-newline")))
        held = Document.parse(inner.content, expired) if len(inner.content) <= LARGEST_REWRITTEN else None
        if held is not None:
            for message in rewritten(held, inner.content, COMMON):
                yield Message(message.content, found, base=message.base)
    yield from printed(body, document)
    if document is not None:
        yield from reshaped(document, body)


def _swapped(
    search: _Search,
    delivery: Delivery,
    signers: Sequence[Signer],
    others: Sequence[StoredDelivery],
    event_id: str | None,
) -> Iterator[_Found | None]:
    different = [other for other in others if other.delivery.body != delivery.body]
    different.sort(key=lambda other: not other.row.verdict.is_good)
    for other in different:
        body = other.delivery.body
        is_same_event = event_id is not None and other.row.event_id == event_id
        found = (difference("event-changed" if is_same_event else "swapped", seq=other.row.seq),)
        changes = json_changes(body, delivery.body) if is_same_event and len(body) <= LARGEST_REWRITTEN else ()
        for signer in signers:
            yield search.attempt(signer, Message(body, (*found, *changes)))
    received = {*signatures(delivery.headers)} - {b""}
    for other in different:
        if not received.isdisjoint(signatures(other.delivery.headers)):
            yield _Found((difference("same-signature", seq=other.row.seq),), None, len(delivery.body))


def _cause(delivery: Delivery, ring: SecretRing, found: _Found | None) -> Cause | None:
    if found is None:
        return None
    if found.differences:
        return cause_of(found.differences, found.signed, len(delivery.body))
    known = ring.get(found.secret_id)
    if known is None or known.until is None:
        return None
    late = (delivery.received_at - known.until).total_seconds()
    if late <= 0:
        return None
    return Cause(
        "older-secret",
        "It fits a secret replaced before the delivery arrived.",
        "Fits a replaced secret.",
        f"It is signed with a secret that was replaced {age(late)} before the delivery arrived. "
        "A server that knows only the newest secret would have refused it.",
        "After registering again, accept the previous secret, too, until its deliveries have arrived.",
    )


def _lines(ring: SecretRing, found: _Found | None, *, comparable: bool) -> tuple[RingLine, ...]:
    lines = []
    current = ring.current
    for known in ring.newest_first():
        is_meant = found is not None and found.secret_id == known.secret_id
        note = "does not fit" if comparable else "nothing to compare"
        if found is not None and is_meant:
            note = note_of(found.differences)
        lines.append(
            RingLine(
                known.secret_id,
                known.secret.short_id,
                known.since,
                known.until,
                known.origin,
                known is current,
                fits=found is not None and is_meant and not found.differences,
                note=note,
            )
        )
    return tuple(lines)
