"""Deliveries read from the columns of the database. `_ROW` has the order of the fields of DeliveryRow and Summary."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from webhook_tui.domain.account import Account
from webhook_tui.domain.delivery.delivery import Delivery, DeliveryRow, StoredDelivery
from webhook_tui.domain.delivery.headers import Headers
from webhook_tui.domain.delivery.summary import Summary, summary_from_text
from webhook_tui.domain.signature.verdict import Verdict

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_STRETCH = 20_000
_MOST_SIGNED = 100
_PAGE_BYTES = 16 * 1024 * 1024
_SURROGATE = re.compile("[\ud800-\udfff]")

encode_headers: Callable[[Headers], bytes] = msgspec.msgpack.Encoder().encode
"""Encodes headers without loss."""
decode_headers: Callable[[bytes], Headers] = msgspec.msgpack.Decoder(Headers).decode
"""Decodes headers; raises msgspec.DecodeError."""

_ROW = (
    "d.seq, d.run, d.received_at, d.event, d.event_id, d.verdict, d.reason, d.short, d.secret_id, d.attempt, "
    "d.answered, d.size, d.about, d.job, d.status, d.progress, d.file, d.quality, d.is_json, "
    "d.comment, d.marked, d.on_stream, d.differs, d.replayed, d.imported"
)
_ROW_WIDTH = 25
_FLAGS = 5
"""Columns at the end that are 0 or 1."""
_REST = "d.client, d.method, d.target, d.http_version, b.headers, b.body"
ROWS = " ".join(("SELECT", _ROW, "FROM deliveries d"))
"""Begins a query for rows."""
CHOSEN_ROWS = " ".join((ROWS, "WHERE d.seq IN (SELECT value FROM json_each(?))"))
"""A query for the rows of a JSON list of numbers."""
STORED = " ".join(("SELECT", _ROW, ",", _REST, "FROM deliveries d JOIN bodies b USING (seq)"))
"""Begins a query for whole deliveries."""

_SIGNED = " ".join(
    (
        STORED,
        "WHERE d.seq >= ? AND d.seq < ? AND account = ? AND verdict IN ('valid', 'older')",
        "AND secret_id IN (SELECT value FROM json_each(?)) ORDER BY d.seq DESC LIMIT ?",
    )
)

LARGEST_SEQ = 2**63 - 1
"""Of numbers that SQLite takes; there is no such delivery."""


def reserve_numbers(connection: sqlite3.Connection, seq: int) -> None:
    """Give no number up to `seq` in this file: they named deliveries of the file before. Part of a transaction."""
    last = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'deliveries'").fetchone()
    if seq <= (0 if last is None else last[0]):
        return
    connection.execute("DELETE FROM sqlite_sequence WHERE name = 'deliveries'")
    connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('deliveries', ?)", (seq,))
    connection.execute("UPDATE shape SET dense_from = max(dense_from, ?), deletions = deletions + 1", (seq + 1,))


def row_of(columns: Sequence[Any]) -> DeliveryRow:
    """Make a row of the columns of ROWS."""
    seq, run, received_at, event, event_id, verdict, *rest = columns[:12]
    about, job, status, progress, file, quality, is_json, comment = columns[12:-_FLAGS]
    first = (seq, run, moment(received_at), event, event_id, Verdict(verdict))
    is_earlier = job is None
    summary = summary_from_text(about) if is_earlier else Summary(job, status, progress, file, quality, bool(is_json))
    values: tuple[Any, ...] = (*first, *rest, summary, comment, *map(bool, columns[-_FLAGS:]))
    return DeliveryRow(*values)


def stored_of(columns: Sequence[Any]) -> StoredDelivery:
    """Make a delivery of the columns of STORED; raises msgspec.DecodeError when its headers are damaged."""
    row = row_of(columns[:_ROW_WIDTH])
    client, method, target, http_version, headers, body = columns[_ROW_WIDTH:]
    delivery = Delivery(row.received_at, method, target, decode_headers(headers), body, client, http_version)
    return StoredDelivery(row, delivery)


def find_row(connection: sqlite3.Connection, seq: int) -> DeliveryRow | None:
    """The row of delivery `seq`, or None."""
    columns = connection.execute(ROWS + " WHERE seq = ?", (seq,)).fetchone()
    return None if columns is None else row_of(columns)


def find_stored(connection: sqlite3.Connection, seq: int) -> StoredDelivery | None:
    """Delivery `seq` with headers and body, or None."""
    columns = connection.execute(STORED + " WHERE seq = ?", (min(seq, LARGEST_SEQ),)).fetchone()
    return None if columns is None else stored_of(columns)


def read_page(found: Iterable[Sequence[Any]]) -> list[StoredDelivery]:
    """Make deliveries of the columns of STORED, until they have 16 MiB of bodies; raises msgspec.DecodeError.

    Anyone can send large ones: a hundred of them would take a gigabyte.
    """
    page: list[StoredDelivery] = []
    size = 0
    for columns in found:
        page.append(stored_of(columns))
        size += page[-1].row.size
        if size >= _PAGE_BYTES:
            break
    return page


def find_unsettled(
    connection: sqlite3.Connection, account: Account, below: int | None, limit: int
) -> list[StoredDelivery]:
    """A page of at most `limit` deliveries whose verdict another secret could change, newest first.

    Numbers below `below`.
    """
    found = connection.execute(
        STORED + " WHERE account = ? AND verdict IN ('pending', 'invalid') AND seq < ? ORDER BY seq DESC LIMIT ?",
        (account.key, LARGEST_SEQ if below is None else below, limit),
    )
    return read_page(found)


def find_signed_with(
    connection: sqlite3.Connection, account: Account, secret_ids: frozenset[str], below: int | None
) -> tuple[list[StoredDelivery], int | None]:
    """Deliveries that are valid or older by one of these secrets, newest first, numbers below `below`.

    Reads a limited range of numbers, so that other readers hardly wait. Its lower end is the next `below`, None at the
    beginning of the history.
    """
    if below is None:
        (last,) = connection.execute("SELECT max(seq) FROM deliveries").fetchone()
        below = (last or 0) + 1
    start = max(0, below - _STRETCH)
    found = connection.execute(
        _SIGNED,
        (start, below, account.key, json.dumps(sorted(secret_ids)), _MOST_SIGNED),
    )
    deliveries = read_page(found)
    is_cut = len(deliveries) == _MOST_SIGNED or sum(stored.row.size for stored in deliveries) >= _PAGE_BYTES
    return deliveries, deliveries[-1].row.seq if is_cut else start or None


def count_by_secret(connection: sqlite3.Connection, account: Account) -> dict[str, int]:
    """Count the deliveries that each secret verifies."""
    found = connection.execute(
        "SELECT secret_id, count(*) FROM deliveries WHERE account = ? AND secret_id IS NOT NULL GROUP BY secret_id",
        (account.key,),
    )
    return dict(found.fetchall())


def microseconds(at: datetime) -> int:
    """Microseconds since 1970 of an aware time."""
    return (at - _EPOCH) // _MICROSECOND


def moment(count: int) -> datetime:
    """The time, UTC, of microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=count)


def storable(text: str, longest: int) -> str:
    """The first `longest` characters of `text`; lone surrogates, which SQLite refuses, are replaced."""
    cut = text[:longest]
    return cut if cut.isascii() else _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", cut)
