"""Follows a history that another process or thread writes: what is new in it, and what has changed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from webhook_tui.domain.delivery.delivery import DeliveryRow, StoredDelivery
from webhook_tui.storage.database.files import Identity, identity
from webhook_tui.storage.database.locks import is_any_alive
from webhook_tui.storage.history_query import AccountFilter, HistoryQuery, is_history

_MOST_OPEN = 1000
"""How many of the newest deliveries that may still change are read again."""


class HistoryWatch:
    """Reads a history again and again; it may be made after the watch. For one thread.

    Every method raises ProblemError when the file cannot be read.
    """

    def __init__(self, path: Path, *, since_seq: int | None = None, accounts: AccountFilter | None = None) -> None:
        """`since_seq`: deliveries with greater numbers are reported; None: those that arrive from now on."""
        self._path = path
        self._accounts = accounts
        self._identity: Identity | None = None
        self._history: HistoryQuery | None = None
        self._changes: int | None = None
        self._open: dict[int, DeliveryRow] = {}
        """Deliveries that were reported and may still change: their verdict, their answer."""
        self._last_seq = 0
        history = self._current()
        if since_seq is None:
            since_seq = 0 if history is None else history.last_seq()
        self.since_seq = since_seq
        self._last_seq = since_seq

    def close(self) -> None:
        """Close the file."""
        if self._history is not None:
            self._history.close()

    def poll(self) -> Sequence[StoredDelivery]:
        """Return the deliveries that are new or have changed since the last call, by number, some hundred at most."""
        history = self._current()
        if history is None:
            return []
        changes = history.change_count()
        if changes == self._changes:
            return []
        changed = [
            stored for stored in history.deliveries(list(self._open)) if stored.row != self._open[stored.row.seq]
        ]
        new: Sequence[StoredDelivery] = ()
        while not new:  # a page may hold none of the accounts that are read
            page = history.after(self._last_seq)
            if not page:
                self._changes = changes
                break
            self._last_seq = page[-1].row.seq
            new = [stored for stored in page if history.is_included(stored.row.seq)]
        for stored in (*changed, *new):
            self._note(stored.row)
        return [*changed, *new]

    def is_written(self) -> bool:
        """Return whether a session has the history open for writing now."""
        return is_any_alive(self._path)

    def _note(self, row: DeliveryRow) -> None:
        self._open.pop(row.seq, None)
        if not row.verdict.is_good or row.answered is None:
            self._open[row.seq] = row
            if len(self._open) > _MOST_OPEN:
                del self._open[next(iter(self._open))]

    def _current(self) -> HistoryQuery | None:
        """The history at the path, also one that was made or replaced meanwhile."""
        named = identity(self._path)
        if named is not None and named != self._identity and is_history(self._path):
            self.close()
            self._history = HistoryQuery(self._path, self._accounts)
            self._identity, self._changes = named, None
            if self._history.last_seq() < self._last_seq:  # a session that goes on in a new file continues the numbers
                self._last_seq = 0
                self._open.clear()
        return self._history
