"""Rows of a history that may fail to be read, or slowly: what fails is kept for the table to show, and not raised.

The screen reads while it draws, where an error would end the program; the session goes on receiving meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from webhook_tui.domain.delivery.delivery import DeliveryRow, StoredDelivery
from webhook_tui.domain.delivery.rows import DeliveryRows, FoundRows, Progress
from webhook_tui.domain.errors import Problem, ProblemError
from webhook_tui.domain.forwarding.forward_result import ForwardResult
from webhook_tui.ui.widgets.table.row_reader import LOADING, RowReader

Answer = TypeVar("Answer")


class CheckedRows:
    """Implements DeliveryRows. Where rows cannot be read, or not yet, the answer is that there is nothing."""

    def __init__(self, rows: DeliveryRows, reader: RowReader) -> None:
        self._rows = rows
        self._reader = reader
        self.failure: Problem | None = None
        """Why the last reading of rows failed, or that it takes long; None: neither."""

    def __len__(self) -> int:
        return len(self._rows)

    def _read(self, key: tuple[str | int, ...], read: Callable[[], Answer], nothing: Answer) -> Answer:
        try:
            return self._reader.read((self, *key), read)
        except ProblemError as error:
            self.failure = error.problem
            return nothing

    def refresh(self) -> int:
        """Include what is committed by now; a history without rows ends a failure, any answer ends a long reading."""
        count = self._read(("refresh",), self._rows.refresh, -1)
        if count == 0 or (count > 0 and self.failure is LOADING):
            self.failure = None
        return count if count >= 0 else len(self._rows)

    def window(self, start: int, count: int) -> Sequence[DeliveryRow]:
        """At most `count` rows from position `start`; rows that can be read end a failure."""
        nothing: Sequence[DeliveryRow] = ()
        rows = self._read(("window", start, count), lambda: self._rows.window(start, count), nothing)
        if rows:
            self.failure = None
        return rows

    def position(self, seq: int) -> int | None:
        """The position of delivery `seq`, or None; known without reading."""
        return self._rows.position(seq)

    def stored(self, seq: int) -> StoredDelivery | None:
        """Delivery `seq` with headers and body, or None. Raises ProblemError: it is not the table that shows it."""
        return self._reader.read((self, "stored", seq), lambda: self._rows.stored(seq))

    def attempts(self, seq: int) -> Sequence[DeliveryRow]:
        """All deliveries of the event id of `seq`. Raises ProblemError."""
        return self._reader.read((self, "attempts", seq), lambda: self._rows.attempts(seq))

    def forward_results(self, seq: int) -> Sequence[ForwardResult]:
        """What became of delivery `seq` where it was forwarded or replayed. Raises ProblemError."""
        return self._reader.read((self, "results", seq), lambda: self._rows.forward_results(seq))

    def close(self) -> None:
        """Close the connection."""
        self._reader.run(self._rows.close)


class CheckedFoundRows(CheckedRows):
    """Implements FoundRows."""

    def __init__(self, rows: FoundRows, reader: RowReader) -> None:
        super().__init__(rows, reader)
        self._found = rows

    @property
    def progress(self) -> Progress:
        """How far the search had come at the last refresh."""
        return self._found.progress

    def reconsider(self, seqs: Sequence[int]) -> None:
        """Examine deliveries again that changed."""
        self._found.reconsider(seqs)
