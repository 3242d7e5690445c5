"""Keeps contracts of one history up to date on a thread of its own, a little at a time."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic

import msgspec

from webhook_tui.domain.contract.departures import Departure
from webhook_tui.domain.contract.event_contract import Contract, ContractSnapshot, EventContract
from webhook_tui.domain.contract.job_fields import found_fields
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.jobs.job import JobFields
from webhook_tui.storage.contracts.cache import WORTHWHILE, cache_path, load, save
from webhook_tui.storage.contracts.history_contract import departures_of
from webhook_tui.storage.contracts.scan import ContractScan, Selection
from webhook_tui.storage.mappers import find_stored
from webhook_tui.storage.reader import Reader
from webhook_tui.storage.statistics.aggregate import REBUILD_FACTOR

_MOST_SELECTIONS = 4
_DELETIONS = "SELECT deletions FROM shape"
_ACCOUNT = "SELECT account FROM deliveries WHERE seq = ?"
_ANOTHER = "SELECT EXISTS (SELECT 1 FROM deliveries WHERE seq > ? AND seq <= ? AND account != ?)"


class _Reading(msgspec.Struct):
    """One selection as far as it was read."""

    scan: ContractScan
    connection: sqlite3.Connection
    kept: int
    """Deliveries in the contract that was kept last."""
    is_stale: bool
    """Whether a contract is kept that may hold what is deleted now."""
    changes: tuple[int, int]
    """Deletions and changed verdicts when the scan was right."""
    began: float
    seconds: float = 0.0
    """Seconds that reading it took."""
    is_complete: bool = False
    following: ContractScan | None = None
    """Takes its place when it has read everything: what was read before has changed."""


class ContractReader:
    """The contracts of one history. A concurrent call waits for its turn."""

    def __init__(self, path: Path, *, verdict_changes: Callable[[], int]) -> None:
        """`verdict_changes`: how often this program changed stored verdicts."""
        self._path = path
        self._verdict_changes = verdict_changes
        self._reader = Reader(path)
        self._lock = threading.Lock()
        """Held while a contract changes, and while another thread reads it."""
        self._readings: dict[Selection, _Reading] = {}
        """The one that was used last is last."""
        self._own: Contract | None = None
        """The newest contract of one account's valid deliveries."""
        self._alone: dict[str, tuple[int, bool]] = {}
        """Of each account: up to which number it was checked, and whether no delivery up to there is another's."""

    async def read(self, account: str, seconds: float) -> bool:
        """Read valid deliveries of an account for so long; return whether all are read. Raises ProblemError."""
        return await self._reader.run(lambda connection: self._step_own(connection, account, seconds)[1])

    async def snapshot(
        self, account: str, event: str | None, seconds: float, *, all_verdicts: bool = False
    ) -> ContractSnapshot:
        """Read for so long and return the contract so far, with the whole of one event.

        `event`: None for the one with most deliveries. Raises ProblemError.
        """

        def take(connection: sqlite3.Connection) -> ContractSnapshot:
            reading, is_done = self._step_own(connection, account, seconds, all_verdicts=all_verdicts)
            contract = reading.scan.state.contract
            ordered = contract.ordered()
            chosen = contract.events.get(event) if event is not None else None
            chosen = chosen or (ordered[0] if ordered else None)
            copied = None if chosen is None else _copy(chosen)
            read, total = (reading.following or reading.scan).progress(connection)
            names = tuple((one.name, one.deliveries) for one in ordered)
            return ContractSnapshot(names, copied, read, total, is_done)

        return await self._reader.run(take)

    async def departures_in(self, account: str, seq: int) -> tuple[Departure, ...]:
        """Return where a stored delivery departs from what `read` read so far of `account`.

        () for one of another account, whose contract is not shown either. Raises ProblemError.
        """

        def compare(connection: sqlite3.Connection) -> tuple[Departure, ...]:
            stored = find_stored(connection, seq)
            if stored is None or connection.execute(_ACCOUNT, (seq,)).fetchone() != (account,):
                return ()
            reading, _ = self._step_own(connection, account, 0.0)
            return tuple(departures_of(reading.scan.state.contract, stored))

        return await self._reader.run(compare)

    def departures(self, stored: StoredDelivery) -> Sequence[Departure]:
        """Return where a delivery departs from what was read so far; from any thread, without reading."""
        with self._lock:
            return () if self._own is None else departures_of(self._own, stored)

    async def job_fields(self, usual: JobFields) -> JobFields:
        """Return the usual fields with those that were found in what was read so far. Raises ProblemError."""

        def find(_: sqlite3.Connection) -> JobFields:
            return usual if self._own is None else found_fields(self._own.events.values(), usual)

        return await self._reader.run(find)

    def close(self) -> None:
        """Keep what was read, and close the connection. Idempotent."""
        self._reader.close(self._save_all)

    def _step_own(
        self, connection: sqlite3.Connection, account: str, seconds: float, *, all_verdicts: bool = False
    ) -> tuple[_Reading, bool]:
        selection = self._selection(connection, account, all_verdicts=all_verdicts)
        reading, is_done = self._step(connection, selection, seconds)
        if not all_verdicts:
            with self._lock:
                self._own = reading.scan.state.contract
        return reading, is_done

    def _step(self, connection: sqlite3.Connection, selection: Selection, seconds: float) -> tuple[_Reading, bool]:
        reading = self._reading(connection, selection)
        began = monotonic()
        if reading.is_complete and reading.following is None and self._is_outdated(connection, reading, began):
            reading.following = ContractScan(selection)
            reading.began, reading.seconds = began, 0.0
        scan = reading.following or reading.scan
        is_done = scan.extend(connection, until=began + seconds, lock=self._lock)
        if not reading.is_complete or reading.following is not None:
            reading.seconds += monotonic() - began
        if is_done and reading.following is not None:
            reading.scan, reading.following = reading.following, None
            reading.changes, reading.kept = self._changes(connection), 0
            reading.is_stale = cache_path(self._path).exists()
        reading.is_complete = reading.is_complete or is_done
        if is_done and self._is_worth_saving(reading):
            self._save(connection, selection, reading)
        return reading, is_done

    def _selection(self, connection: sqlite3.Connection, account: str, *, all_verdicts: bool = False) -> Selection:
        checked_to, is_alone = self._alone.get(account, (0, True))
        (last,) = connection.execute("SELECT coalesce(max(seq), 0) FROM deliveries").fetchone()
        if is_alone and last > checked_to:
            (is_another,) = connection.execute(_ANOTHER, (checked_to, last, account)).fetchone()
            is_alone = not is_another
            self._alone[account] = last, is_alone
        return Selection(None if is_alone else (account,), all_verdicts)

    def _reading(self, connection: sqlite3.Connection, selection: Selection) -> _Reading:
        reading = self._readings.pop(selection, None)
        if reading is None or reading.connection is not connection:
            scan = load(self._path, connection, selection)
            count = scan.state.count
            is_stale = not count and cache_path(self._path).exists()
            reading = _Reading(scan, connection, count, is_stale, self._changes(connection), monotonic())
            while len(self._readings) >= _MOST_SELECTIONS:
                del self._readings[next(iter(self._readings))]
        self._readings[selection] = reading
        return reading

    def _changes(self, connection: sqlite3.Connection) -> tuple[int, int]:
        (deletions,) = connection.execute(_DELETIONS).fetchone()
        return deletions, self._verdict_changes()

    def _is_outdated(self, connection: sqlite3.Connection, reading: _Reading, now: float) -> bool:
        """Whether what was read has changed since; not checked again at once after a long reading."""
        changes = self._changes(connection)
        if changes == reading.changes or now - reading.began < REBUILD_FACTOR * reading.seconds:
            return False
        if reading.scan.is_outdated(connection):
            return True
        reading.changes = changes
        return False

    def _is_worth_saving(self, reading: _Reading) -> bool:
        return reading.is_stale or reading.scan.state.count - reading.kept >= max(WORTHWHILE, reading.kept // 10)

    def _save_all(self, connection: sqlite3.Connection) -> None:
        """Save contracts whose reading took long."""
        for selection, reading in self._readings.items():
            if reading.connection is connection and reading.scan.state.count - reading.kept >= WORTHWHILE:
                self._save(connection, selection, reading)

    def _save(self, connection: sqlite3.Connection, selection: Selection, reading: _Reading) -> None:
        with contextlib.suppress(sqlite3.Error, ProblemError):
            save(self._path, connection, selection, reading.scan)
        reading.kept, reading.is_stale = reading.scan.state.count, False


def _copy(contract: EventContract) -> EventContract:
    return msgspec.msgpack.decode(msgspec.msgpack.encode(contract), type=EventContract)
