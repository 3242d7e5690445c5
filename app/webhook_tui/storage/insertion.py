"""Stores new deliveries: what the transaction before an answer does, and nothing else.

With 32 connections that stay open, `listen` takes 1.08 times as many deliveries without the indexes `by_event`,
`by_verdict` and `by_answered`. One index of all three columns would give back a third of that.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC
from functools import cache

from msgspec import Struct
from msgspec.structs import replace

from webhook_tui.domain.account import Account
from webhook_tui.domain.delivery.delivery import Delivery, DeliveryRow
from webhook_tui.domain.delivery.event import event_name, parse_event
from webhook_tui.domain.delivery.summary import Summary, event_summary
from webhook_tui.domain.jobs.job import JobFields
from webhook_tui.domain.signature.verdict import VerificationResult
from webhook_tui.storage.mappers import encode_headers, microseconds, storable

_LONGEST_NAME = 256
_LONGEST_ID = 512
_INSERT = """
    INSERT INTO deliveries (run, account, received_at, client, method, target, event, event_id, verdict, reason, short,
        secret_id, attempt, answered, size, about, job, status, progress, file, quality, is_json,
        on_stream, http_version)
"""
_COLUMNS = 24
_INSERT_BODIES = "INSERT INTO bodies (seq, headers, body)"
_EARLIER = """
    SELECT d.event_id, d.attempt, d.on_stream FROM json_each(?) AS wanted, deliveries d WHERE d.seq =
        (SELECT seq FROM deliveries WHERE account = ? AND event_id = wanted.value ORDER BY attempt DESC LIMIT 1)
"""
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


def recordable(
    delivery: Delivery,
    verification: VerificationResult,
    *,
    account: Account,
    answered: int | None,
    job_fields: JobFields | None = None,
) -> Recordable:
    """Parse the event of a delivery, outside of the transaction that stores it.

    Names are cut to 256 characters and lone surrogates replaced; the body keeps what was sent. An id longer than 512
    characters is ignored.
    """
    event = parse_event(delivery.body)
    event_id = event.event_id if event.event_id is not None and len(event.event_id) <= _LONGEST_ID else None
    return Recordable(
        delivery,
        verification,
        account,
        answered,
        event=storable(event_name(delivery.headers, event), _LONGEST_NAME),
        event_id=event_id,
        summary=_storable_summary(event_summary(event, job_fields)),
    )


def _storable_summary(summary: Summary) -> Summary:
    if f"{summary.job}{summary.status}{summary.progress}{summary.file}".isascii():
        return summary
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
    lock, and the receiver's loop takes it.
    """
    earlier = _earlier_attempts(connection, records)
    rows: list[DeliveryRow] = []
    for piece in _pieces(records):
        rows += _insert_piece(connection, piece, earlier, run)
    return rows


def _pieces(records: Sequence[Recordable]) -> Iterator[Sequence[Recordable]]:
    """Split into pieces for one statement each, with at most 1 MiB of bodies or one delivery.

    A statement in sqlite3's cache keeps a copy of its last values.
    """
    start = size = 0
    for number, record in enumerate(records):
        size += len(record.delivery.body)
        if number > start and (size > _PIECE_BYTES or number - start == _SIZES[-1]):
            yield records[start:number]
            start, size = number, len(record.delivery.body)
    if start < len(records):
        yield records[start:]


def _insert_piece(
    connection: sqlite3.Connection,
    records: Sequence[Recordable],
    earlier: dict[tuple[str, str], tuple[int, bool]],
    run: int,
) -> list[DeliveryRow]:
    columns: list[object] = []
    attempts: list[tuple[int, bool]] = []
    account, account_key = records[0].account, records[0].account.key
    for record in records:
        delivery, verification, summary = record.delivery, record.verification, record.summary
        if record.account is not account:
            account, account_key = record.account, record.account.key
        attempt, on_stream = 1, False
        if record.event_id is not None:
            key = account_key, record.event_id
            last, on_stream = earlier.get(key, (0, False))
            attempt = last + 1
            earlier[key] = attempt, on_stream
        attempts.append((attempt, on_stream))
        columns += (
            run,
            account_key,
            microseconds(delivery.received_at),
            delivery.client,
            delivery.method,
            delivery.target,
            record.event,
            record.event_id,
            str(verification.verdict),
            verification.reason,
            verification.short_reason,
            verification.secret_id,
            attempt,
            record.answered,
            len(delivery.body),
            "",
            summary.job,
            summary.status,
            summary.progress,
            summary.file,
            summary.quality,
            1 if summary.is_json else 0,
            1 if on_stream else 0,
            delivery.http_version,
        )
    last_seq = _insert(connection, _INSERT, _COLUMNS, columns)
    assert last_seq is not None
    first_seq = last_seq - len(records) + 1  # AUTOINCREMENT numbers the rows of one statement without a gap
    bodies: list[object] = []
    for seq, record in enumerate(records, first_seq):
        body = record.delivery.body
        bodies += (
            seq,
            bytearray(encode_headers(record.delivery.headers)),
            bytearray(body) if len(body) <= _LARGEST_COPIED else body,
        )
    _insert(connection, _INSERT_BODIES, 3, bodies)
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


def _insert(connection: sqlite3.Connection, statement: str, columns: int, values: list[object]) -> int | None:
    """Insert the rows by one statement; return the last number. `values`: of all rows; it is extended.

    The statement takes any number of rows up to its size, so that a few in sqlite3's cache serve all. sqlite3 looks for
    an adapter for each value that is no int, float, str or bytearray, which takes five times as long as to bind it.
    """
    rows = len(values) // columns
    size = next(size for size in _SIZES if size >= rows)
    values += [0] * ((size - rows) * columns)
    values.append(rows)
    return connection.execute(_multi_row(statement, columns, size), values).lastrowid


@cache
def _multi_row(statement: str, columns: int, rows: int) -> str:
    row = f"({', '.join('?' * columns)})"
    return " ".join((statement, "SELECT * FROM (VALUES", ", ".join([row] * rows), ") LIMIT ?"))


def _earlier_attempts(
    connection: sqlite3.Connection, records: Sequence[Recordable]
) -> dict[tuple[str, str], tuple[int, bool]]:
    """The last attempt of each event, and whether the event stream is known to have brought that event."""
    wanted: dict[Account, set[str]] = {}
    for record in records:
        if record.event_id is not None:
            wanted.setdefault(record.account, set()).add(record.event_id)
    return {
        (account.key, event_id): (last, bool(on_stream))
        for account, event_ids in wanted.items()
        for event_id, last, on_stream in connection.execute(_EARLIER, (json.dumps(list(event_ids)), account.key))
    }
