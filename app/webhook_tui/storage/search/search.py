"""The deliveries that pass a filter, as the screen reads them while a thread is searching."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from webhook_tui.domain.delivery.delivery import DeliveryRow, StoredDelivery
from webhook_tui.domain.delivery.rows import Progress, Sort
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.filtering.filter import Expression
from webhook_tui.domain.forwarding.forward_result import ForwardResult
from webhook_tui.domain.jobs.job import USUAL_FIELDS, JobFields
from webhook_tui.storage.contracts.history_contract import DepartureReader
from webhook_tui.storage.database.connection import connect_read_only, is_set_up
from webhook_tui.storage.database.errors import not_read, reading
from webhook_tui.storage.database.files import FileState, Identity, file_state, identity
from webhook_tui.storage.rows import SqliteRows
from webhook_tui.storage.search.results import NumberResults
from webhook_tui.storage.search.scan import Published, Scan, Search

_RETRY_SECONDS = 0.5

_logger = logging.getLogger(__name__)


def find_in_history(
    path: Path, expression: Expression, now: datetime, *, job_fields: JobFields = USUAL_FIELDS
) -> Sequence[int]:
    """Return the numbers of all deliveries that pass a filter, oldest first; waits for the end of the search.

    `now`: from when `age:` counts. Raises ProblemError.
    """
    found: list[Published] = []
    search = Search(expression, Sort(), now, job_fields)
    with reading(), closing(DepartureReader(lambda: path, expression)) as departures:
        departures.read()
        scan = Scan(connect_read_only(path), search, found.append, lambda: False, departures=departures)
        with closing(scan):
            while scan.has_older:
                scan.advance()
            scan.publish()
    view = found[-1].view
    return [view.at(place) for place in range(len(view))]


class SearchThread:
    """Runs one search: it reads as long as there is something to read, then waits to be woken."""

    def __init__(self, path: Path, search: Search, changed: Callable[[], None]) -> None:
        self._path = path
        self._search = search
        self._changed = changed
        self._wakeup = threading.Event()
        self._lock = threading.Lock()
        self._cancelled = threading.Event()
        self._changed_seqs: list[int] = []
        self._identity: Identity | None = None
        self._departures = DepartureReader(lambda: path, search.expression)
        self.published = Published(NumberResults(is_descending=False).view(), Progress(0, 0, is_done=False))
        self.thread = threading.Thread(target=self._work, name="history-search", daemon=True)
        self.thread.start()

    def wake(self, changed: Sequence[int] = ()) -> None:
        """Read what was committed since, and the deliveries `changed` again."""
        with self._lock:
            self._changed_seqs += changed
        self._wakeup.set()

    def cancel(self) -> None:
        """End the search; returns at once."""
        self._cancelled.set()
        self._wakeup.set()

    def _work(self) -> None:
        while not self._cancelled.is_set():
            state = file_state(self._path)
            try:
                self._search_until_cancelled()
            except (sqlite3.Error, ProblemError) as error:
                if not self._cancelled.is_set():
                    self._fail(error, state)

    def _search_until_cancelled(self) -> None:
        scan: Scan | None = None
        try:
            while True:
                self._wakeup.clear()  # before the flag is read: `cancel` sets the flag first, so it is never missed
                if self._cancelled.is_set():
                    return
                scan = self._current_scan(scan)
                self._run(scan)
        finally:
            if scan is not None:
                scan.close()
            self._departures.close()

    def _fail(self, error: sqlite3.Error | ProblemError, state: FileState | None) -> None:
        """Publish the problem; return when it may be over: the file is another than `state`, if it was damaged."""
        problem = error.problem if isinstance(error, ProblemError) else not_read(error)
        if problem != self.published.problem:
            _logger.error("A search failed", exc_info=error)
        self._publish(Published(self.published.view, self.published.progress, problem))
        while not self._cancelled.wait(_RETRY_SECONDS):
            if problem.is_transient or file_state(self._path) != state:
                return

    def _current_scan(self, scan: Scan | None) -> Scan:
        """The scan, or a new one when the path names a new file that has its tables."""
        named = identity(self._path)
        if scan is not None and named in (None, self._identity):
            return scan
        connection = connect_read_only(self._path)
        if scan is not None and not is_set_up(connection):
            connection.close()
            return scan
        if scan is not None:
            scan.close()
        self._identity = named
        self._departures.close()
        try:
            self._departures.read(lambda _read, _total: not self._cancelled.is_set())
            return Scan(connection, self._search, self._publish, self._cancelled.is_set, departures=self._departures)
        except BaseException:  # a cancelled search, a damaged file
            connection.close()
            raise

    def _run(self, scan: Scan) -> None:
        with self._lock:
            changed, self._changed_seqs = self._changed_seqs, []
        scan.update(changed)
        while scan.has_older and not self._wakeup.is_set():
            scan.advance()
        if not scan.has_older:
            scan.publish()
            self._wakeup.wait()

    def _publish(self, published: Published) -> None:
        self.published = published
        self._changed()


class FilteredRows:
    """Implements FoundRows; made and used by one thread, while the search has its own.

    `changed` is called from the search's thread, at once for the first match and then at most 20 times a second, when a
    refresh would show something new. It may be called once more while the rows are being closed. Calls raise
    ProblemError when the file cannot be read, `refresh` also when the search failed for that reason; it begins again
    once the file is mended.
    """

    def __init__(self, path: Path, search: Search, changed: Callable[[], None]) -> None:
        self._rows = SqliteRows(path)
        self._search = SearchThread(path, search, changed)
        self._shown = self._search.published

    def __len__(self) -> int:
        return len(self._shown.view)

    @property
    def progress(self) -> Progress:
        """How far the search had come at the last refresh."""
        return self._shown.progress

    def refresh(self) -> int:
        """Show what was found by now, and let the search read what was committed since; return the number of rows."""
        self._rows.refresh()
        self._search.wake()
        self._shown = self._search.published
        if self._shown.problem is not None:
            raise ProblemError(self._shown.problem)
        return len(self)

    def reconsider(self, seqs: Sequence[int]) -> None:
        """Check changed deliveries again; `changed` is called when that adds or removes rows."""
        self._search.wake(seqs)

    def window(self, start: int, count: int) -> Sequence[DeliveryRow]:
        """At most `count` rows from position `start`."""
        view = self._shown.view
        places = range(max(start, 0), min(start + count, len(view)))
        return self._rows.chosen([view.at(place) for place in places]) if places else []

    def position(self, seq: int) -> int | None:
        """The position of delivery `seq`, or None."""
        return self._shown.view.position(seq)

    def stored(self, seq: int) -> StoredDelivery | None:
        """Delivery `seq` with headers and body, or None."""
        return self._rows.stored(seq)

    def attempts(self, seq: int) -> Sequence[DeliveryRow]:
        """All deliveries of the event id of `seq`, also those that do not pass; of more than 200, those around it."""
        return self._rows.attempts(seq)

    def forward_results(self, seq: int) -> Sequence[ForwardResult]:
        """Return what became of delivery `seq` where it was forwarded or replayed, newest first."""
        return self._rows.forward_results(seq)

    def close(self) -> None:
        """Cancel the search without waiting for its end, and close the connection."""
        self._search.cancel()
        self._rows.close()
