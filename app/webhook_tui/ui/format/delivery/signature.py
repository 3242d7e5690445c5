"""The Signature tab: why, what to change, received and expected, the secrets of the ring."""

from __future__ import annotations

from datetime import datetime

from textual.content import Content

from webhook_tui.domain.delivery.delivery import DeliveryRow
from webhook_tui.domain.delivery.text import visible, visible_lines
from webhook_tui.domain.diagnostics.report import NOT_EXAMINED, RingLine, SignatureReport
from webhook_tui.domain.signature.secret_ring import Origin
from webhook_tui.domain.signature.signature import NONE_FITS
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.domain.units import day_time

_LABEL = "$muted"
_PREFIX = "sha256="
_HALF = 32
_WIDE = 60
_LEAST = 42


def signature_text(report: SignatureReport, row: DeliveryRow, width: int, now: datetime) -> Content:
    """The whole tab for a pane of `width` cells; paragraphs are wrapped by who shows them."""
    blocks = [_titled("Why", _why(report, row))]
    if advice := _advice(report, row):
        blocks.append(advice)
    blocks += [_digests(report, row, width), _ring(report, width, now)]
    if report.hints:
        hints = Content("\n").join([Content(visible(hint)) for hint in report.hints])
        blocks.insert(1, _titled("Hints, without proof", hints))
    if report.notes:
        notes = Content("\n").join([Content(visible(note)) for note in report.notes])
        blocks.append(_titled("Notes", notes))
    return Content("\n\n").join([block for block in blocks if block.plain])


def effort(report: SignatureReport) -> str:
    """The last line: how much was checked; "" when nothing had to be."""
    return report.effort if report.tried else ""


def not_examined_text(row: DeliveryRow) -> Content:
    """The tab before there is a report."""
    said = NOT_EXAMINED if row.verdict.is_bad else "The signature is being compared with the secrets of the ring."
    return Content.assemble((said, "$muted"))


def _titled(title: str, text: Content | str) -> Content:
    return Content.assemble((title, "bold"), "\n", text)


def _why(report: SignatureReport, row: DeliveryRow) -> str:
    if report.cause is not None:
        return _lines(report.cause.why)
    match row.verdict:
        case Verdict.VALID:
            return _why_valid(report, row)
        case Verdict.OLDER:
            return _why_older(report, row)
        case Verdict.INVALID:
            return _why_no_cause(report)
        case Verdict.MISSING:
            return "There is no X-Webhook-Signature header: anyone who knows the URL can have sent it."
        case Verdict.MALFORMED:
            return "\n".join(filter(None, (visible(row.reason), report.outcome)))
        case _:
            return (
                "Its secret is not known yet: the answer to registering is on its way.\n"
                "It is verified again when the secret is here."
            )


def _lines(text: str) -> str:
    return "\n".join(visible_lines(text))


def _why_valid(report: SignatureReport, row: DeliveryRow) -> str:
    line = next((line for line in report.lines if line.fits), None)
    if line is None:
        return f"{visible(row.reason)}\nThe ring does not have that secret any more."
    if line.origin is Origin.REGISTERED:
        return "PiktID signed the body as it came, with the secret that is current."
    return (
        f"It matches a secret that you added: {line.short_id}.\n"
        "Nothing here shows that PiktID signs with it: PiktID never sent it here."
    )


def _why_older(report: SignatureReport, row: DeliveryRow) -> str:
    line = next((line for line in report.lines if line.fits and not line.is_current), None)
    if line is None or line.until is None:
        return "It is signed with an earlier secret."
    after = max(0.0, (row.received_at - line.until).total_seconds())
    spoken = f"{after:.0f} s" if after < 120 else f"{after / 60:.0f} min"
    return (
        f"PiktID signed it with the secret that was replaced {spoken} before it came.\n"
        "A server that knows only the newest secret would have refused it."
    )


def _why_no_cause(report: SignatureReport) -> str:
    if not report.lines:
        return "No secret is known here, so there is nothing to compare it with."
    return "\n".join(line for line in (NONE_FITS.reason, report.outcome, *report.skipped) if line)


def _advice(report: SignatureReport, row: DeliveryRow) -> Content | None:
    if report.cause is not None:
        return _titled("What to change", _lines(report.cause.change))
    match row.verdict:
        case Verdict.INVALID:
            return _titled("What to do", _keys_that_help())
        case Verdict.MISSING:
            return _titled("What to change", "A server must refuse a request without it, as it refuses a wrong one.")
        case Verdict.MALFORMED:
            return _titled("What to change", "Send one header: sha256= and the 64 hex digits of the HMAC, lower case.")
        case _:
            return None


def _keys_that_help() -> Content:
    return Content.assemble(
        ("u", "bold $primary"),
        "   register again: PiktID issues a new secret, and its ping must be valid\n",
        ("p", "bold $primary"),
        "   add the secret you have: stored deliveries are checked again",
    )


def _digests(report: SignatureReport, row: DeliveryRow, width: int) -> Content:
    received = [visible(value) for value in report.received]
    if row.verdict.is_good and len(received) == 1:
        start = received[0][: len(_PREFIX) + 4]
        said = Content.assemble((f"{start}…", "$json-string"), "  equal to the expected one, all 64 digits")
        return Content.assemble((f"{'received':<12}", _LABEL), said)
    lines = [_digest("received", value, width) for value in received]
    if not lines:
        lines = [Content.assemble((f"{'received':<12}", _LABEL), ("none", "$muted"))]
    if report.expected is not None:
        lines.append(_digest("expected", report.expected, width))
    return Content("\n").join(lines)


def _digest(label: str, value: str, width: int) -> Content:
    prefix, digits = (_PREFIX, value[len(_PREFIX) :]) if value.startswith(_PREFIX) else ("", value)
    halves = [digits[start : start + _HALF] for start in range(0, min(len(digits), 8 * _HALF), _HALF)] or ["(empty)"]
    if width >= _WIDE:
        indent = 12 + len(prefix)
        head = Content.assemble((f"{label:<12}", _LABEL), (prefix, _LABEL))
    elif width >= _LEAST:
        indent = 10
        head = Content.assemble((f"{label:<10}", _LABEL), (f"{prefix}\n{' ' * indent}" if prefix else "", _LABEL))
    else:
        indent = 0
        head = Content.assemble((f"{label} {prefix}\n", _LABEL))
    return head + Content.assemble((f"\n{' ' * indent}".join(halves), "$json-string"))


def _ring(report: SignatureReport, width: int, now: datetime) -> Content:
    return Content("\n").join([_ring_line(line, width, now) for line in report.lines])


def _ring_line(line: RingLine, width: int, now: datetime) -> Content:
    name = f"secret {line.short_id}"
    if line.is_current:
        state = f"current ({day_time(line.since, now)})"
    elif line.until is not None:
        state = f"until {day_time(line.until, now)}"
    else:
        state = line.origin.label
    note = visible(line.note) or ("fits" if line.fits else "does not fit")
    style = "bold $valid" if line.fits else "$older" if note.startswith("fits") else "$muted"
    first, second = 13, 20
    if first + second + len(note) <= width:
        return Content.assemble(f"{name:<{first}}", (f"{state:<{second}}", "$muted"), (note, style))
    return Content.assemble(f"{name:<{first}}", (state, "$muted"), "\n  ", (note, style))
