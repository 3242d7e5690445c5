"""The cells of a delivery whose text has several styles: event with exceptions, status, and result; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Literal, NamedTuple

from rich.cells import cell_len

from webhook_tui.domain.answer_rules.answer import is_success
from webhook_tui.domain.delivery.delivery import DeliveryRow
from webhook_tui.domain.delivery.summary import Summary
from webhook_tui.domain.forwarding.forward_result import ForwardResult
from webhook_tui.ui.symbols import Symbols
from webhook_tui.ui.widgets.table.delivery_columns import Name, answered_cell, cut_text, sent_sign

Role = Literal["", "name", "muted", "attention", "mark", "separator"]
"""What a piece of a cell is, from which its style follows."""
Piece = tuple[str, Role]


class Part(StrEnum):
    """What of a row can be clicked by itself."""

    JOB = "job"
    DIFFERS = "differs"
    COMMENT = "comment"
    ATTEMPTS = "attempts"
    ANSWER = "answer"
    REPLAY = "replay"


class PartPiece(NamedTuple):
    """A piece of the event's cell; `part`: what a click on it means, if anything."""

    piece: Piece
    part: Part | None = None


FIRST_JOB_WIDTH, WIDEST_JOB = 8, 12
_MOST_JOBS = 10_000
_BAR_WIDTH, _LEAST_BAR = 6, 3
_LEAST_NAME = 6
"""Cells of the event's name that a second exception leaves."""
_QUALITY_FROM = 24
_LONG_END_FROM = 16
_SHORT_END, _LONG_END = 6, 9
_PROBLEMS = frozenset({"failed", "aborted", "error"})
_ENDED = _PROBLEMS | {"completed"}
_SHARE = re.compile(r"(-?\d+(?:\.\d+)?)(?:/(\d+(?:\.\d+)?)| %)", re.ASCII)


class JobWidth:
    """How many cells tell the jobs apart that were shown: 8, at most 12; it only grows."""

    def __init__(self) -> None:
        self.cells = FIRST_JOB_WIDTH
        self._ids: dict[str, str] = {}

    def add(self, jobs: Iterable[str]) -> bool:
        """Add ids without their prefixes; return whether the width grew."""
        before = self.cells
        for job in jobs:
            self._add(job)
        return self.cells > before

    def _add(self, job: str) -> None:
        before = self.cells
        other = self._ids.setdefault(job[: self.cells], job)
        while other != job and other[: self.cells] == job[: self.cells] and self.cells < WIDEST_JOB:
            self.cells += 1
        if self.cells > before:
            self._ids = {known[: self.cells]: known for known in (*self._ids.values(), job)}
        elif len(self._ids) > _MOST_JOBS:
            self._ids.clear()


def event_pieces(
    row: DeliveryRow, width: int, shown: frozenset[Name], sent: ForwardResult | None, glyphs: Symbols
) -> list[PartPiece]:
    """Event name, and at the right end what is out of the ordinary, else the job if it has no column and both fit.

    `sent`: the newest replay.
    """
    exceptions = _fitting(_exceptions(row, shown, sent, glyphs), width, row.event)
    end = _joined(exceptions)
    room = width - cell_len("".join(text for (text, _), _ in end)) - 1 if end else width
    name = cut_text(row.event, room, glyphs) if room > 0 else ""
    job = cut_text(row.summary.job_without_prefix[:FIRST_JOB_WIDTH], FIRST_JOB_WIDTH, glyphs)
    if not end and job and "job" not in shown and cell_len(name) + 1 + cell_len(job) <= width:
        end = [PartPiece((job, "muted"), Part.JOB)]
    blanks = width - cell_len(name) - sum(cell_len(text) for (text, _), _ in end)
    return [PartPiece((name + " " * blanks, "name")), *end]


def _exceptions(
    row: DeliveryRow, shown: frozenset[Name], sent: ForwardResult | None, glyphs: Symbols
) -> list[PartPiece]:
    found: list[PartPiece] = []
    if row.differs:
        found.append(PartPiece((glyphs.differs, "attention"), Part.DIFFERS))
    if row.comment:
        found.append(PartPiece((";", "mark"), Part.COMMENT))
    if row.attempt > 1 and "attempt" not in shown:
        found.append(PartPiece((f"{glyphs.times}{row.attempt}", "attention"), Part.ATTEMPTS))
    if not is_success(row.answered) and "answered" not in shown:
        found.append(PartPiece((answered_cell(row), "attention"), Part.ANSWER))
    if sent is not None:
        role: Role = "muted" if sent.is_good else "attention"
        found.append(PartPiece((sent_sign(sent, glyphs), role), Part.REPLAY))
    return found


def _fitting(exceptions: list[PartPiece], width: int, event: str) -> list[PartPiece]:
    """As many as leave the name its least width; always the first one, cut if need be."""
    fitting: list[PartPiece] = []
    room = width - min(_LEAST_NAME, len(event))
    for (text, role), part in exceptions:
        room -= len(text) + 1
        if room < 0 and fitting:
            break
        fitting.append(PartPiece((text[:width], role), part))
    return fitting


def _joined(pieces: list[PartPiece]) -> list[PartPiece]:
    """The pieces with a blank before each but the first."""
    return [
        PartPiece((text if index == 0 else f" {text}", role), part) for index, ((text, role), part) in enumerate(pieces)
    ]


def status_cell(summary: Summary, width: int, glyphs: Symbols, *, with_bar: bool) -> list[Piece]:
    """The status as received; `with_bar`: the bar of a running job in its place."""
    if not summary.is_json:
        return [("not JSON"[:width], "muted")]
    if with_bar and (share := _running_share(summary)) is not None:
        return _bar(share, summary.progress, width, glyphs)
    role: Role = "attention" if summary.status.lower() in _PROBLEMS else "muted"
    return [(cut_text(summary.status, width, glyphs), role)]


def result_cell(summary: Summary, width: int, glyphs: Symbols) -> list[Piece]:
    """A file name, with its quality score where there is room, or the progress: a bar while the job runs."""
    if not summary.file:
        share = _running_share(summary)
        if share is not None:
            return _bar(share, summary.progress, width, glyphs)
        return [(cut_text(summary.progress, width, glyphs), "muted")]
    quality = cut_text(summary.quality, _SHORT_END, glyphs) if width >= _QUALITY_FROM else ""
    name = cut_middle(summary.file, width - (len(quality) + 2 if quality else 0), glyphs)
    if not quality:
        return [(name, "")]
    return [(name + " " * (width - cell_len(name) - len(quality)), ""), (quality, "muted")]


def cut_middle(received: str, width: int, glyphs: Symbols) -> str:
    """Received text, harmless, in at most `width` cells: what is too much is cut out of its middle.

    The last 6 cells stay, 9 from 16 cells up.
    """
    text = glyphs.text(received)
    if cell_len(text) <= width:
        return text
    end_room = _LONG_END if width >= _LONG_END_FROM else _SHORT_END
    start_room = width - len(glyphs.cut) - end_room
    if start_room < 1:
        return glyphs.fit(text, width)
    end = _within(text[::-1], end_room)[::-1]
    return _within(text, start_room) + glyphs.cut + end


def _within(text: str, width: int) -> str:
    """The beginning of `text` in at most `width` cells; a wide character that does not fit is dropped."""
    cells = 0
    for index, character in enumerate(text):
        cells += cell_len(character)
        if cells > width:
            return text[:index]
    return text


def _running_share(summary: Summary) -> float | None:
    """How much of a running job is done, from 0 to 1; None: it does not run, or there is no total."""
    found = _SHARE.fullmatch(summary.progress)
    if found is None or summary.status.lower() in _ENDED:
        return None
    done, total = float(found[1]), float(found[2] or 100)
    return done / total if 0 <= done < total else None


def _bar(share: float, progress: str, width: int, glyphs: Symbols) -> list[Piece]:
    """`━━━━── 5/8`; a shorter bar, or none, where the progress needs the room."""
    cells = min(_BAR_WIDTH, width - len(progress) - 1)
    if cells < _LEAST_BAR:
        return [(cut_text(progress, width, glyphs), "muted")]
    full = min(round(share * cells), cells - 1)
    return [(glyphs.rule_active * full, ""), (glyphs.rule * (cells - full), "separator"), (f" {progress}", "muted")]
