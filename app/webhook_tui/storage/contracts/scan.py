"""Reads the deliveries of a selection into its contract, further at each call."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from time import monotonic

import msgspec

from webhook_tui.domain.contract.event_contract import Contract
from webhook_tui.domain.delivery.event import has_too_many_values
from webhook_tui.domain.payload.json_decoder import decode

LARGEST_BODY = 1_048_576
"""Bytes; larger ones are not read."""
_CHUNK = 500
"""Numbers of deliveries that one statement covers."""
_TOLERATED = 20_000
"""A contract of more deliveries is kept while not more than a tenth of them is deleted: to read them takes long."""

_NO_LOCK = nullcontext()
_SELECTED = "d.seq > :above AND d.seq <= :to"
_OF_ACCOUNTS = "d.account IN (SELECT value FROM json_each(:accounts))"
_VALID = "d.verdict IN ('valid', 'older')"
_BODIES = """
    SELECT d.seq, d.received_at, CASE WHEN d.size <= :largest THEN b.body END
    FROM deliveries d NOT INDEXED JOIN bodies b USING (seq) WHERE
"""
_ENDS = "SELECT (SELECT min(seq) FROM deliveries), (SELECT max(seq) FROM deliveries)"
"""Both in one SELECT would read every row: SQLite jumps to the end of an index for a single `min` or `max` only."""
_COUNT = "SELECT count(*), coalesce(sum(d.seq), 0) FROM deliveries d WHERE"


class Selection(msgspec.Struct, frozen=True):
    """Which deliveries a contract is of."""

    accounts: tuple[str, ...] | None = None
    """The keys of their accounts, sorted; None: all."""
    all_verdicts: bool = False
    """Also those that are neither valid nor older."""

    def resolved(self, connection: sqlite3.Connection) -> Selection:
        """Return the selection with accounts None where no other account has deliveries."""
        if self.accounts is None:
            return self
        found = connection.execute("SELECT DISTINCT account FROM deliveries LIMIT 1000").fetchall()
        others = {key for (key,) in found} - set(self.accounts)
        return self if others else Selection(None, self.all_verdicts)

    @property
    def conditions(self) -> Sequence[str]:
        """The selection in SQL."""
        accounts = () if self.accounts is None else (_OF_ACCOUNTS,)
        return (*accounts, *(() if self.all_verdicts else (_VALID,)))


class ScanState(msgspec.Struct):
    """How far a history was read into a contract."""

    contract: Contract = msgspec.field(default_factory=Contract)
    read_to: int = 0
    """Every number up to this was read."""
    count: int = 0
    """Deliveries in the contract, and ..."""
    sum: int = 0
    """... the sum of their numbers."""


class ContractScan:
    """One contract of one history; not for several threads at once."""

    def __init__(self, selection: Selection, state: ScanState | None = None) -> None:
        self._selection = selection
        self.state = state or ScanState()
        self._select = _statement(_BODIES, _SELECTED, *selection.conditions) + " ORDER BY d.seq"
        self._count = _statement(_COUNT, "d.seq <= :to", *selection.conditions)

    def extend(
        self, connection: sqlite3.Connection, *, until: float, lock: AbstractContextManager[object] = _NO_LOCK
    ) -> bool:
        """Read on until the clock `monotonic` says `until`; return whether all is read.

        `lock` is held while a payload is added.
        """
        first, last = connection.execute(_ENDS).fetchone()
        state = self.state
        if last is None or state.read_to >= last:
            return True
        above = max(state.read_to, first - 1)
        while above < last:
            to = min(above + _CHUNK, last)
            with closing(connection.execute(self._select, self._values(above, to))) as found:
                for seq, received_at, body in found:
                    event = _decoded(body)
                    with lock:
                        state.contract.add(event, (seq, received_at))
                    state.read_to, state.count, state.sum = seq, state.count + 1, state.sum + seq
                    if monotonic() >= until:
                        return False
            state.read_to = above = to
            if above < last and monotonic() >= until:  # none of these was selected
                return False
        return True

    def is_outdated(self, connection: sqlite3.Connection) -> bool:
        """Return whether deliveries that were read are deleted or have another verdict now."""
        state = self.state
        count, total = connection.execute(self._count, self._values(0, state.read_to)).fetchone()
        if state.count > _TOLERATED and 0.9 * state.count <= count < state.count:
            return False
        return (count, total) != (state.count, state.sum)

    def progress(self, connection: sqlite3.Connection) -> tuple[int, int]:
        """Return how many numbers of deliveries were read, and how many there are."""
        first, last = connection.execute(_ENDS).fetchone()
        if last is None:
            return 0, 0
        return max(0, self.state.read_to - first + 1), last - first + 1

    def _values(self, above: int, to: int) -> dict[str, object]:
        return {"above": above, "to": to, "largest": LARGEST_BODY, "accounts": json.dumps(self._selection.accounts)}


def _statement(select: str, *conditions: str) -> str:
    return f"{select} {' AND '.join(conditions)}"


def _decoded(body: bytes | None) -> object:
    """The decoded body; None: it is not JSON, or too large."""
    if body is None or has_too_many_values(body):
        return None
    try:
        return decode(body)
    except (ValueError, MemoryError):
        return None
