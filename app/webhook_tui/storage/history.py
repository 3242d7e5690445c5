"""The history of deliveries. A recorded delivery is on disk, byte for byte, before its row is returned."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from webhook_tui.domain.account import Account
from webhook_tui.domain.delivery.delivery import Delivery, DeliveryRow, StoredDelivery
from webhook_tui.domain.delivery.rows import DeliveryRows, FoundRows, Sort
from webhook_tui.domain.filtering.filter import Expression
from webhook_tui.domain.forwarding.forward_result import ForwardResult
from webhook_tui.domain.jobs.job import JobDetail, JobFields, Jobs
from webhook_tui.domain.running_session import RunningSession
from webhook_tui.domain.signature.verdict import VerificationResult
from webhook_tui.domain.statistics.counts import HistoryCounts, Run
from webhook_tui.domain.statistics.overview import HistoryPlace
from webhook_tui.storage.contracts.reader import ContractReader
from webhook_tui.storage.database.files import size_on_disk
from webhook_tui.storage.database.temporary_directory import TemporaryDirectory
from webhook_tui.storage.forward_results import insert_result
from webhook_tui.storage.history_file import HistoryFile
from webhook_tui.storage.insertion import recordable
from webhook_tui.storage.mappers import (
    count_by_secret,
    find_row,
    find_signed_with,
    find_stored,
    find_unsettled,
    storable,
)
from webhook_tui.storage.reader import Reader
from webhook_tui.storage.retention import BATCH, Advance, Age, count_below, delete_batch, delete_some, first_kept, go_on
from webhook_tui.storage.rows import SqliteRows
from webhook_tui.storage.search.column_indexes import index_columns
from webhook_tui.storage.search.scan import Search
from webhook_tui.storage.search.search import FilteredRows
from webhook_tui.storage.search.value_counts import count_values
from webhook_tui.storage.search.word_index import WordIndex
from webhook_tui.storage.statistics.counts import StatisticsReader, find_runs
from webhook_tui.storage.statistics.jobs import JobsReader
from webhook_tui.storage.writer import Job, Writer

_LARGEST_CHANGE = 500
_LONGEST_COMMENT = 2000


class DeliveryStore:
    """One open history. Its coroutines may be awaited on any event loop; several processes may open one file."""

    def __init__(
        self,
        file: HistoryFile,
        *,
        job_fields: JobFields,
        is_temporary: bool = False,
        directory: TemporaryDirectory | None = None,
    ) -> None:
        """`directory`: removed by `close`."""
        self.path = file.path
        self._file = file
        self._is_temporary = is_temporary
        self._directory = directory
        self.configured_job_fields = job_fields
        """Those of the settings: for the summaries of new deliveries and for filters."""
        words = WordIndex()
        self._writer = Writer(file, lambda connection: index_columns(connection) or words.step(connection))
        self.add = self._writer.add
        """Stores a delivery as `record` does, and reports to an `Arrival`; see `Writer.add`."""
        self._reader = Reader(file.path)
        self._verdict_changes = 0
        self._statistics = StatisticsReader(
            file.path, run=lambda: file.run, verdict_changes=lambda: self._verdict_changes
        )
        self._jobs = JobsReader(file.path, job_fields, verdict_changes=lambda: self._verdict_changes)
        self.contracts = ContractReader(file.path, verdict_changes=lambda: self._verdict_changes)

    @classmethod
    def open(
        cls, path: Path | None, *, started_at: datetime, job_fields: JobFields | None = None, is_temporary: bool = False
    ) -> DeliveryStore:
        """Open or create the history at `path`; None: a temporary one that `close` deletes.

        `is_temporary`: the caller deletes `path` later. Raises ProblemError when it cannot be opened or written.
        """
        job_fields = job_fields or JobFields()
        if path is not None:
            return cls(HistoryFile(path, started_at), job_fields=job_fields, is_temporary=is_temporary)
        directory = TemporaryDirectory.create()
        try:
            file = HistoryFile(directory.path / "deliveries.db", started_at)
            return cls(file, job_fields=job_fields, is_temporary=True, directory=directory)
        except BaseException:
            directory.remove()
            raise

    @property
    def run(self) -> int:
        """Number of this run of the program in this history, from 1."""
        return self._file.run

    @property
    def set_aside(self) -> Path | None:
        """Where a damaged file was moved, at the start or since; None when there was none."""
        return self._file.set_aside

    def announce(self, session: RunningSession) -> None:
        """Announce to other programs which session writes the history, and where its receiver listens."""
        self._file.announce(session)

    @property
    def commits(self) -> int:
        """Number of transactions committed; many deliveries share one."""
        return self._writer.commits

    def record(
        self, delivery: Delivery, verification: VerificationResult, *, account: Account, answered: int | None
    ) -> asyncio.Future[DeliveryRow]:
        """Store a delivery; the result is its row when the transaction is synced.

        It is a ProblemError when it could not be stored; the next one may be stored again.
        """
        record = recordable(
            delivery, verification, account=account, answered=answered, job_fields=self.configured_job_fields
        )
        return self._writer.record(record)

    async def set_answered(self, seq: int, answered: int | None) -> DeliveryRow | None:
        """Record the answer to delivery `seq`; return its row, or None when it does not exist."""
        return await self._update("UPDATE deliveries SET answered = ? WHERE seq = ?", answered, seq)

    async def record_result(self, result: ForwardResult) -> DeliveryRow | None:
        """Keep what became of a forwarded or replayed delivery; the newest five of each stay.

        Return the row as it is then, or None when it does not exist. Raises ProblemError.
        """

        def record(connection: sqlite3.Connection) -> DeliveryRow | None:
            insert_result(connection, result)
            return find_row(connection, result.seq)

        return await self._writer.run(record)

    async def set_marked(self, seq: int, marked: bool) -> DeliveryRow | None:
        """Mark or unmark delivery `seq`; return its row, or None when it does not exist."""
        return await self._update("UPDATE deliveries SET marked = ? WHERE seq = ?", int(marked), seq)

    async def set_comment(self, seq: int, text: str) -> DeliveryRow | None:
        """Save a comment on delivery `seq`, cut to 2,000 characters; return its row, or None when it does not exist."""
        return await self._update(
            "UPDATE deliveries SET comment = ? WHERE seq = ?", storable(text, _LONGEST_COMMENT), seq
        )

    async def set_imported(self, seq: int, source: str) -> DeliveryRow | None:
        """Record that delivery `seq` was read from a file; the comment says which. Return its row, or None."""
        comment = storable(source, _LONGEST_COMMENT)
        return await self._update("UPDATE deliveries SET imported = 1, comment = ? WHERE seq = ?", comment, seq)

    async def set_differs(self, seqs: Sequence[int]) -> Sequence[DeliveryRow]:
        """Record that the event stream brought other values than these deliveries; return the rows that changed."""

        def update(connection: sqlite3.Connection) -> list[DeliveryRow]:
            changed = connection.execute(
                "UPDATE deliveries SET differs = 1 WHERE NOT differs "
                "AND seq IN (SELECT value FROM json_each(?)) RETURNING seq",
                (json.dumps(list(seqs)),),
            ).fetchall()
            found = (find_row(connection, seq) for (seq,) in changed)
            return [row for row in found if row is not None]

        return await self._writer.run(update)

    async def set_on_stream(self, account: Account, event_ids: Sequence[str]) -> Sequence[DeliveryRow]:
        """Record that the event stream brought these events (ids as JSON text); return the rows that changed."""
        return await self._writer.run(_mark_on_stream(account, event_ids))

    async def _update(self, statement: str, value: int | str | None, seq: int) -> DeliveryRow | None:
        def update(connection: sqlite3.Connection) -> DeliveryRow | None:
            connection.execute(statement, (value, seq))
            return find_row(connection, seq)

        return await self._writer.run(update)

    async def unsettled(self, *, account: Account, below: int | None, limit: int) -> Sequence[StoredDelivery]:
        """Deliveries whose verdict a new secret could change: pending and invalid ones, with bodies, newest first.

        At most `limit`, numbers below `below` (None: from the newest); the last number is the next `below`. Raises
        ProblemError.
        """
        return await self._reader.run(lambda connection: find_unsettled(connection, account, below, limit))

    async def signed_with(
        self, *, account: Account, secret_ids: frozenset[str], below: int | None
    ) -> tuple[Sequence[StoredDelivery], int | None]:
        """Some deliveries that are valid or older by one of these secrets, newest first, with bodies.

        Numbers below `below` (None: from the newest). The second value is the next `below`, None at the end. Raises
        ProblemError.
        """
        return await self._reader.run(lambda connection: find_signed_with(connection, account, secret_ids, below))

    async def count_by_secret(self, account: Account) -> Mapping[str, int]:
        """Count the deliveries that each secret verifies, by fingerprint; reads all rows. Raises ProblemError."""
        return await self._reader.run(lambda connection: count_by_secret(connection, account))

    async def set_verdicts(self, changes: Sequence[tuple[int, VerificationResult]]) -> Sequence[DeliveryRow]:
        """Set new verdicts and reasons; return the changed rows in that order, without deleted ones.

        More than 500 take several transactions. Raises ProblemError.
        """
        rows: list[DeliveryRow] = []
        for start in range(0, len(changes), _LARGEST_CHANGE):
            rows += await self._writer.run(_update_verdicts(changes[start : start + _LARGEST_CHANGE]))
            self._verdict_changes += 1
        return rows

    async def set_reason(self, seq: int, verification: VerificationResult) -> DeliveryRow | None:
        """Set the reason of a delivery if it still has that verdict; else return None. Raises ProblemError."""
        return await self._writer.run(_update_reason(seq, verification))

    async def stored(self, seq: int) -> StoredDelivery | None:
        """Delivery `seq` with headers and body, or None. Raises ProblemError."""
        return await self._reader.run(lambda connection: find_stored(connection, seq))

    async def prune(
        self,
        *,
        keep_days: int | None,
        keep_rows: int | None,
        now: datetime,
        running_seconds: float = 0.0,
        advance: Advance = go_on,
    ) -> int:
        """Delete deliveries older than `keep_days` and all but the `keep_rows` newest (None: no such limit).

        Marked deliveries are kept. `now`: the clock, which counts as far as earlier runs and the running time make it
        likely. Small transactions, so that deliveries that arrive meanwhile hardly wait; `advance` is called after
        each. Return the number deleted. Raises ProblemError.
        """
        age = None if keep_days is None else Age(keep_days, now, self.run, running_seconds)
        below = await self._reader.run(lambda connection: first_kept(connection, age=age, keep_rows=keep_rows))
        return await self._delete_below(below, advance)

    async def clear_except_marked(self, advance: Advance = go_on) -> int:
        """Delete all deliveries of all runs except marked ones and those that arrive meanwhile.

        Return the number deleted; `advance` is called after each transaction. Raises ProblemError.
        """
        (last,) = await self._reader.run(
            lambda connection: connection.execute("SELECT max(seq) FROM deliveries").fetchone()
        )
        return await self._delete_below((last or 0) + 1, advance)

    async def _delete_below(self, below: int, advance: Advance) -> int:
        total = await self._reader.run(lambda connection: count_below(connection, below))
        deleted = 0
        while gone := await self._writer.run(lambda connection: delete_batch(connection, below)):
            deleted += gone
            if not advance(deleted, total):
                break
        return deleted

    async def delete(self, seqs: Sequence[int], advance: Advance = go_on) -> int:
        """Delete deliveries, marked or not; return the number deleted. Raises ProblemError.

        `advance` is called after each transaction.
        """
        deleted = 0
        for start in range(0, len(seqs), BATCH):
            some = seqs[start : start + BATCH]
            while gone := await self._writer.run(_delete_batch(some)):
                deleted += gone
                if not advance(deleted, len(seqs)):
                    return deleted
        return deleted

    async def runs(self) -> Sequence[Run]:
        """Return all runs of the program in this history, oldest first, with counts. Raises ProblemError.

        Reads every row: about a second for a million.
        """
        return await self._reader.run(find_runs)

    async def counts(self, now: datetime) -> HistoryCounts:
        """Return the counts as far as one step reaches; further calls continue. Raises ProblemError."""
        return await self._statistics.counts(now)

    async def jobs(self) -> Jobs:
        """Return the jobs of the newest deliveries as far as one step reaches. Raises ProblemError."""
        return await self._jobs.jobs()

    async def job(self, job_id: str) -> JobDetail:
        """Return one job with its events. Raises ProblemError."""
        return await self._jobs.job(job_id)

    @property
    def job_fields(self) -> JobFields:
        """The fields by which the jobs are read."""
        return self._jobs.fields

    def use_job_fields(self, fields: JobFields) -> None:
        """Read the jobs by other fields from now on."""
        self._jobs.use_fields(fields)

    async def place(self) -> HistoryPlace:
        """Return where the history is stored and its size. Raises ProblemError."""
        size = await self._reader.run(lambda _: size_on_disk(self.path))
        return HistoryPlace(self.path, size, self.run, is_temporary=self._is_temporary)

    def open_found(
        self,
        expression: Expression,
        *,
        sort: Sort,
        now: datetime,
        changed: Callable[[], None],
    ) -> FoundRows:
        """Open the deliveries that pass a filter, for the calling thread; another thread starts searching.

        `changed` is called from that thread when a refresh would show something new, and once when there is no match.
        `now`: from when `age:` counts. Raises ProblemError.
        """
        return FilteredRows(self.path, Search(expression, sort, now, self.configured_job_fields), changed)

    def count_values(self) -> Mapping[str, Sequence[tuple[str, int | None]]]:
        """Count the values of each field of the filter, on the calling thread. Raises ProblemError."""
        return count_values(self.path, self.configured_job_fields)

    def open_rows(self) -> DeliveryRows:
        """Open the deliveries for the calling thread with its own connection. Raises ProblemError."""
        return SqliteRows(self.path)

    def close(self) -> None:
        """Finish queued requests, record the end of the run and close the file. Idempotent."""
        self._reader.close()
        self._statistics.close()
        self._jobs.close()
        self.contracts.close()
        self._writer.close(datetime.now(UTC))
        if self._directory is not None:
            self._directory.remove()


def _delete_batch(seqs: Sequence[int]) -> Job[int]:
    return lambda connection: delete_some(connection, seqs)


def _mark_on_stream(account: Account, event_ids: Sequence[str]) -> Job[list[DeliveryRow]]:
    def mark(connection: sqlite3.Connection) -> list[DeliveryRow]:
        changed = connection.execute(
            "UPDATE deliveries SET on_stream = 1 WHERE account = ? AND NOT on_stream "
            "AND event_id IN (SELECT value FROM json_each(?)) RETURNING seq",
            (account.key, json.dumps(list(event_ids))),
        ).fetchall()
        found = (find_row(connection, seq) for (seq,) in changed)
        return [row for row in found if row is not None]

    return mark


def _update_reason(seq: int, new: VerificationResult) -> Job[DeliveryRow | None]:
    def update(connection: sqlite3.Connection) -> DeliveryRow | None:
        changed = connection.execute(
            "UPDATE deliveries SET reason = ?, short = ? WHERE seq = ? AND verdict = ?",
            (new.reason, new.short_reason, seq, new.verdict.value),
        )
        return find_row(connection, seq) if changed.rowcount else None

    return update


def _update_verdicts(changes: Sequence[tuple[int, VerificationResult]]) -> Job[list[DeliveryRow]]:
    def update(connection: sqlite3.Connection) -> list[DeliveryRow]:
        connection.executemany(
            "UPDATE deliveries SET verdict = ?, reason = ?, short = ?, secret_id = ? WHERE seq = ?",
            [(new.verdict.value, new.reason, new.short_reason, new.secret_id, seq) for seq, new in changes],
        )
        found = (find_row(connection, seq) for seq, _ in changes)
        return [row for row in found if row is not None]

    return update
