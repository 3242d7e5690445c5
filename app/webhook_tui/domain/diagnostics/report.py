"""The report on one signature: received, expected, the ring, a cause if one fits, and sentences that explain it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum

import msgspec

from webhook_tui.domain.delivery.delivery import DeliveryRow, StoredDelivery
from webhook_tui.domain.signature.lint import field_paths, lint
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import Origin, SecretRing
from webhook_tui.domain.signature.signature import NONE_FITS
from webhook_tui.domain.signature.verdict import Verdict, VerificationResult
from webhook_tui.domain.units import age, counted, day_time, duration

NOT_EXAMINED = "Not examined yet."


class Cause(msgspec.Struct, frozen=True):
    """Why a signature does not verify, and what to change."""

    code: str
    """A stable word for scripts, like `trailing-newline`."""
    headline: str
    """At most 60 characters, `It fits ...`."""
    short_reason: str
    """At most 34 characters, `Fits ...`."""
    why: str
    """One to three sentences: what was signed and what arrived."""
    change: str
    """What to change, one or two sentences."""


class RingLine(msgspec.Struct, frozen=True):
    """Whether one secret of the ring fits this signature; never the secret itself."""

    secret_id: str
    short_id: str
    since: datetime
    until: datetime | None
    origin: Origin
    is_current: bool
    fits: bool
    note: str = ""
    """`fits`, `does not fit`, `fits only without the last newline`"""

    def state(self, now: datetime) -> str:
        """Return `current (14:20:02)`, `until 12 Nov`, or the origin in words, in the zone of `now`."""
        if self.is_current:
            return f"current ({day_time(self.since, now)})"
        return self.origin.label if self.until is None else f"until {day_time(self.until, now)}"


class Examination(StrEnum):
    """How far the search for a cause came."""

    NOT_EXAMINED = "not examined yet"
    FOUND = "cause found"
    NO_CAUSE = "no known cause"
    STOPPED = "stopped"
    UNNEEDED = "nothing to explain"


class SignatureReport(msgspec.Struct, frozen=True):
    """All that is known of the signature of one delivery."""

    seq: int
    received: tuple[str, ...]
    """The X-Webhook-Signature values as sent (latin-1; sanitise before showing); empty when there is none."""
    expected: str | None
    """The signature of the body with the secret that fits, else the current, else the newest; None without secrets."""
    lines: tuple[RingLine, ...]
    """Newest first."""
    cause: Cause | None = None
    tried: int = 0
    """How many digests were computed and compared."""
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    """Lint: what is unusual about the delivery, one sentence each (sanitise before showing)."""
    examination: Examination = Examination.NO_CAUSE
    hints: tuple[str, ...] = ()
    """What may have happened, without proof (sanitise before showing)."""
    skipped: tuple[str, ...] = ()
    """What was not tried, and why."""

    @property
    def outcome(self) -> str:
        """How the search ended when no cause was found; "" when there was nothing to search for."""
        if self.examination is Examination.NOT_EXAMINED:
            return NOT_EXAMINED
        if self.examination is Examination.STOPPED:
            return f"The search was stopped after {duration(self.seconds)}."
        if self.examination is not Examination.NO_CAUSE or not self.tried:
            return ""
        return f"No known cause matches ({counted(len(self.lines), 'secret')}, {self.effort})."

    @property
    def effort(self) -> str:
        """`832 checks, 14 ms`."""
        return f"{counted(self.tried, 'check')}, {duration(self.seconds)}"


def with_cause(result: VerificationResult, report: SignatureReport) -> VerificationResult:
    """Return the result with what the search found as its reason, where the verdict is a bad one."""
    verdict, cause = result.verdict, report.cause
    if not verdict.is_bad:
        return result
    if cause is not None:
        return VerificationResult(verdict, cause.headline, cause.short_reason, result.secret_id)
    if verdict is not Verdict.INVALID or not report.outcome:
        return result
    stopped = report.examination is Examination.STOPPED
    reason = report.outcome if stopped else f"No known cause matches ({counted(report.tried, 'check')})."
    return VerificationResult(verdict, reason, result.short_reason, result.secret_id)


def why_text(report: SignatureReport, row: DeliveryRow) -> str:
    """Return one to three sentences; they may hold received text: sanitise before showing."""
    if report.cause is not None:
        return report.cause.why
    match row.verdict:
        case Verdict.VALID:
            return _why_valid(report)
        case Verdict.OLDER:
            return _why_older(report, row)
        case Verdict.INVALID:
            return _why_invalid(report, row)
        case Verdict.MISSING:
            return "The X-Webhook-Signature header is missing. Anyone who knows the URL can have sent the request."
        case Verdict.MALFORMED:
            return f"{row.reason} {report.outcome}".rstrip()
        case Verdict.PENDING if not report.lines:
            return _why_invalid(report, row)
        case Verdict.PENDING:
            return "Its secret is not known yet. The signature is verified when the answer to registering arrives."


def change_text(report: SignatureReport, row: DeliveryRow) -> str:
    """Return what to change; "" where nothing is wrong."""
    if report.cause is not None:
        return report.cause.change
    match row.verdict:
        case Verdict.INVALID if _was_explained(report, row):
            return ""
        case Verdict.INVALID:
            return "Add the secret it was signed with (webhook-tui --secret S), or register again to get a new one."
        case Verdict.MISSING:
            return "Refuse a request without it, as you refuse one with a wrong signature."
        case Verdict.MALFORMED:
            return "Send one header: sha256= and the 64 hex digits of the HMAC, lower case."
        case _:
            return ""


def effort_text(report: SignatureReport) -> str:
    """Return `2 secrets, 1,012 checks, 14 ms`."""
    secrets = counted(len(report.lines), "secret")
    return f"{secrets}, {report.effort}" if report.tried else secrets


def _why_valid(report: SignatureReport) -> str:
    line = _matching(report)
    if line is None:
        return "It was valid when it was verified. The secret is not in the ring any more."
    if line.origin is Origin.REGISTERED:
        return "PiktID signed the body as it arrived, with the current secret."
    return f"It matches secret {line.short_id}, which was added by hand. PiktID did not issue that secret here."


def _why_older(report: SignatureReport, row: DeliveryRow) -> str:
    line = _matching(report)
    if line is None or line.until is None:
        return "It is signed with a secret of the ring that is not the current one."
    seconds = (row.received_at - line.until).total_seconds()
    return (
        f"It is signed with secret {line.short_id}, which was replaced {age(seconds)} before the delivery arrived. "
        "A server that knows only the newest secret would have refused it."
    )


def _was_explained(report: SignatureReport, row: DeliveryRow) -> bool:
    """Whether a cause was found earlier, with a secret that is not in the ring any more."""
    return not report.lines and row.verdict is Verdict.INVALID and row.short_reason != NONE_FITS.short_reason


def _why_invalid(report: SignatureReport, row: DeliveryRow) -> str:
    if _was_explained(report, row):
        return f"{row.reason} This was found earlier. The secret is not in the ring any more."
    if not report.lines:
        return "No secret of this account is known, so the signature cannot be verified."
    return " ".join(line for line in (NONE_FITS.reason, report.outcome, *report.skipped) if line)


def _matching(report: SignatureReport) -> RingLine | None:
    return next((line for line in report.lines if line.fits), None)


SECONDS = 3.0
"""Time limit for finding one cause."""
MOST_RECENT = 100
"""How many recent deliveries are compared: for a swapped signature, new fields and earlier attempts."""
LARGEST_COMPARED = 100_000
"""Bytes; deliveries with a larger body are not among them."""


def stored_report(
    stored: StoredDelivery,
    ring: SecretRing,
    token: Secret | None,
    recent: Sequence[StoredDelivery],
    clock: Callable[[], float],
    *,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> SignatureReport:
    """Return all that is known about a delivery's signature.

    `recent`: other deliveries, newest first. `clock`: monotonic seconds. `is_cancelled`: ends the search once true.
    """
    from webhook_tui.domain.diagnostics.engine import explain  # noqa: PLC0415 -- at the first failing signature

    deadline = clock() + SECONDS
    return explain(
        stored.delivery,
        ring,
        seq=stored.row.seq,
        clock=clock,
        token=token,
        others=recent,
        expired=lambda: is_cancelled() or clock() > deadline,
        event_id=stored.row.event_id,
        notes=_notes(stored, [other for other in recent if other.row.seq < stored.row.seq]),
    )


def _notes(stored: StoredDelivery, before: Sequence[StoredDelivery]) -> tuple[str, ...]:
    row = stored.row
    same_event = [field_paths(other.delivery.body) for other in before if other.row.event == row.event]
    same_id = next((other for other in before if row.event_id is not None and other.row.event_id == row.event_id), None)
    return lint(
        stored.delivery,
        known_fields=frozenset().union(*same_event) if same_event else None,
        earlier=same_id,
    )
