"""The columns of a table of deliveries by its width, and the text of their cells.

Where a column has no room, its exceptions (a second attempt, an unusual answer) are shown in the event's cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from webhook_tui.domain import units
from webhook_tui.domain.answer_rules.answer import answer_word, is_success
from webhook_tui.domain.delivery.delivery import DeliveryRow
from webhook_tui.domain.forwarding.forward_result import ForwardResult
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.ui.symbols import Symbols

Name = Literal["number", "time", "verdict", "event", "job", "status", "result", "attempt", "answered", "size"]
Align = Literal["left", "right"]


class Column(NamedTuple):
    """One column; columns stand two blanks apart, the first directly after the cursor's cell."""

    name: Name
    width: int
    align: Align


GAP = 2
BAR_WIDTH = 1
MARGIN = 1
"""Blank at the right end, which a scrollbar may take without anything moving."""
SHORT_TIME, LONG_TIME = 8, 12
_VERDICT_WIDTH = 13
_EVENT_WIDTH = 22

HEADINGS: dict[Name, str] = {
    "number": "#",
    "time": "time",
    "verdict": " verdict",
    "event": "event",
    "job": "job",
    "status": "status",
    "result": "result",
    "attempt": "attempt",
    "answered": "answered",
    "size": "size",
}
_ORDER: tuple[Name, ...] = tuple(HEADINGS)
_RIGHT = frozenset({"number", "attempt", "answered", "size"})
_LEAST: dict[Name, int] = {
    "verdict": _VERDICT_WIDTH,
    "status": 10,
    "result": 11,
    "attempt": 7,
    "answered": 8,
    "size": 7,
}
_WIDEST_STATUS = 12

_LET_IN: tuple[tuple[tuple[Name, ...], int, int], ...] = (
    (("time",), 38, 10),
    (("number",), 56, _EVENT_WIDTH),
    (("job", "status"), 78, _EVENT_WIDTH),
    (("result",), 90, _EVENT_WIDTH),
    (("attempt",), 118, _EVENT_WIDTH),
    (("answered",), 128, _EVENT_WIDTH),
    (("size",), 137, _EVENT_WIDTH),
)
"""In the order in which they stay: columns, least width of the table, least width that the event keeps beside them."""
_LONG_TIME_FROM = 100


def columns(width: int, digits: int, job_width: int = 8) -> list[Column]:
    """The columns of a table `width` cells wide whose largest number has `digits` digits, from left to right.

    `job_width`: cells that tell the jobs apart.
    """
    time = LONG_TIME if width >= _LONG_TIME_FROM else SHORT_TIME
    widths = {**_LEAST, "number": max(4, digits + 1), "time": time, "job": job_width}
    shown: set[Name] = {"verdict", "event"}
    for names, from_width, least_event in _LET_IN:
        if width < from_width or _rest(width, widths, shown.union(names)) < least_event:
            break
        shown.update(names)
    rest = _rest(width, widths, shown)
    widths["event"] = max(0, min(rest, _EVENT_WIDTH) if "job" in shown else rest)
    spare = rest - widths["event"]
    if "result" in shown:
        widths["result"] += spare
    elif "status" in shown:
        widths["status"] = min(_WIDEST_STATUS, widths["status"] + spare)
    right = _RIGHT | {"time"} if time >= LONG_TIME else _RIGHT  # as the times below it
    return [Column(name, widths[name], "right" if name in right else "left") for name in _ORDER if name in shown]


def column_at(layout: Sequence[Column], cell: int) -> Name | None:
    """The column whose heading stands at a cell of the table's line, or whose gap follows there."""
    end = BAR_WIDTH
    for column in layout:
        end += column.width + GAP
        if BAR_WIDTH <= cell < end:
            return column.name
    return None


def _rest(width: int, widths: dict[Name, int], shown: set[Name]) -> int:
    fixed = sum(widths[name] for name in shown if name != "event")
    return width - BAR_WIDTH - MARGIN - fixed - GAP * (len(shown) - 1)


def verdict_cell(verdict: Verdict, glyphs: Symbols) -> str:
    """The whole tinted block: blank, sign, blank, word, blanks."""
    return f" {glyphs.verdict(verdict)} {verdict.value}".ljust(_VERDICT_WIDTH)


def time_cell(row: DeliveryRow, now: datetime, width: int) -> str:
    """Local time today, else day and time as far as `width` has room; in 12 cells times end below each other."""
    if width < LONG_TIME:
        return units.day_time(row.received_at, now)
    return units.long_day_time(row.received_at, now).rjust(width)


def answered_cell(row: DeliveryRow) -> str:
    """The status that we answered, or a word where there was none."""
    return answer_word(row.answered)


def is_usual_answer(row: DeliveryRow) -> bool:
    """Whether our answer was a success for the sender."""
    return is_success(row.answered)


def sent_sign(sent: ForwardResult, glyphs: Symbols) -> str:
    """The result of a replay: `→200`, `re-signed→503`, `edited→none`."""
    how = "edited" if sent.edited else "re-signed" if sent.re_signed else ""
    return f"{how}{glyphs.arrow}{answer_word(sent.status)}"


def cut_text(received: str, width: int, glyphs: Symbols) -> str:
    """Received text, harmless, in at most `width` cells; text far beyond is not read."""
    return glyphs.fit(glyphs.text(received[: 4 * width + 8]), width)
