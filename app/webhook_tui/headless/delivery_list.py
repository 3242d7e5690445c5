"""Deliveries as a table of text, one line each: what `list` and `wait` print."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime

from webhook_tui.domain import units
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.delivery.summary import Summary, summarize
from webhook_tui.domain.jobs.job import JobFields
from webhook_tui.export.json_lines import delivery_line
from webhook_tui.headless.text_style import TextStyle
from webhook_tui.storage.history_query import HistoryQuery

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
            style.cell(summary.result, self._result),
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
