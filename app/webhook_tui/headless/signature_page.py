"""Why a delivery has its verdict, as text or as one JSON object: what `why` prints."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from textwrap import wrap

from webhook_tui.domain import units
from webhook_tui.domain.delivery.delivery import DeliveryRow
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.diagnostics.report import RingLine, SignatureReport, change_text, effort_text, why_text
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.headless.text_style import TextStyle

_LABEL = 11
_STATE = 22


def signature_page(report: SignatureReport, row: DeliveryRow, style: TextStyle, now: datetime) -> str:
    """Return the page without a newline at its end. `now`: local time."""
    cause = report.cause
    # The reason of an invalid delivery tells how a search ended, as the next sentences do of this one.
    reason = row.short_reason if row.verdict is Verdict.INVALID else row.reason
    headline = visible(cause.headline if cause is not None else reason)
    lines = [f"{style.verdict(row.verdict)}: {headline[:1].lower()}{headline[1:]}"]
    lines += _wrapped(visible(why_text(report, row)).removeprefix(headline).lstrip(), style)
    lines += [line for hint in report.hints for line in _wrapped(f"Hint, without proof: {hint}", style)]
    if change := change_text(report, row):
        lines += ["", *_wrapped(f"What to change: {change}", style)]
    lines.append("")
    received = [visible(value) for value in report.received] or ["none"]
    lines += [f"{'received':<{_LABEL}}{value}" for value in received]
    if report.expected is not None:
        lines.append(f"{'expected':<{_LABEL}}{report.expected}")
    lines += [_ring_line(line, now) for line in report.lines]
    lines.append(effort_text(report))
    lines += [f"note: {visible(note)}" for note in report.notes]
    return "\n".join(lines)


def signature_record(report: SignatureReport, row: DeliveryRow) -> Mapping[str, object]:
    """Return the same as an object, with the fields of `verify --format json`; it never holds a secret."""
    cause = report.cause
    return {
        "type": "signature",
        "seq": row.seq,
        "verdict": row.verdict.value,
        "reason": row.reason,
        "cause": cause.code if cause else None,
        "why": why_text(report, row),
        "change": change_text(report, row) or None,
        "expected": report.expected,
        "received": list(report.received),
        "secrets": [
            {
                "id": line.short_id,
                "origin": line.origin.value,
                "current": line.is_current,
                "until": None if line.until is None else units.rfc3339(line.until),
                "matches": line.fits,
                "note": line.note or None,
            }
            for line in report.lines
        ],
        "tried": report.tried,
        "notes": list(report.notes),
        "outcome": report.examination.value,
        "hints": list(report.hints),
        "skipped": list(report.skipped),
    }


def _wrapped(text: str, style: TextStyle) -> list[str]:
    return wrap(visible(text), min(style.width, 80), break_on_hyphens=False)


def _ring_line(line: RingLine, now: datetime) -> str:
    matches = "matches" if line.fits else "does not match"
    return f"secret {line.short_id}  {line.state(now):<{_STATE}}  {visible(line.note) or matches}"
