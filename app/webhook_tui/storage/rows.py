"""The deliveries as the screen reads them: by position, a page at a time, through a read-only connection."""

from __future__ import annotations

import json
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from webhook_tui.domain.delivery.delivery import DeliveryRow, StoredDelivery
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.forwarding.forward_result import ForwardResult
from webhook_tui.storage.database.connection import connect_read_only, is_set_up, migrate_if_outdated
from webhook_tui.storage.database.errors import no_history, reading
from webhook_tui.storage.database.files import identity
from webhook_tui.storage.database.schema import HISTORY
from webhook_tui.storage.forward_results import find_results
from webhook_tui.storage.mappers import CHOSEN_ROWS, ROWS, find_row, find_stored, row_of

_MOST_ATTEMPTS = 200


def open_history(path: Path) -> SqliteRows:
    """Open an existing history for the calling thread; one of an earlier version is migrated.

    Raises ProblemError when there is none, or another program or a newer version wrote it.
    """
    if not path.is_file():
        raise ProblemError(no_history(path))
    migrate_if_outdated(path, HISTORY)
    return SqliteRows(path)


class SqliteRows:
    """Implements DeliveryRows; used by one thread at a time.

    Consecutive numbers are a range, so a million rows need no memory; only numbers before the newest deletion are
    listed. A window shows current verdicts, but no delivery that was committed after the last refresh; deliveries
    deleted since are left out. Every method raises ProblemError when the file cannot be read; the next refresh then
    opens it again, since SQLite keeps the damaged pages of a file that was mended meanwhile.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._identity = identity(path)
        self._connection = connect_read_only(path)
        self._has_failed = False
        self._version: int | None = None
        self._deletions: int | None = None
        self._sparse = array("q")
        self._dense = range(1, 1)
        try:
            self.refresh()
        except BaseException:
            self._connection.close()
            raise

    def __len__(self) -> int:
        return len(self._sparse) + len(self._dense)

    def refresh(self) -> int:
        """Include what is committed by now; takes a few microseconds when nothing is new."""
        self._follow_file()
        with self._reading():
            (version,) = self._connection.execute("PRAGMA data_version").fetchone()
            if version != self._version:
                self._connection.execute("BEGIN")
                try:
                    self._read_numbers()
                finally:
                    self._connection.execute("ROLLBACK")
                self._version = version
        return len(self)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            with reading():
                yield
        except ProblemError:
            self._has_failed = True
            raise

    def _follow_file(self) -> None:
        """Switch to a new file that the writer created, as soon as it has its tables; open one again that failed."""
        named = identity(self._path)
        if named is None or (named == self._identity and not self._has_failed):
            return
        new = connect_read_only(self._path)
        if not is_set_up(new):
            new.close()
            return
        self._connection.close()
        self._connection = new
        self._identity, self._version, self._deletions, self._has_failed = named, None, None, False

    def _read_numbers(self) -> None:
        dense_from, deletions = self._connection.execute("SELECT dense_from, deletions FROM shape").fetchone()
        (last,) = self._connection.execute("SELECT max(seq) FROM deliveries").fetchone()
        if deletions != self._deletions:
            found = self._connection.execute("SELECT seq FROM deliveries WHERE seq < ? ORDER BY seq", (dense_from,))
            self._sparse = array("q", (seq for (seq,) in found))
            self._deletions = deletions
        self._dense = range(dense_from, max(dense_from, (last or 0) + 1))

    def window(self, start: int, count: int) -> Sequence[DeliveryRow]:
        """At most `count` rows from position `start`."""
        first, end = max(start, 0), min(start + count, len(self))
        if first >= end:
            return []
        with self._reading():
            found = self._connection.execute(
                ROWS + " WHERE seq BETWEEN ? AND ? ORDER BY seq",
                (self._seq_at(first), self._seq_at(end - 1)),
            )
            return [row_of(columns) for columns in found]

    def chosen(self, seqs: Sequence[int]) -> Sequence[DeliveryRow]:
        """The rows of the deliveries `seqs` that exist, in that order."""
        with self._reading():
            found = self._connection.execute(CHOSEN_ROWS, (json.dumps(list(seqs)),))
            rows = {columns[0]: row_of(columns) for columns in found}
        return [rows[seq] for seq in seqs if seq in rows]

    def _seq_at(self, position: int) -> int:
        listed = len(self._sparse)
        return self._sparse[position] if position < listed else self._dense[position - listed]

    def position(self, seq: int) -> int | None:
        """The position of delivery `seq`, or None."""
        if seq in self._dense:
            return len(self._sparse) + seq - self._dense.start
        position = bisect_left(self._sparse, seq)
        return position if position < len(self._sparse) and self._sparse[position] == seq else None

    def stored(self, seq: int) -> StoredDelivery | None:
        """Delivery `seq` with headers and body, or None."""
        with self._reading():
            return find_stored(self._connection, seq)

    def attempts(self, seq: int) -> Sequence[DeliveryRow]:
        """All deliveries of the event id of `seq`; of more than 200, those around it."""
        with self._reading():
            row = find_row(self._connection, seq)
            if row is None:
                return []
            if row.event_id is None:
                return [row]
            return self._attempts_around(row)

    def _attempts_around(self, row: DeliveryRow) -> list[DeliveryRow]:
        (account,) = self._connection.execute("SELECT account FROM deliveries WHERE seq = ?", (row.seq,)).fetchone()
        of_event = (account, row.event_id)
        (last,) = self._connection.execute(
            "SELECT max(attempt) FROM deliveries WHERE account = ? AND event_id = ?", of_event
        ).fetchone()
        first = min(row.attempt - _MOST_ATTEMPTS // 2, last - _MOST_ATTEMPTS + 1)
        found = self._connection.execute(
            ROWS + " WHERE account = ? AND event_id = ? AND attempt >= ? ORDER BY attempt LIMIT ?",
            (*of_event, first, _MOST_ATTEMPTS),
        )
        return [row_of(columns) for columns in found]

    def forward_results(self, seq: int) -> Sequence[ForwardResult]:
        """Return what became of delivery `seq` where it was forwarded or replayed, newest first."""
        with self._reading():
            return find_results(self._connection, seq)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
