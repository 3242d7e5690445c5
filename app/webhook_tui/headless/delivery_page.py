"""Deliveries as text: the page that `show` prints, and the table of `list` and `wait`."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from datetime import datetime

from webhook_tui.domain import units
from webhook_tui.domain.answer_rules.answer import RESET
from webhook_tui.domain.contract.departures import Departure
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.delivery.summary import Summary, summarize
from webhook_tui.domain.delivery.text import visible, visible_lines
from webhook_tui.domain.jobs.job import JobFields
from webhook_tui.domain.payload.json_decoder import indented
from webhook_tui.export.json_lines import delivery_line
from webhook_tui.headless.text_style import TextStyle
from webhook_tui.storage.history_query import HistoryQuery

_LABEL = 11
_LONGEST_NAME = 32
_HOOK = re.compile(r"(?<=/h/)([0-9a-f]{4})[0-9a-f]{24}([0-9a-f]{4})")
"""Anyone who knows this part of the path can send deliveries: it is shown in full in JSON only."""


def delivery_page(stored: StoredDelivery, style: TextStyle, now: datetime, departures: Sequence[Departure] = ()) -> str:
    """Return the page without a newline at its end; no received character can act on a terminal.

    Nothing is cut, so that it can be searched; `now`: local time.
    """
    row, delivery = stored.row, stored.delivery
    local = row.received_at.astimezone(now.tzinfo)
    head = (
        f"#{row.seq}",
        style.verdict(row.verdict),
        visible(row.event) or "(no event)",
        f"attempt {row.attempt}",
        answer_text(row.answered),
    )
    offset = f"{local:%z}"
    received = f"{local:%Y-%m-%d %H:%M:%S}.{local.microsecond // 1000:03d} {offset[:3]}:{offset[3:]}"
    request = f"{visible(delivery.method)} {_HOOK.sub(_shortened, visible(delivery.target))}"
    lines = ["  ".join(head), visible(row.reason), ""]
    lines.append("   ".join((f"{'received':<{_LABEL}}{received}", units.size(row.size), request)))
    words = [visible(row.event_id)] if row.event_id is not None else []
    if summary := summarize(delivery.body).words:
        words.append(visible(summary))
    if words:
        lines.append(f"{'event':<{_LABEL}}{'   '.join(words)}")
    lines += [
        f"{'departs':<{_LABEL}}{visible('.'.join(('$', *departure.path)))}: {departure.sentence}"
        for departure in departures
    ]
    if row.comment:
        lines.append(f"{'comment':<{_LABEL}}{visible(row.comment)}")
    width = min(_LONGEST_NAME, max((len(name) for name, _ in delivery.headers), default=0))
    lines += ["", *(f"{visible(name):<{width}}  {visible(value)}" for name, value in delivery.headers)]
    if delivery.body:
        lines += ["", *visible_lines(indented(delivery.body))]
    return "\n".join(lines)


def _shortened(hook: re.Match[str]) -> str:
    return f"{hook[1]}…{hook[2]}"


def answer_text(answered: int | None) -> str:
    """Return `answered 200`, `connection reset` or `no answer yet`."""
    if answered:
        return f"answered {answered}"
    return "connection reset" if answered == RESET else "no answer yet"


_TIME, _VERDICT, _EVENT, _JOB, _STATUS = 8, 11, 22, 8, 10
_GAP = "  "
_LEAST_RESULT = 6


class DeliveryList:
    """The lines of a table; numbers up to `last_seq` align."""

    def __init__(self, style: TextStyle, now: datetime, last_seq: int) -> None:
        """`now`: local time."""
        self._style = style
        self._now = now
        self._number = max(3, len(str(last_seq)))
        fixed = self._number + _TIME + _VERDICT + _JOB + _STATUS + 6 * len(_GAP)
        room = style.width - fixed - _LEAST_RESULT
        self._event = max(8, min(_EVENT + max(0, room - _EVENT) // 3, room))
        self._result = max(_LEAST_RESULT, style.width - fixed - self._event)

    def header(self) -> str:
        """Return the line of column names."""
        cells = (("#".rjust(self._number)), "time".ljust(_TIME), "verdict".ljust(_VERDICT), "event".ljust(self._event))
        return _GAP.join((*cells, "job".ljust(_JOB), "status".ljust(_STATUS), "result")).rstrip()

    def line(self, stored: StoredDelivery, summary: Summary) -> str:
        """Return the line of one delivery, without a newline; no received character can act on a terminal."""
        row, style = stored.row, self._style
        cells = (
            str(row.seq).rjust(self._number),
            units.day_time(row.received_at, self._now).ljust(_TIME),
            style.verdict(row.verdict, _VERDICT),
            style.cell(row.event, self._event),
            style.cell(summary.short_job, _JOB),
            style.cell(summary.status, _STATUS),
            style.cell(summary.result, self._result) if style.is_cut else visible(summary.result),
        )
        return _GAP.join(cells).rstrip()


def print_deliveries(history: HistoryQuery, seqs: Sequence[int], output: str, fields: JobFields) -> None:
    """Print those deliveries to standard output, as a table or (`json`) an object a line. Raises ProblemError."""
    table = DeliveryList(TextStyle.of_stdout(), datetime.now().astimezone(), max(seqs, default=0))
    if output == "text" and seqs:
        sys.stdout.write(f"{table.header()}\n")
    for stored in history.deliveries(seqs):
        if output == "json":
            sys.stdout.write(delivery_line(stored.row, stored.delivery))
        else:
            sys.stdout.write(f"{table.line(stored, summarize(stored.delivery.body, fields))}\n")
