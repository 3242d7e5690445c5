"""The history: a delivery that was recorded here is on disk, byte for byte, before anybody is told so."""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from webhook_tui.domain.account import Account
from webhook_tui.domain.delivery.delivery import Delivery, DeliveryRow, StoredDelivery
from webhook_tui.domain.delivery.rows import DeliveryRows, FoundRows, Sort
from webhook_tui.domain.filtering.filter import Expression
from webhook_tui.domain.jobs.job import JobDetail, JobFields, Jobs
from webhook_tui.domain.run import Run
from webhook_tui.domain.signature.verdict import Judgement
from webhook_tui.domain.statistics.counts import HistoryCounts
from webhook_tui.domain.statistics.overview import HistoryPlace
from webhook_tui.storage.files import size_on_disk
from webhook_tui.storage.history_file import HistoryFile
from webhook_tui.storage.jobs import JobsReader
from webhook_tui.storage.mappers import (
    count_by_secret,
    find_row,
    find_signed_with,
    find_stored,
    find_unsettled,
    recordable,
    storable,
)
from webhook_tui.storage.reader import Reader
from webhook_tui.storage.retention import BATCH, Age, delete_batch, delete_some, first_kept
from webhook_tui.storage.rows import SqliteRows
from webhook_tui.storage.runs import find_runs
from webhook_tui.storage.search.scan import Search
from webhook_tui.storage.search.search import FilteredRows
from webhook_tui.storage.statistics import StatisticsReader
from webhook_tui.storage.word_index import WordIndex
from webhook_tui.storage.writer import Job, Writer

_LARGEST_CHANGE = 500
_LONGEST_COMMENT = 2000


class DeliveryStore:
    """One open history. Its coroutines may be awaited on any loop; several programs may have one file open."""

    def __init__(self, file: HistoryFile, *, temporary: Path | None, job_fields: JobFields) -> None:
        self.path = file.path
        self._file = file
        self._temporary = temporary
        self._job_fields = job_fields
        self._writer = Writer(file, WordIndex().step)
        self._reader = Reader(file.path)
        self._verdict_changes = 0
        self._counting = StatisticsReader(
            file.path, run=lambda: file.run, verdict_changes=lambda: self._verdict_changes
        )
        self._jobs = JobsReader(file.path, job_fields, verdict_changes=lambda: self._verdict_changes)

    @classmethod
    def open(cls, path: Path | None, *, started_at: datetime, job_fields: JobFields | None = None) -> DeliveryStore:
        """Open or make the history at `path`; None: a temporary one that is deleted by `close`.

        Raises ProblemError when it cannot be opened or written.
        """
        job_fields = job_fields or JobFields()
        if path is not None:
            return cls(HistoryFile(path, started_at), temporary=None, job_fields=job_fields)
        temporary = Path(tempfile.mkdtemp(prefix="webhook-tui-"))
        try:
            file = HistoryFile(temporary / "deliveries.db", started_at)
            return cls(file, temporary=temporary, job_fields=job_fields)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise

    @property
    def run(self) -> int:
        """Number of this run of the program in this history, from 1."""
        return self._file.run

    @property
    def set_aside(self) -> Path | None:
        """Where a damaged file lies that was found at `path`, now or while running; None when there was none."""
        return self._file.set_aside

    @property
    def commits(self) -> int:
        """How many transactions were committed: many deliveries share one."""
        return self._writer.commits

    async def record(
        self, delivery: Delivery, judgement: Judgement, *, account: Account, answered: int | None
    ) -> DeliveryRow:
        """Store a delivery; returns its row when the transaction is committed and synced.

        Raises ProblemError when it could not be stored; the next one may be stored again.
        """
        return await self._writer.record(
            recordable(delivery, judgement, account=account, answered=answered, job_fields=self._job_fields)
        )

    async def set_answered(self, seq: int, answered: int | None) -> DeliveryRow | None:
        """Note what delivery `seq` was answered; its row, or None when it is not there."""
        return await self._update("UPDATE deliveries SET answered = ? WHERE seq = ?", answered, seq)

    async def set_marked(self, seq: int, marked: bool) -> DeliveryRow | None:
        """Mark delivery `seq` or take the mark off; its row, or None when it is not there."""
        return await self._update("UPDATE deliveries SET marked = ? WHERE seq = ?", int(marked), seq)

    async def set_comment(self, seq: int, text: str) -> DeliveryRow | None:
        """Keep the user's words about delivery `seq`, 2,000 characters at most; its row, or None when it is gone."""
        return await self._update(
            "UPDATE deliveries SET comment = ? WHERE seq = ?", storable(text, _LONGEST_COMMENT), seq
        )

    async def set_on_stream(self, account: Account, event_ids: Sequence[str]) -> Sequence[DeliveryRow]:
        """Note of events, ids as JSON text, that the event stream brought them, too; the rows that did not say so."""
        return await self._writer.run(_noting(account, event_ids))

    async def _update(self, statement: str, value: int | str | None, seq: int) -> DeliveryRow | None:
        def update(connection: sqlite3.Connection) -> DeliveryRow | None:
            connection.execute(statement, (value, seq))
            return find_row(connection, seq)

        return await self._writer.run(update)

    async def unsettled(self, *, account: Account, below: int | None, limit: int) -> Sequence[StoredDelivery]:
        """Deliveries whose verdict a secret that becomes known could change: pending and invalid ones, with bodies.

        Newest first, numbers below `below` (None: from the newest), at most `limit`: the last one's number is the next
        `below`. Raises ProblemError.
        """
        return await self._reader.run(lambda connection: find_unsettled(connection, account, below, limit))

    async def signed_with(
        self, *, account: Account, secret_ids: frozenset[str], below: int | None
    ) -> tuple[Sequence[StoredDelivery], int | None]:
        """Some deliveries that are valid or older by one of these secrets, newest first, with bodies.

        Numbers below `below` (None: from the newest); with them the next `below`, None when there are no more.
        Raises ProblemError.
        """
        return await self._reader.run(lambda connection: find_signed_with(connection, account, secret_ids, below))

    async def count_by_secret(self, account: Account) -> Mapping[str, int]:
        """How many deliveries each secret verifies, by its fingerprint; looks at all of them. Raises ProblemError."""
        return await self._reader.run(lambda connection: count_by_secret(connection, account))

    async def set_judgements(self, changes: Sequence[tuple[int, Judgement]]) -> Sequence[DeliveryRow]:
        """Give deliveries new judgements; the rows as they are now, in that order, without those that are gone.

        More than 500 are committed in several transactions. Raises ProblemError.
        """
        rows: list[DeliveryRow] = []
        for start in range(0, len(changes), _LARGEST_CHANGE):
            rows += await self._writer.run(_judging(changes[start : start + _LARGEST_CHANGE]))
            self._verdict_changes += 1
        return rows

    async def stored(self, seq: int) -> StoredDelivery | None:
        """Delivery `seq` whole, or None. Raises ProblemError."""
        return await self._reader.run(lambda connection: find_stored(connection, seq))

    async def prune(
        self, *, keep_days: int | None, keep_rows: int | None, now: datetime, running_seconds: float = 0.0
    ) -> int:
        """Delete what is older than `keep_days` and what is beyond the `keep_rows` newest; None: no such limit.

        `now`: what the clock says, which is believed as far as earlier runs and the time for which this one has been
        running make it likely. Marked deliveries stay. Small transactions, so that deliveries that arrive meanwhile
        hardly wait. How many went.
        Raises ProblemError.
        """
        age = None if keep_days is None else Age(keep_days, now, self.run, running_seconds)
        below = await self._reader.run(lambda connection: first_kept(connection, age=age, keep_rows=keep_rows))
        return await self._delete_below(below)

    async def clear_except_marked(self) -> int:
        """Delete all deliveries, of this run and earlier ones, but the marked; how many went. Raises ProblemError.

        One that comes meanwhile stays.
        """
        (last,) = await self._reader.run(
            lambda connection: connection.execute("SELECT max(seq) FROM deliveries").fetchone()
        )
        return await self._delete_below((last or 0) + 1)

    async def _delete_below(self, below: int) -> int:
        total = 0
        while gone := await self._writer.run(lambda connection: delete_batch(connection, below)):
            total += gone
        return total

    async def delete(self, seqs: Sequence[int]) -> int:
        """Delete those deliveries, marked or not, with their words; how many went. Raises ProblemError."""
        total = 0
        for start in range(0, len(seqs), BATCH):
            some = seqs[start : start + BATCH]
            while gone := await self._writer.run(_deleting(some)):
                total += gone
        return total

    async def runs(self) -> Sequence[Run]:
        """All runs of the program in this history, oldest first, with what of each is stored. Raises ProblemError.

        Looks at every delivery: about a second for a million, on a thread that nobody else waits for long.
        """
        return await self._reader.run(find_runs)

    async def tally(self, now: datetime) -> HistoryCounts:
        """What is stored, counted as far as a moment's work goes; more calls count on. Raises ProblemError."""
        return await self._counting.tally(now)

    async def jobs(self) -> Jobs:
        """The jobs of the newest deliveries, as far as a moment's work goes; more calls go on. Raises ProblemError."""
        return await self._jobs.jobs()

    async def job(self, job_id: str) -> JobDetail:
        """One of them, with its events. Raises ProblemError."""
        return await self._jobs.job(job_id)

    async def place(self) -> HistoryPlace:
        """Where the history lies, and how large it is. Raises ProblemError."""
        size = await self._reader.run(lambda _: size_on_disk(self.path))
        return HistoryPlace(self.path, size, self.run, is_temporary=self._temporary is not None)

    def open_found(
        self,
        expression: Expression,
        *,
        sort: Sort,
        now: datetime,
        changed: Callable[[], None],
    ) -> FoundRows:
        """The deliveries that pass a filter, for the calling thread; a thread searches from now on.

        `changed` is called from that thread when a refresh would show something new, the first time within a moment,
        also when there is no match. `now` is when `age:` counts from. Raises ProblemError.
        """
        return FilteredRows(self.path, Search(expression, sort, now, self._job_fields.ids), changed)

    def open_rows(self) -> DeliveryRows:
        """The deliveries for the calling thread, through a connection of its own. Raises ProblemError."""
        return SqliteRows(self.path)

    def close(self) -> None:
        """Wait for what is queued, note that the run ended, let go of the file; more calls change nothing."""
        self._reader.close()
        self._counting.close()
        self._jobs.close()
        self._writer.close(datetime.now(UTC))
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)


def _deleting(seqs: Sequence[int]) -> Job[int]:
    return lambda connection: delete_some(connection, seqs)


def _noting(account: Account, event_ids: Sequence[str]) -> Job[list[DeliveryRow]]:
    def note(connection: sqlite3.Connection) -> list[DeliveryRow]:
        changed = connection.execute(
            "UPDATE deliveries SET on_stream = 1 WHERE account = ? AND NOT on_stream "
            "AND event_id IN (SELECT value FROM json_each(?)) RETURNING seq",
            (account.key, json.dumps(list(event_ids))),
        ).fetchall()
        found = (find_row(connection, seq) for (seq,) in changed)
        return [row for row in found if row is not None]

    return note


def _judging(changes: Sequence[tuple[int, Judgement]]) -> Job[list[DeliveryRow]]:
    def judge(connection: sqlite3.Connection) -> list[DeliveryRow]:
        connection.executemany(
            "UPDATE deliveries SET verdict = ?, reason = ?, short = ?, secret_id = ? WHERE seq = ?",
            [(new.verdict.value, new.reason, new.short, new.secret_id, seq) for seq, new in changes],
        )
        found = (find_row(connection, seq) for seq, _ in changes)
        return [row for row in found if row is not None]

    return judge
