"""Says why a signature does not verify: tries every known cause and names the one that fits.

It changes no verdict: what fits only otherwise than documented stays invalid. Digests are compared in constant time,
and no text of a report holds a secret.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice

from webhook_tui.domain.delivery.delivery import Delivery
from webhook_tui.domain.delivery.headers import SIGNATURE_HEADER, signatures, values
from webhook_tui.domain.diagnostics.causes import Difference, cause_of, note_of
from webhook_tui.domain.diagnostics.document import Document, ExpiredError
from webhook_tui.domain.diagnostics.encodings import Reading, readings
from webhook_tui.domain.diagnostics.envelopes import enveloped
from webhook_tui.domain.diagnostics.message import Message
from webhook_tui.domain.diagnostics.payloads import bodies
from webhook_tui.domain.diagnostics.report import Cause, RingLine, SignatureReport
from webhook_tui.domain.diagnostics.secrets import Signer, plain, strangers, variants
from webhook_tui.domain.diagnostics.serializers import rewritten
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import SecretRing
from webhook_tui.domain.signature.signature import sign
from webhook_tui.domain.signature.verdict import Judgement
from webhook_tui.domain.units import age, counted

MOST_TRIED = 20_000
"""Variations after which the search ends, whatever the ring and the body."""
_NEWEST = 4
"""So many secrets of the ring are tried in every variation, the others in the common ones."""
_MOST_OTHERS = 500
_LARGEST_KEPT = 262_144
"""Bytes of a message up to which it is kept to be tried with every variant of the secret, too."""


@dataclass(frozen=True, slots=True)
class OtherDelivery:
    """Another stored delivery, whose signature this one may have got."""

    seq: int
    signature: bytes
    """Its X-Webhook-Signature as sent; empty when it has none."""
    body: bytes


@dataclass(frozen=True, slots=True)
class _Found:
    differences: tuple[Difference, ...]
    secret_id: str | None


def explain(
    delivery: Delivery,
    ring: SecretRing,
    *,
    seq: int,
    clock: Callable[[], float],
    token: Secret | None = None,
    others: Sequence[OtherDelivery] = (),
    expired: Callable[[], bool] = lambda: False,
    notes: tuple[str, ...] = (),
) -> SignatureReport:
    """All that can be said of a delivery's signature; never raises, whatever was sent.

    `clock`: seconds, for the report's `seconds` only. `others`: newest first; at most 500 are looked at. `expired`:
    asked before each variation; once it is true the search ends, and a note says so. `notes`: passed on.
    """
    started = clock()
    search = _Search(readings(delivery.headers), expired)
    try:
        found = _search(search, delivery, ring, token, others[:_MOST_OTHERS])
    except ExpiredError:
        found = None
        notes = (*notes, f"the search for a cause was stopped after {counted(search.tried, 'variation')}")
    known = ring.get(found.secret_id) if found is not None else None
    expecting = known or ring.current or next(iter(ring.newest_first()), None)
    return SignatureReport(
        seq=seq,
        received=tuple(value.decode("latin-1") for value in values(delivery.headers, SIGNATURE_HEADER)),
        expected=sign(expecting.secret, delivery.body) if expecting is not None else None,
        lines=_lines(ring, found, comparable=bool(search.readings)),
        cause=_cause(delivery, ring, found),
        tried=search.tried,
        seconds=clock() - started,
        notes=notes,
    )


def with_cause(judgement: Judgement, report: SignatureReport) -> Judgement:
    """The judgement with the cause as its reason, where one was found and the verdict is a bad one."""
    if report.cause is None or not judgement.verdict.is_bad:
        return judgement
    return replace(judgement, reason=report.cause.headline, short=report.cause.short)


class _Search:
    """Tries signers on messages against the readings of the header, and counts."""

    def __init__(self, found: tuple[Reading, ...], expired: Callable[[], bool]) -> None:
        self.readings = found
        self.tried = 0
        self.expired = expired
        self.all = self._plan(None)
        """Each algorithm with the digits that it must make."""
        self.likely = self._plan(1)
        """The same with only the likeliest algorithm of each reading."""

    def _plan(self, most: int | None) -> list[tuple[str, list[tuple[bytes, tuple[Difference, ...]]]]]:
        plan: dict[str, list[tuple[bytes, tuple[Difference, ...]]]] = {}
        for reading in self.readings:
            for algorithm, differences in islice(reading.algorithms(), most):
                plan.setdefault(algorithm, []).append((reading.digits, (*reading.differences, *differences)))
        return list(plan.items())

    def attempt(self, signer: Signer, message: Message, *, every: bool = False) -> _Found | None:
        """Whether one signer and message fit; `every`: with unlikely algorithms, too."""
        if self.tried >= MOST_TRIED or self.expired():
            raise ExpiredError
        for algorithm, wanted in self.all if every else self.likely:
            self.tried += 1
            made = signer.digest(algorithm, message.content).hex().encode()
            for digits, differences in wanted:
                if hmac.compare_digest(made[: len(digits)], digits):
                    return _Found((*signer.differences, *message.differences, *differences), signer.secret_id)
        return None


def _search(
    search: _Search, delivery: Delivery, ring: SecretRing, token: Secret | None, others: Sequence[OtherDelivery]
) -> _Found | None:
    if not search.readings:
        return None
    secrets = ring.newest_first()
    signers = [plain(known) for known in secrets]
    body = Message(delivery.body)
    changed = list(chain.from_iterable(variants(known) for known in secrets[:_NEWEST]))
    unlikely = [*changed, *strangers(token), *signers[_NEWEST:]]
    common: list[Message] = []
    stages: tuple[Iterator[_Found | None], ...] = (
        (search.attempt(signer, body, every=True) for signer in signers),
        (search.attempt(signer, body) for signer in unlikely),
        (
            search.attempt(signer, message)
            for message in _messages(delivery, search.expired, common)
            for signer in signers[:_NEWEST]
        ),
        _swapped(search, delivery, signers[:_NEWEST], others),
        (search.attempt(signer, message) for message in common for signer in unlikely),
    )
    return next((found for found in chain.from_iterable(stages) if found is not None), None)


def _messages(delivery: Delivery, expired: Callable[[], bool], common: list[Message]) -> Iterator[Message]:
    """Each distinct message but the body itself; those that are common and small are put into `common`."""
    seen = {hash(delivery.body)}
    for message in _all_messages(delivery, expired):
        mark = hash(message.content)
        if mark not in seen:
            seen.add(mark)
            if message.common and len(message.content) <= _LARGEST_KEPT:
                common.append(message)
            yield message


def _all_messages(delivery: Delivery, expired: Callable[[], bool]) -> Iterator[Message]:
    yield from bodies(delivery.body)
    document = Document.parse(delivery.body, expired)
    if document is not None:
        yield from rewritten(document)
    yield from enveloped(delivery, document)


def _swapped(
    search: _Search, delivery: Delivery, signers: Sequence[Signer], others: Sequence[OtherDelivery]
) -> Iterator[_Found | None]:
    different = [other for other in others if other.body != delivery.body]
    for other in different:
        for signer in signers:
            yield search.attempt(signer, Message(other.body, (_of_other(other.seq),)))
    received = signatures(delivery.headers)
    for other in different:
        if other.signature and other.signature in received:
            yield _Found((_same_as(other.seq),), None)


def _of_other(seq: int) -> Difference:
    return Difference(
        "swapped",
        f"It is the signature of delivery #{seq}.",
        f"the body of #{seq}",
        f"the body of #{seq}",
        f"The signature belongs to delivery #{seq}, which has another body.",
        "Two deliveries were mixed: look for shared state.",
        short=f"It is #{seq}'s signature.",
    )


def _same_as(seq: int) -> Difference:
    return Difference(
        "same-signature",
        f"It has the same signature as delivery #{seq}.",
        f"what #{seq} has, too",
        f"what #{seq} has, too",
        f"Delivery #{seq} came with this very signature and another body: at most one of the two can be right.",
        "Sign each body anew; look for a fixed value or for shared state.",
        short=f"Same signature as #{seq}.",
    )


def _cause(delivery: Delivery, ring: SecretRing, found: _Found | None) -> Cause | None:
    if found is None:
        return None
    if found.differences:
        return cause_of(found.differences)
    known = ring.get(found.secret_id)
    if known is None or known.until is None:
        return None
    late = (delivery.received_at - known.until).total_seconds()
    if late <= 0:
        return None
    return Cause(
        "older-secret",
        "It fits a secret that was replaced before it came.",
        "Fits a replaced secret.",
        f"PiktID signed it with the secret that was replaced {age(late)} before it came. "
        "A server that knows only the newest secret would have refused it.",
        "After registering, let your server try the secret before the newest one, too.",
    )


def _lines(ring: SecretRing, found: _Found | None, *, comparable: bool) -> tuple[RingLine, ...]:
    lines = []
    current = ring.current
    for known in ring.newest_first():
        meant = found is not None and found.secret_id == known.secret_id
        note = "does not fit" if comparable else "nothing to compare"
        if found is not None and meant:
            note = note_of(found.differences)
        lines.append(
            RingLine(
                known.secret_id,
                known.secret.short_id,
                known.since,
                known.until,
                known.origin,
                known is current,
                fits=found is not None and meant and not found.differences,
                note=note,
            )
        )
    return tuple(lines)
