"""The columns of a table of deliveries by its width, and the text of their cells.

A column that goes leaves its exceptions behind: a second attempt and an unusual answer move into the event's cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from rich.cells import cell_len

from webhook_tui.domain import units
from webhook_tui.domain.answer_rules.answer import answer_word, is_success
from webhook_tui.domain.delivery.delivery import DeliveryRow
from webhook_tui.domain.forwarding.forward_result import ForwardResult
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.ui.symbols import Symbols

Name = Literal["number", "time", "verdict", "event", "attempt", "answered", "size", "about"]
Align = Literal["left", "right"]


class Column(NamedTuple):
    """One column; columns stand two blanks apart, the first directly after the cursor's cell."""

    name: Name
    width: int
    align: Align


GAP = 2
BAR_WIDTH = 1
MARGIN = 2
"""Blank at the right end: one column of padding, and one that a scrollbar may take without anything moving."""

HEADINGS: dict[Name, str] = {
    "number": "#",
    "time": "time",
    "verdict": " verdict",
    "event": "event",
    "attempt": "attempt",
    "answered": "answered",
    "size": "size",
    "about": "about",
}

_VERDICT_WIDTH = 13
_WIDEST_EVENT = 30
_LEAST_ABOUT = 24
_WIDTHS: dict[Name, int] = {"time": 8, "verdict": _VERDICT_WIDTH, "attempt": 7, "answered": 8, "size": 7}
_ORDER: tuple[Name, ...] = ("number", "time", "verdict", "event", "attempt", "answered", "size", "about")
_RIGHT = frozenset({"number", "attempt", "answered", "size"})

_LET_IN: tuple[tuple[Name, int, int], ...] = (
    ("time", 38, 10),
    ("number", 56, 22),
    ("attempt", 68, 22),
    ("answered", 76, 22),
    ("size", 84, 22),
    ("about", 116, 22),
)
"""In the order in which they stay: column, least width of the table, least width that the event keeps beside it."""


def columns(width: int, digits: int) -> list[Column]:
    """The columns of a table `width` cells wide whose largest number has `digits` digits, from left to right."""
    widths = {**_WIDTHS, "number": max(4, digits + 1), "about": _LEAST_ABOUT}
    shown: set[Name] = {"verdict", "event"}
    for name, from_width, least_event in _LET_IN:
        if width < from_width or _rest(width, widths, shown | {name}) < least_event:
            break
        shown.add(name)
    rest = _rest(width, widths, shown)
    widths["event"] = max(0, min(rest, _WIDEST_EVENT))
    if "about" in shown:
        widths["about"] += rest - widths["event"]
    return [Column(name, widths[name], "right" if name in _RIGHT else "left") for name in _ORDER if name in shown]


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


def time_cell(row: DeliveryRow, now: datetime) -> str:
    """Local time today, else the day, else the year."""
    return units.day_time(row.received_at, now)


def answered_cell(row: DeliveryRow) -> str:
    """The status that we answered, or a word where there was none."""
    return answer_word(row.answered)


def is_usual_answer(row: DeliveryRow) -> bool:
    """Whether the sender took our answer for a success."""
    return is_success(row.answered)


def folded(row: DeliveryRow, shown: frozenset[Name], glyphs: Symbols) -> str:
    """What of the columns without room is out of the ordinary: `×2`, `503`, `×2 503` or nothing."""
    odd = []
    if "attempt" not in shown and row.attempt > 1:
        odd.append(f"{glyphs.times}{row.attempt}")
    if "answered" not in shown and not is_usual_answer(row):
        odd.append(answered_cell(row))
    return " ".join(odd)


def sent_sign(sent: ForwardResult, glyphs: Symbols) -> str:
    """What became of a replay: `→200`, `anew→503`, `edited→none`."""
    how = "edited" if sent.edited else "anew" if sent.re_signed else ""
    return f"{how}{glyphs.arrow}{answer_word(sent.status)}"


def event_cell(row: DeliveryRow, width: int, exceptions: str, glyphs: Symbols) -> tuple[str, str]:
    """The event's name, filled up to where the exceptions begin, and the exceptions; together `width` cells."""
    tail = exceptions[:width]
    room = width - len(tail) - 1 if tail else width
    name = cut_text(row.event, room, glyphs) if room > 0 else ""
    return name + " " * (width - len(tail) - cell_len(name)), tail


def cut_text(received: str, width: int, glyphs: Symbols) -> str:
    """Received text, harmless, in at most `width` cells; what lies far beyond is not even looked at."""
    return glyphs.fit(glyphs.text(received[: 4 * width + 8]), width)
