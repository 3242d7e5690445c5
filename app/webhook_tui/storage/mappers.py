"""Deliveries to rows of the database and back: the only place that knows the columns."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import msgspec

from webhook_tui.domain.account import Account
from webhook_tui.domain.delivery.delivery import Delivery, DeliveryRow, StoredDelivery
from webhook_tui.domain.delivery.event import about, event_name, parse_event
from webhook_tui.domain.delivery.headers import Headers
from webhook_tui.domain.jobs.job import JobFields
from webhook_tui.domain.signature.verdict import Judgement, Verdict

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LONGEST_NAME = 256
_LONGEST_ID = 512
_STRETCH = 20_000
_MOST_SIGNED = 100
_SURROGATE = re.compile("[\ud800-\udfff]")

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[tuple[bytes, bytes], ...]).decode

_ROW = (
    "d.seq, d.run, d.received_at, d.event, d.event_id, d.verdict, d.reason, d.short, d.secret_id, d.attempt, "
    "d.answered, d.size, d.about, d.marked, d.comment, d.on_stream"
)
_ROW_WIDTH = 16
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

_INSERT = """
    INSERT INTO deliveries (run, account, received_at, client, method, target, event, event_id, verdict, reason, short,
        secret_id, attempt, answered, size, about, on_stream, http_version)
"""
_COLUMNS = 18
_INSERT_BODIES = "INSERT INTO bodies (seq, headers, body)"
_EARLIER = """
    SELECT d.event_id, d.attempt, d.on_stream FROM json_each(?2) AS wanted, deliveries d WHERE d.seq =
        (SELECT seq FROM deliveries WHERE account = ?1 AND event_id = wanted.value ORDER BY attempt DESC LIMIT 1)
"""
_LARGEST_PIECE = 64
_PIECE_BYTES = 1_048_576
_LARGEST_SEQ = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Recordable:
    """A delivery with everything that is known of it before it has a number."""

    delivery: Delivery
    judgement: Judgement
    account: Account
    answered: int | None
    event: str
    event_id: str | None
    about: str


def recordable(
    delivery: Delivery,
    judgement: Judgement,
    *,
    account: Account,
    answered: int | None,
    job_fields: JobFields | None = None,
) -> Recordable:
    """Read the event out of a delivery, so that the transaction that stores it is short.

    Names and words are cut (256) and lone surrogates replaced: they are for the table, the body keeps what was sent. An
    id longer than 512 characters counts as none.
    """
    event = parse_event(delivery.body)
    event_id = event.event_id if event.event_id is not None and len(event.event_id) <= _LONGEST_ID else None
    return Recordable(
        delivery,
        judgement,
        account,
        answered,
        event=storable(event_name(delivery.headers, event), _LONGEST_NAME),
        event_id=event_id,
        about=storable(about(event, job_fields), _LONGEST_NAME),
    )


def insert_deliveries(connection: sqlite3.Connection, records: Sequence[Recordable], *, run: int) -> list[DeliveryRow]:
    """Store deliveries of run `run` inside the caller's transaction; return their rows in the same order.

    Takes three statements for a group instead of three for each delivery: every statement releases the interpreter
    lock, and the receiver's loop takes it.
    """
    earlier = _earlier_attempts(connection, records)
    rows: list[DeliveryRow] = []
    for piece in _pieces(records):
        rows += _insert_piece(connection, piece, earlier, run)
    return rows


def _pieces(records: Sequence[Recordable]) -> Iterator[Sequence[Recordable]]:
    """Split into pieces of 64, 32, ... or 1, each with at most 1 MiB of bodies or one delivery.

    With few sizes every statement stays in sqlite3's cache. A cached statement keeps a copy of its last values.
    """
    start = 0
    while start < len(records):
        count = min(_LARGEST_PIECE, 1 << (len(records) - start).bit_length() - 1)
        while count > 1 and sum(len(one.delivery.body) for one in records[start : start + count]) > _PIECE_BYTES:
            count //= 2
        yield records[start : start + count]
        start += count


def _insert_piece(
    connection: sqlite3.Connection,
    records: Sequence[Recordable],
    earlier: dict[tuple[str, str], tuple[int, bool]],
    run: int,
) -> list[DeliveryRow]:
    columns: list[object] = []
    attempts: list[tuple[int, bool]] = []
    for record in records:
        delivery, judgement = record.delivery, record.judgement
        attempt, on_stream = 1, False
        if record.event_id is not None:
            key = record.account.key, record.event_id
            last, on_stream = earlier.get(key, (0, False))
            attempt = last + 1
            earlier[key] = attempt, on_stream
        attempts.append((attempt, on_stream))
        columns += (
            run,
            record.account.key,
            microseconds(delivery.received_at),
            delivery.client,
            delivery.method,
            delivery.target,
            record.event,
            record.event_id,
            judgement.verdict.value,
            judgement.reason,
            judgement.short,
            judgement.secret_id,
            attempt,
            record.answered,
            len(delivery.body),
            record.about,
            on_stream,
            delivery.http_version,
        )
    last_seq = connection.execute(_multi_row(_INSERT, _COLUMNS, len(records)), columns).lastrowid
    assert last_seq is not None
    first_seq = last_seq - len(records) + 1  # AUTOINCREMENT numbers the rows of one statement without a gap
    bodies: list[object] = []
    for seq, record in enumerate(records, first_seq):
        bodies += (seq, encode_headers(record.delivery.headers), record.delivery.body)
    connection.execute(_multi_row(_INSERT_BODIES, 3, len(records)), bodies)
    return [
        _new_row(record, seq, run, attempt, on_stream)
        for seq, (record, (attempt, on_stream)) in enumerate(zip(records, attempts, strict=True), first_seq)
    ]


def _new_row(record: Recordable, seq: int, run: int, attempt: int, on_stream: bool) -> DeliveryRow:
    delivery, judgement = record.delivery, record.judgement
    return DeliveryRow(
        seq=seq,
        run=run,
        received_at=delivery.received_at.astimezone(UTC),
        event=record.event,
        event_id=record.event_id,
        verdict=judgement.verdict,
        reason=judgement.reason,
        short=judgement.short,
        secret_id=judgement.secret_id,
        attempt=attempt,
        answered=record.answered,
        size=len(delivery.body),
        about=record.about,
        on_stream=on_stream,
    )


@cache
def _multi_row(statement: str, columns: int, rows: int) -> str:
    row = f"({', '.join('?' * columns)})"
    return f"{statement} VALUES {', '.join([row] * rows)}"


def _earlier_attempts(
    connection: sqlite3.Connection, records: Sequence[Recordable]
) -> dict[tuple[str, str], tuple[int, bool]]:
    """The last attempt of each event, and whether the event stream is known to have brought that event."""
    wanted: dict[str, set[str]] = {}
    for record in records:
        if record.event_id is not None:
            wanted.setdefault(record.account.key, set()).add(record.event_id)
    return {
        (account, event_id): (last, bool(on_stream))
        for account, event_ids in wanted.items()
        for event_id, last, on_stream in connection.execute(_EARLIER, (account, json.dumps(list(event_ids))))
    }


def go_on_after(connection: sqlite3.Connection, seq: int) -> None:
    """Give no number up to `seq` in this file, inside the caller's transaction: they named deliveries of another."""
    last = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'deliveries'").fetchone()
    if seq <= (0 if last is None else last[0]):
        return
    connection.execute("DELETE FROM sqlite_sequence WHERE name = 'deliveries'")
    connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('deliveries', ?)", (seq,))
    connection.execute("UPDATE shape SET dense_from = max(dense_from, ?), deletions = deletions + 1", (seq + 1,))


def row_of(columns: Sequence[Any]) -> DeliveryRow:
    """A row out of the columns of ROWS."""
    (
        seq,
        run,
        received_at,
        event,
        event_id,
        verdict,
        reason,
        short,
        secret_id,
        attempt,
        answered,
        size,
        words,
        marked,
        comment,
        on_stream,
    ) = columns
    return DeliveryRow(
        seq=seq,
        run=run,
        received_at=moment(received_at),
        event=event,
        event_id=event_id,
        verdict=Verdict(verdict),
        reason=reason,
        short=short,
        secret_id=secret_id,
        attempt=attempt,
        answered=answered,
        size=size,
        about=words,
        marked=bool(marked),
        comment=comment,
        on_stream=bool(on_stream),
    )


def stored_of(columns: Sequence[Any]) -> StoredDelivery:
    """A whole delivery out of the columns of STORED."""
    row = row_of(columns[:_ROW_WIDTH])
    client, method, target, http_version, headers, body = columns[_ROW_WIDTH:]
    delivery = Delivery(row.received_at, method, target, decode_headers(headers), body, client, http_version)
    return StoredDelivery(row, delivery)


def find_row(connection: sqlite3.Connection, seq: int) -> DeliveryRow | None:
    """The row of delivery `seq`, or None."""
    columns = connection.execute(ROWS + " WHERE seq = ?", (seq,)).fetchone()
    return None if columns is None else row_of(columns)


def find_stored(connection: sqlite3.Connection, seq: int) -> StoredDelivery | None:
    """Delivery `seq` whole, or None."""
    columns = connection.execute(STORED + " WHERE seq = ?", (seq,)).fetchone()
    return None if columns is None else stored_of(columns)


def find_unsettled(
    connection: sqlite3.Connection, account: Account, below: int | None, limit: int
) -> list[StoredDelivery]:
    """At most `limit` deliveries whose verdict another secret could change, newest first, numbers below `below`."""
    found = connection.execute(
        STORED + " WHERE account = ? AND verdict IN ('pending', 'invalid') AND seq < ? ORDER BY seq DESC LIMIT ?",
        (account.key, _LARGEST_SEQ if below is None else below, limit),
    )
    return [stored_of(columns) for columns in found]


def find_signed_with(
    connection: sqlite3.Connection, account: Account, secret_ids: frozenset[str], below: int | None
) -> tuple[list[StoredDelivery], int | None]:
    """Deliveries that are valid or older by one of these secrets, newest first, numbers below `below`.

    Looks at a limited stretch of numbers, so that others wait for it only a moment: where it ends is the next `below`,
    None at the beginning of the history.
    """
    if below is None:
        (last,) = connection.execute("SELECT max(seq) FROM deliveries").fetchone()
        below = (last or 0) + 1
    start = max(0, below - _STRETCH)
    found = connection.execute(
        _SIGNED,
        (start, below, account.key, json.dumps(sorted(secret_ids)), _MOST_SIGNED),
    )
    deliveries = [stored_of(columns) for columns in found]
    if len(deliveries) == _MOST_SIGNED:
        return deliveries, deliveries[-1].row.seq
    return deliveries, start or None


def count_by_secret(connection: sqlite3.Connection, account: Account) -> dict[str, int]:
    """How many deliveries each secret verifies."""
    found = connection.execute(
        "SELECT secret_id, count(*) FROM deliveries WHERE account = ? AND secret_id IS NOT NULL GROUP BY secret_id",
        (account.key,),
    )
    return dict(found.fetchall())


def encode_headers(headers: Headers) -> bytes:
    """Headers as one blob, nothing lost."""
    return _encode(headers)


def decode_headers(blob: bytes) -> Headers:
    """The same back; raises msgspec.DecodeError on a blob that is none of ours."""
    return _decode(blob)


def microseconds(at: datetime) -> int:
    """Microseconds since 1970 of an aware time."""
    return (at - _EPOCH) // _MICROSECOND


def moment(count: int) -> datetime:
    """The time, UTC, of microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=count)


def storable(text: str, longest: int) -> str:
    """The first `longest` characters of `text`, without what no database takes."""
    cut = text[:longest]
    return cut if cut.isascii() else _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", cut)
