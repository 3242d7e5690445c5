"""Deliveries as a table (CSV, RFC 4180) that a spreadsheet shows and never computes: no cell is a formula."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator

from webhook_tui.domain import units
from webhook_tui.domain.delivery.delivery import DeliveryRow, StoredDelivery
from webhook_tui.domain.delivery.text import visible
from webhook_tui.export.destination import Destination

_COLUMNS = (
    *("seq", "run", "received_at", "event", "event_id", "attempt"),
    *("verdict", "reason", "answered", "size", "about", "marked"),
)
_BEGINS_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def write_csv(deliveries: Iterable[StoredDelivery], _destination: Destination) -> Iterator[bytes]:
    """A line of names, then a line a delivery, without bodies; every cell quoted.

    In front stands a byte order mark: without it, Excel reads the file in the system's old encoding.
    """
    yield codecs.BOM_UTF8 + _line(_COLUMNS)
    for stored in deliveries:
        yield _line(_cells(stored.row))


def _cells(row: DeliveryRow) -> tuple[str, ...]:
    return (
        str(row.seq),
        str(row.run),
        units.rfc3339(row.received_at),
        _safe(row.event),
        _safe(row.event_id or ""),
        str(row.attempt),
        row.verdict.value,
        _safe(row.reason),
        str(row.answered) if row.answered else "",
        str(row.size),
        _safe(row.summary.text),
        "yes" if row.marked else "no",
    )


def _safe(received: str) -> str:
    """Harmless text; what a spreadsheet would take for a formula has an apostrophe in front."""
    text = visible(received)
    is_formula = text.lstrip().startswith(_BEGINS_FORMULA) or received[:1] in ("\t", "\r", "\n")
    return f"'{text}" if is_formula else text


def _line(cells: Iterable[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(cells)
    return line.getvalue().encode("utf-8")
