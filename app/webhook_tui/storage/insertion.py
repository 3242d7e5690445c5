"""Stores new deliveries: what the transaction before an answer does, and nothing else.

The indexes of events, verdicts and answers get them later (`index_columns`). Were they part of this transaction,
`listen` would take a tenth less with 32 connections that stay open, and 6 % less with a new connection each.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC
from functools import cache
from itertools import groupby
from operator import attrgetter

from msgspec import Struct
from msgspec.structs import replace

from webhook_tui.domain.account import Account
from webhook_tui.domain.delivery.delivery import Delivery, DeliveryRow
from webhook_tui.domain.delivery.event import event_name_from, parse_event
from webhook_tui.domain.delivery.headers import EVENT_HEADER, WebhookHeaders, first
from webhook_tui.domain.delivery.summary import Summary, event_summary
from webhook_tui.domain.jobs.job import JobFields
from webhook_tui.domain.signature.verdict import VerificationResult
from webhook_tui.storage.mappers import encode_headers, microseconds, storable

_LONGEST_NAME = 256
_LONGEST_ID = 512
_INSERT = """
    INSERT OR ROLLBACK INTO deliveries (run, account, about, received_at, client, method, target, event, event_id,
        verdict, reason, short, secret_id, attempt, answered, size, job, status, progress, file, quality, is_json,
        on_stream, http_version, indexed)
    SELECT ?, ?, '', *, 0 FROM
"""
"""OR ROLLBACK, since otherwise SQLite keeps a copy of each page that the statement changes, to undo it alone: beyond 64
KiB in a file in /var/tmp, which takes 2 % of the time of a delivery. Whatever fails here undoes the transaction.
"""
_ROW = f"({', '.join('?' * 21)})"
_INSERT_BODIES = "INSERT OR ROLLBACK INTO bodies (seq, headers, body) SELECT ? + column1, column2, column3 FROM"
_BODY_ROW = "({}, ?, ?)"
"""The braces take the place of the row in the group, which is added to the first number."""
_EARLIER = """
    SELECT d.event_id, d.attempt, d.on_stream FROM json_each(?) AS wanted, deliveries d WHERE d.seq =
        (SELECT seq FROM deliveries WHERE account = ? AND event_id = wanted.value ORDER BY attempt DESC LIMIT 1)
"""
_NEVER = (0, False)
"""The last attempt of an event that was not delivered before."""
_SIZES = (1, 2, 4, 8, 12, 16, 20, 24, 28, 32, 48, 64)
"""Rows of the statements: the next larger one is used, and what is left of it takes time, too."""
_PIECE_BYTES = 1_048_576
_LARGEST_COPIED = 65_536
"""Bytes of a body that are copied in less time than sqlite3 takes to look for an adapter for them."""


class Recordable(Struct, frozen=True, gc=False):
    """A delivery with its columns, before it has a number."""

    delivery: Delivery
    verification: VerificationResult
    account: Account
    answered: int | None
    event: str
    event_id: str | None
    summary: Summary
    is_strict: bool
    """The body is strict JSON, as `Event.is_strict` says."""


def recordable(
    delivery: Delivery,
    verification: VerificationResult,
    *,
    account: Account,
    answered: int | None,
    job_fields: JobFields | None = None,
    found: WebhookHeaders | None = None,
) -> Recordable:
    """Parse the event of a delivery, outside of the transaction that stores it.

    Names are cut to 256 characters and lone surrogates replaced; the body keeps what was sent. An id longer than 512
    characters is ignored. `found`: its headers as `webhook_headers` finds them, where the caller has them.
    """
    event = parse_event(delivery.body)
    header = found.event if found is not None else first(delivery.headers, EVENT_HEADER)
    event_id = event.event_id
    summary = event_summary(event, job_fields)
    return Recordable(
        delivery,
        verification,
        account,
        answered,
        event=storable(event_name_from(header, event), _LONGEST_NAME),
        event_id=None if event_id is None or len(event_id) > _LONGEST_ID else event_id,
        summary=summary if event.is_strict else _storable_summary(summary),  # strict JSON has no lone surrogates
        is_strict=event.is_strict,
    )


def _storable_summary(summary: Summary) -> Summary:
    return replace(
        summary,
        job=storable(summary.job, _LONGEST_ID),
        status=storable(summary.status, _LONGEST_NAME),
        progress=storable(summary.progress, _LONGEST_NAME),
        file=storable(summary.file, _LONGEST_NAME),
    )


def insert_deliveries(connection: sqlite3.Connection, records: Sequence[Recordable], *, run: int) -> list[DeliveryRow]:
    """Store deliveries of run `run` inside the caller's transaction; return their rows in the same order.

    Takes three statements for a group instead of three for each delivery: every statement releases the interpreter
    lock, and the receiver's loop takes it. Deliveries of another account begin another group.
    """
    rows: list[DeliveryRow] = []
    for account, group in groupby(records, attrgetter("account")):
        theirs = list(group)
        earlier = _earlier_attempts(connection, account, theirs)
        for piece in _pieces(theirs):
            rows += _insert_piece(connection, account, piece, earlier, run)
    return rows


def _pieces(records: Sequence[Recordable]) -> Iterator[Sequence[Recordable]]:
    """Split into pieces for one statement each, with at most 1 MiB of bodies or one delivery.

    A statement in sqlite3's cache keeps a copy of its last values.
    """
    sizes = [len(record.delivery.body) for record in records]
    if len(records) <= _SIZES[-1] and sum(sizes) <= _PIECE_BYTES:
        yield records
        return
    start = piece = 0
    for number, size in enumerate(sizes):
        piece += size
        if number > start and (piece > _PIECE_BYTES or number - start == _SIZES[-1]):
            yield records[start:number]
            start, piece = number, size
    yield records[start:]


def _insert_piece(
    connection: sqlite3.Connection,
    account: Account,
    records: Sequence[Recordable],
    earlier: dict[str | None, tuple[int, bool]],
    run: int,
) -> list[DeliveryRow]:
    values: list[object] = [run, account.key]
    bodies: list[object] = []
    attempts: list[tuple[int, bool]] = []
    for record in records:
        delivery, verification, summary = record.delivery, record.verification, record.summary
        event_id = record.event_id
        last, on_stream = earlier.get(event_id, _NEVER)
        attempt = last + 1
        if event_id is not None:
            earlier[event_id] = attempt, on_stream
        attempts.append((attempt, on_stream))
        values += (
            microseconds(delivery.received_at),
            delivery.client,
            delivery.method,
            delivery.target,
            record.event,
            event_id,
            str(verification.verdict),
            verification.reason,
            verification.short_reason,
            verification.secret_id,
            attempt,
            record.answered,
            len(delivery.body),
            summary.job,
            summary.status,
            summary.progress,
            summary.file,
            summary.quality,
            1 if summary.is_json else 0,
            1 if on_stream else 0,
            delivery.http_version,
        )
        body = delivery.body
        bodies += (
            bytearray(encode_headers(delivery.headers)),
            bytearray(body) if len(body) <= _LARGEST_COPIED else body,
        )
    last_seq = _insert(connection, _INSERT, _ROW, values, len(records))
    assert last_seq is not None
    first_seq = last_seq - len(records) + 1  # AUTOINCREMENT numbers the rows of one statement without a gap
    _insert(connection, _INSERT_BODIES, _BODY_ROW, [first_seq, *bodies], len(records))
    return [
        _new_row(record, seq, run, attempt, on_stream)
        for seq, (record, (attempt, on_stream)) in enumerate(zip(records, attempts, strict=True), first_seq)
    ]


def _new_row(record: Recordable, seq: int, run: int, attempt: int, on_stream: bool) -> DeliveryRow:
    delivery, verification = record.delivery, record.verification
    return DeliveryRow(
        seq=seq,
        run=run,
        received_at=delivery.received_at.astimezone(UTC),
        event=record.event,
        event_id=record.event_id,
        verdict=verification.verdict,
        reason=verification.reason,
        short_reason=verification.short_reason,
        secret_id=verification.secret_id,
        attempt=attempt,
        answered=record.answered,
        size=len(delivery.body),
        summary=record.summary,
        on_stream=on_stream,
    )


def _insert(connection: sqlite3.Connection, statement: str, row: str, values: list[object], rows: int) -> int | None:
    """Insert the rows by one statement; return the last number. `values`: of all rows; it is extended.

    The statement takes any number of rows up to its size, so that a few in sqlite3's cache serve all. sqlite3 looks for
    an adapter for each value that is no int, float, str or bytearray, which takes five times as long as to bind it.
    """
    size = next(size for size in _SIZES if size >= rows)
    values += [0] * ((size - rows) * row.count("?"))
    values.append(rows)
    return connection.execute(_multi_row(statement, row, size), values).lastrowid


@cache
def _multi_row(statement: str, row: str, rows: int) -> str:
    return f"{statement} (VALUES {', '.join(row.format(place) for place in range(rows))}) LIMIT ?"


def _earlier_attempts(
    connection: sqlite3.Connection, account: Account, records: Sequence[Recordable]
) -> dict[str | None, tuple[int, bool]]:
    """The last attempt of each event, and whether the event stream is known to have brought that event."""
    wanted = list({record.event_id for record in records if record.event_id is not None})
    if not wanted:
        return {}
    found = connection.execute(_EARLIER, (json.dumps(wanted), account.key))
    return {event_id: (last, bool(on_stream)) for event_id, last, on_stream in found}
