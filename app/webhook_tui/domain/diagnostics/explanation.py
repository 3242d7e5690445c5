"""A report on one signature in plain sentences: why its verdict is what it is, and what to change."""

from __future__ import annotations

from webhook_tui.domain.delivery.delivery import DeliveryRow
from webhook_tui.domain.diagnostics.report import RingLine, SignatureReport
from webhook_tui.domain.signature.secret_ring import Origin
from webhook_tui.domain.signature.signature import NONE_FITS
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.domain.units import age, counted


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
            return _why_invalid(report)
        case Verdict.MISSING:
            return "The X-Webhook-Signature header is missing. Anyone who knows the URL can have sent the request."
        case Verdict.MALFORMED:
            return f"{row.reason} {report.outcome}".rstrip()
        case Verdict.PENDING if not report.lines:
            return _why_invalid(report)
        case Verdict.PENDING:
            return "Its secret is not known yet. The signature is checked when the answer to registering arrives."


def change_text(report: SignatureReport, row: DeliveryRow) -> str:
    """Return what to change; "" where nothing is wrong."""
    if report.cause is not None:
        return report.cause.change
    match row.verdict:
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
        return "It was valid when it was checked. The secret is not in the ring any more."
    if line.origin is Origin.REGISTERED:
        return "PiktID signed the body as it arrived, with the current secret."
    return f"It matches secret {line.short_id}, which was added by hand. PiktID did not issue that secret here."


def _why_older(report: SignatureReport, row: DeliveryRow) -> str:
    line = _matching(report)
    if line is None or line.until is None:
        return "It is signed with a secret of the ring that is not the current one."
    seconds = (row.received_at - line.until).total_seconds()
    return (
        f"It is signed with secret {line.short_id}, which was replaced {age(seconds)} before it arrived. "
        "A server that knows only the newest secret would have refused it."
    )


def _why_invalid(report: SignatureReport) -> str:
    if not report.lines:
        return "No secret of this account is known, so the signature cannot be checked."
    return " ".join(line for line in (NONE_FITS.reason, report.outcome, *report.skipped) if line)


def _matching(report: SignatureReport) -> RingLine | None:
    return next((line for line in report.lines if line.fits), None)
