"""The deliveries that pass a filter, as the screen reads them while a thread is still searching."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from webhook_tui.domain.delivery.delivery import DeliveryRow, StoredDelivery
from webhook_tui.domain.delivery.rows import Progress, Sort
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.filtering.filter import Expression
from webhook_tui.domain.jobs.job import JOB_FIELDS
from webhook_tui.storage.database import connect_read_only
from webhook_tui.storage.errors import reading
from webhook_tui.storage.rows import SqliteRows
from webhook_tui.storage.search.scan import Published, Scan, Search
from webhook_tui.storage.search.thread import SearchThread


def find_in_history(
    path: Path, expression: Expression, now: datetime, *, job_fields: Sequence[str] = JOB_FIELDS
) -> Sequence[int]:
    """The numbers of all deliveries that pass a filter, oldest first; waits for the search's end.

    `now`: from when `age:` counts. Raises ProblemError.
    """
    found: list[Published] = []
    search = Search(expression, Sort(), now, job_fields)
    with reading(), closing(Scan(connect_read_only(path), search, found.append, is_cancelled=lambda: False)) as scan:
        while scan.is_left:
            scan.advance()
        scan.publish()
    view = found[-1].view
    return [view.at(place) for place in range(len(view))]


class FilteredRows:
    """Implements FoundRows; made and used by one thread, while the search has its own.

    `changed` is called from the search's thread, at most 20 times a second, when a refresh would show something new;
    once more it may be called while the rows are being closed.
    Calls raise ProblemError when the file cannot be read, `refresh` also when the search ended by that.
    """

    def __init__(self, path: Path, search: Search, changed: Callable[[], None]) -> None:
        self._rows = SqliteRows(path)
        self._searching = SearchThread(path, search, changed)
        self._shown = self._searching.published

    def __len__(self) -> int:
        return len(self._shown.view)

    @property
    def progress(self) -> Progress:
        """How far the search had come at the last refresh."""
        return self._shown.progress

    def refresh(self) -> int:
        """Show what is found by now, and let the search look for what was committed since: `changed` tells of it."""
        self._rows.refresh()
        self._searching.wake()
        self._shown = self._searching.published
        if self._shown.problem is not None:
            raise ProblemError(self._shown.problem)
        return len(self)

    def reconsider(self, seqs: Sequence[int]) -> None:
        """Look again at deliveries that changed; `changed` tells when that moved something."""
        self._searching.reconsider(seqs)

    def window(self, start: int, count: int) -> Sequence[DeliveryRow]:
        """At most `count` rows from position `start`."""
        view = self._shown.view
        places = range(max(start, 0), min(start + count, len(view)))
        return self._rows.chosen([view.at(place) for place in places]) if places else []

    def position(self, seq: int) -> int | None:
        """Where delivery `seq` stands, or None."""
        return self._shown.view.position(seq)

    def stored(self, seq: int) -> StoredDelivery | None:
        """Delivery `seq` whole, or None."""
        return self._rows.stored(seq)

    def attempts(self, seq: int) -> Sequence[DeliveryRow]:
        """All deliveries of the event id of `seq`, whether they pass or not; of more than 200, those around it."""
        return self._rows.attempts(seq)

    def close(self) -> None:
        """Cancel the search, without waiting for its end, and let go of the connection."""
        self._searching.cancel()
        self._rows.close()
