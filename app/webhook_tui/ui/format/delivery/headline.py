"""The two lines above the tabs: verdict, event and number, and a sentence that says why."""

from __future__ import annotations

from datetime import datetime

from textual.content import Content

from webhook_tui.domain import units
from webhook_tui.domain.comparison.compared_event import DifferingDelivery
from webhook_tui.domain.delivery.delivery import DeliveryRow
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.signature.verdict import Verdict

_PILLS = {
    Verdict.VALID: "bold $background on $success",
    Verdict.OLDER: "bold $background on $secondary",
    Verdict.INVALID: "bold $on-error on $error",
    Verdict.MALFORMED: "bold $on-error on $error",
    Verdict.MISSING: "bold $on-warning on $warning",
    Verdict.PENDING: "italic $muted on $line",
}
_LEAST_COMMENT = 10
_PILLS_WITHOUT_COLOUR = dict.fromkeys(Verdict, "bold reverse")


def headline(row: DeliveryRow, width: int, now: datetime, *, in_ascii: bool, without_colour: bool = False) -> Content:
    """Return the first line: verdict, event, number; time and size at the right, or size alone, if there is room."""
    glyph = row.verdict.ascii_glyph if in_ascii else row.verdict.glyph
    pills = _PILLS_WITHOUT_COLOUR if without_colour else _PILLS
    pill = Content.assemble((f" {glyph} {row.verdict} ", pills[row.verdict]), "  ")
    number = f"  #{row.seq}" + (f"  attempt {row.attempt}" if row.attempt > 1 else "")
    size = units.size(row.size)
    event = Content.assemble((visible(row.event) or "no event name", "bold" if row.event else "$muted italic"))
    left_width = width - pill.cell_length - len(number)
    for end in (f"{units.exact_time(row.received_at, now)} · {size}", size):
        if event.cell_length + 2 + len(end) <= left_width:
            gap = left_width - event.cell_length - len(end)
            return Content.assemble(pill, event, (number, "$muted"), " " * gap, (end, "$muted"))
    return Content.assemble(pill, event.truncate(max(left_width, 8), ellipsis=True), (number, "$muted"))


def sentence(row: DeliveryRow, width: int, *, with_key: bool, differing: DifferingDelivery | None = None) -> Content:
    """Return the reason, in its short form if the long one does not fit; `with_key`: name the key w.

    `differing`: where it differs from what the event stream brought.
    """
    key = Content.assemble("  ", ("w", "bold $primary"), (" Why", "$muted")) if with_key else Content.empty()
    text, short = Content(visible(row.reason)), Content(visible(row.short_reason))
    if differing is not None:
        text, short = _with_difference(row, differing)
    if text.cell_length + key.cell_length > width:
        text = short
    if text.cell_length + key.cell_length > width:
        key = Content.assemble(" ", ("w", "bold $primary")) if with_key else key
    message = text + key
    room = width - message.cell_length
    if not row.comment or room < _LEAST_COMMENT:
        return message
    comment = Content.assemble(("  ; ", "$muted"), (visible(row.comment), "italic"))
    return message + comment.truncate(room, ellipsis=True)


def _with_difference(row: DeliveryRow, differing: DifferingDelivery) -> tuple[Content, Content]:
    """The long and the short sentence of a delivery that differs from what the event stream brought."""
    more = f" and {differing.paths - 1} more" if differing.paths > 1 else ""
    said = (f"Differs from SSE: {visible(differing.path)}{more}.", "bold $warning")
    short = (
        "Valid, differs from SSE." if row.verdict is Verdict.VALID else f"{visible(row.short_reason)} Differs from SSE."
    )
    return Content.assemble(visible(row.reason), " ", said), Content.assemble((short, "bold $warning"))
