"""The Signature tab: the reason, what to change, both digests, and the secrets of the ring."""

from __future__ import annotations

from datetime import datetime

from textual.content import Content

from webhook_tui.domain.delivery.delivery import DeliveryRow
from webhook_tui.domain.delivery.text import visible, visible_lines
from webhook_tui.domain.diagnostics.report import NOT_EXAMINED, RingLine, SignatureReport, change_text, why_text
from webhook_tui.domain.signature.verdict import Verdict

_LABEL = "$muted"
_PREFIX = "sha256="
_HALF = 32
_WIDE = 60
_LEAST = 42


def signature_text(report: SignatureReport, row: DeliveryRow, width: int, now: datetime) -> Content:
    """Return the whole tab for a pane of `width` cells; paragraphs are not wrapped."""
    blocks = [_titled("Why", _lines(why_text(report, row)))]
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
    """Return how much was checked, for the last line; "" if nothing had to be."""
    return report.effort if report.tried else ""


def not_examined_text(row: DeliveryRow) -> Content:
    """Return the tab before there is a report."""
    text = NOT_EXAMINED if row.verdict.is_bad else "Comparing the signature with the secrets of the ring."
    return Content.assemble((text, "$muted"))


def _titled(title: str, text: Content | str) -> Content:
    return Content.assemble((title, "bold"), "\n", text)


def _lines(text: str) -> str:
    return "\n".join(visible_lines(text))


def _advice(report: SignatureReport, row: DeliveryRow) -> Content | None:
    if report.cause is None and row.verdict is Verdict.INVALID:
        return _titled("What to do", _keys_that_help())
    change = change_text(report, row)
    return _titled("What to change", _lines(change)) if change else None


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
        text = Content.assemble((f"{start}…", "$json-string"), "  equal to the expected one, all 64 digits")
        return Content.assemble((f"{'received':<12}", _LABEL), text)
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
    name, state = f"secret {line.short_id}", line.state(now)
    note = visible(line.note) or ("fits" if line.fits else "does not fit")
    style = "bold $valid" if line.fits else "$older" if note.startswith("fits") else "$muted"
    first, second = 13, 20
    if first + second + len(note) <= width:
        return Content.assemble(f"{name:<{first}}", (f"{state:<{second}}", "$muted"), (note, style))
    return Content.assemble(f"{name:<{first}}", (state, "$muted"), "\n  ", (note, style))
