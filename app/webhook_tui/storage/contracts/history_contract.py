"""The contract of a history for one thread: a command, or a search."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic
from typing import Self, TypeAlias

from webhook_tui.domain.contract.departures import Departure, departures
from webhook_tui.domain.contract.event_contract import Contract
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.filtering.terms import Expression, names_departures
from webhook_tui.domain.payload.json_decoder import decode
from webhook_tui.storage.contracts.cache import WORTHWHILE, load, save
from webhook_tui.storage.contracts.scan import ContractScan, Selection
from webhook_tui.storage.database.connection import connect_read_only
from webhook_tui.storage.database.errors import reading

_STEP_SECONDS = 0.2

Progress: TypeAlias = Callable[[int, int], bool]
"""Called with how many deliveries were read and how many there are; returns whether to continue."""


def _go_on(_read: int, _total: int) -> bool:
    return True


class HistoryContract:
    """Reads a history's payloads. Every method raises ProblemError when the file cannot be read."""

    def __init__(self, path: Path, selection: Selection | None = None) -> None:
        self._path = path
        self._connection = connect_read_only(path)
        try:
            with reading():
                self._selection = (selection or Selection()).resolved(self._connection)
                self._scan: ContractScan = load(path, self._connection, self._selection)
        except BaseException:
            self._connection.close()
            raise
        self._kept = self._scan.state.count

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self, progress: Progress = _go_on) -> Contract:
        """Read all that is stored and return the contract.

        `progress` is called between steps with how many deliveries were read and how many there are; reading ends when
        it returns False.
        """
        with reading():
            while not self._scan.extend(self._connection, until=monotonic() + _STEP_SECONDS):
                if not progress(*self._scan.progress(self._connection)):
                    break
            if self._scan.state.count - self._kept >= WORTHWHILE:
                save(self._path, self._connection, self._selection, self._scan)
                self._kept = self._scan.state.count
        return self._scan.state.contract

    def departures(self, stored: StoredDelivery, seconds: float = math.inf) -> Sequence[Departure]:
        """Return where a delivery departs from those before it, which are read first.

        () when that takes longer than `seconds`.
        """
        if self._scan.state.read_to < stored.row.seq - 1:
            with reading():
                if not self._scan.extend(self._connection, until=monotonic() + seconds):
                    return ()
        return departures_of(self._scan.state.contract, stored)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


class DepartureReader:
    """Returns where deliveries depart from those of the same account; for one thread.

    The history is read only for a filter with `departs:`.
    """

    def __init__(self, path: Callable[[], Path], *expressions: Expression) -> None:
        """`path`: asked when the history is first read."""
        self._path = path
        self._is_needed = any(map(names_departures, expressions))
        self._connection: sqlite3.Connection | None = None
        self._contracts: dict[str, HistoryContract] = {}
        """By the key of the account."""

    def read(self, progress: Progress = _go_on) -> None:
        """Read what is stored, if the filter needs it; as HistoryContract. Raises ProblemError."""
        if self._is_needed:
            with reading():
                found = self._opened().execute("SELECT DISTINCT account FROM deliveries LIMIT 1000").fetchall()
            for (account,) in found:
                self._of(account).read(progress)

    def __call__(self, stored: StoredDelivery) -> Sequence[Departure]:
        """Return where a delivery departs from those before it. Raises ProblemError."""
        with reading():
            found = self._opened().execute("SELECT account FROM deliveries WHERE seq = ?", (stored.row.seq,)).fetchone()
        return () if found is None else self._of(found[0]).departures(stored)

    def close(self) -> None:
        """Close the connections. Idempotent."""
        for contract in self._contracts.values():
            contract.close()
        self._contracts.clear()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _opened(self) -> sqlite3.Connection:
        self._connection = self._connection or connect_read_only(self._path())
        return self._connection

    def _of(self, account: str) -> HistoryContract:
        if account not in self._contracts:
            self._contracts[account] = HistoryContract(self._path(), Selection((account,)))
        return self._contracts[account]


def departures_of(contract: Contract, stored: StoredDelivery) -> Sequence[Departure]:
    """Return where a delivery departs from a contract; () when its body is no event that is known."""
    try:
        event = decode(stored.delivery.body)
    except (ValueError, MemoryError):
        return ()
    name = event.get("name") if isinstance(event, dict) else None
    known = contract.events.get(name) if isinstance(name, str) else None
    return () if known is None else departures(known, event, stored.row.seq)
