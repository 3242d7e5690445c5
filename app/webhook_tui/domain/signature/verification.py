"""Verifies one signature of one body with some secrets, without network or store: what `webhook-tui verify` prints."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from textwrap import wrap

from msgspec import Struct

from webhook_tui.domain.delivery.delivery import Delivery
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.diagnostics.engine import explain
from webhook_tui.domain.diagnostics.report import SignatureReport, with_cause
from webhook_tui.domain.signature.lint import lint
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import Origin, SecretRing
from webhook_tui.domain.signature.signature import NONE_FITS, PREFIX, check_signature
from webhook_tui.domain.signature.verdict import Verdict, VerificationResult

SECONDS = 3.0
"""Default time limit of the search for a cause."""
WIDTH = 78
_LABEL = 12
_DIGITS_A_LINE = 32
_NO_CAUSE = (
    "Use the secret that it was signed with (webhook-tui secret prints the current one), and the body byte for byte as "
    "it arrived."
)
_UNDATED = datetime.fromtimestamp(0, UTC)


class Verification(Struct, frozen=True):
    """The outcome of an offline check."""

    result: VerificationResult
    report: SignatureReport

    @property
    def is_good(self) -> bool:
        """Whether the command ends with 0."""
        return self.result.verdict.is_good


def verify(
    secrets: Sequence[Secret],
    signature: str | None,
    body: bytes,
    *,
    clock: Callable[[], float],
    seconds: float = SECONDS,
) -> Verification:
    """Check one header value; `signature` None: there was no header. Without other headers nothing is linted.

    `clock`: seconds; `seconds`: how long the search for a cause may take.
    """
    value = None if signature is None else signature.encode("utf-8", "surrogateescape")
    headers = () if value is None else ((b"X-Webhook-Signature", value),)
    return _verification(Delivery(_UNDATED, "POST", "/", headers, body), _ring(secrets), clock, seconds, ())


def verify_delivery(
    delivery: Delivery, secrets: Sequence[Secret], *, clock: Callable[[], float], seconds: float = SECONDS
) -> Verification:
    """Check a whole delivery, as an export holds it, against several secrets, with notes on it."""
    return _verification(delivery, _ring(secrets), clock, seconds, lint(delivery))


def _ring(secrets: Sequence[Secret]) -> SecretRing:
    ring = SecretRing()
    for secret in reversed(secrets):
        ring = ring.added(secret, _UNDATED, Origin.OPTION)
    return ring


def _verification(
    delivery: Delivery, ring: SecretRing, clock: Callable[[], float], seconds: float, notes: tuple[str, ...]
) -> Verification:
    result = check_signature(delivery.headers, delivery.body, ring, zone_now=delivery.received_at)
    deadline = clock() + seconds
    report = explain(delivery, ring, seq=0, clock=clock, expired=lambda: clock() > deadline, notes=notes)
    return Verification(with_cause(result, report), report)


def as_json(verification: Verification) -> str:
    """One line of JSON; `cause`, `why`, `change` and `expected` are null where there is none. Never a secret."""
    report = verification.report
    cause = report.cause
    return json.dumps(
        {
            "verdict": verification.result.verdict.value,
            "reason": verification.result.reason,
            "cause": cause.code if cause else None,
            "why": cause.why if cause else None,
            "change": cause.change if cause else None,
            "expected": report.expected,
            "received": list(report.received),
            "tried": report.tried,
            "notes": list(report.notes),
            "outcome": report.examination.value,
            "hints": list(report.hints),
            "skipped": list(report.skipped),
        }
    )


def as_text(verification: Verification) -> str:
    """Lines for people, at most 78 cells wide, without a newline at the end; harmless to a terminal. Never a secret."""
    report, verdict = verification.report, verification.result.verdict
    lines = [f"{verdict.glyph} {verdict.value}", _headline(verification)]
    if report.cause is not None:
        lines += ["", "Why", *wrap(report.cause.why, WIDTH), "", "What to change", *wrap(report.cause.change, WIDTH)]
    elif verdict.is_bad and report.outcome:
        lines += ["", "Why", *wrap(report.outcome, WIDTH)]
        lines += [line for skipped in report.skipped for line in wrap(skipped, WIDTH)]
        lines += ["", "What to change", *wrap(_NO_CAUSE, WIDTH)]
        if report.hints:
            lines += ["", "Hints, without proof"]
            lines += [
                line for hint in report.hints for line in wrap(f"- {visible(hint)}", WIDTH, subsequent_indent="  ")
            ]
    lines.append("")
    for label, values in (("received", report.received), ("expected", [report.expected] if report.expected else [])):
        for value in values:
            lines += _digest_lines(label, visible(value))
    if report.notes:
        lines += ["", *(f"note: {visible(note)}" for note in report.notes)]
    return "\n".join(lines)


def _headline(verification: Verification) -> str:
    """What is known for certain; below it stands how the search ended."""
    if verification.result.verdict is Verdict.INVALID and verification.report.cause is None:
        return NONE_FITS.reason
    return verification.result.reason


def _digest_lines(label: str, value: str) -> list[str]:
    """Digits in lines of 32, the prefix in the first one."""
    prefix = PREFIX.decode() if value.startswith(PREFIX.decode()) else ""
    digits = value.removeprefix(prefix)
    first, *rest = [digits[at : at + _DIGITS_A_LINE] for at in range(0, len(digits), _DIGITS_A_LINE)] or [""]
    indent = " " * (_LABEL + len(prefix))
    return [f"{label:<{_LABEL}}{prefix}{first}", *(indent + part for part in rest)]
