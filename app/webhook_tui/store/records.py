"""Deliveries to rows of the database and back: the only place that knows the columns."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from webhook_tui.domain.account import Account
from webhook_tui.domain.delivery import Delivery, DeliveryRow, StoredDelivery
from webhook_tui.domain.event import about, event_name, parse_event
from webhook_tui.domain.headers import Headers
from webhook_tui.domain.job import JobFields
from webhook_tui.domain.verdict import Judgement, Verdict

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
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_EARLIER = "SELECT max(attempt), max(on_stream) FROM deliveries WHERE account = ? AND event_id = ?"
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


def insert(connection: sqlite3.Connection, record: Recordable, *, run: int) -> DeliveryRow:
    """Store one delivery of run `run` inside the caller's transaction."""
    delivery, judgement = record.delivery, record.judgement
    attempt, on_stream = _after_earlier(connection, record)
    cursor = connection.execute(
        _INSERT,
        (
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
        ),
    )
    seq = cursor.lastrowid
    assert seq is not None
    connection.execute(
        "INSERT INTO bodies (seq, headers, body) VALUES (?, ?, ?)",
        (seq, encode_headers(delivery.headers), delivery.body),
    )
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


def go_on_after(connection: sqlite3.Connection, seq: int) -> None:
    """Give no number up to `seq` in this file, inside the caller's transaction: they named deliveries of another."""
    last = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'deliveries'").fetchone()
    if seq <= (0 if last is None else last[0]):
        return
    connection.execute("DELETE FROM sqlite_sequence WHERE name = 'deliveries'")
    connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('deliveries', ?)", (seq,))
    connection.execute("UPDATE shape SET dense_from = max(dense_from, ?), deletions = deletions + 1", (seq + 1,))


def _after_earlier(connection: sqlite3.Connection, record: Recordable) -> tuple[int, bool]:
    """Which attempt of its event it is, and whether the event stream is known to have brought that event."""
    if record.event_id is None:
        return 1, False
    last, on_stream = connection.execute(_EARLIER, (record.account.key, record.event_id)).fetchone()
    return 1 if last is None else int(last) + 1, bool(on_stream)


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
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text[:longest])
