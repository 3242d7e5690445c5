"""How long deliveries are kept: the oldest go first, marked ones stay; and how they are deleted."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate, takewhile

from webhook_tui.storage.mappers import microseconds
from webhook_tui.storage.word_index import LARGEST_INDEXED, forget

BATCH = 200
_BATCH_BYTES = 2 * 1024 * 1024
_DAY = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Age:
    """Deliveries that are older than so many days are not kept."""

    days: int
    now: datetime
    """What the clock says."""
    run: int
    """Number of this run."""
    running_seconds: float
    """For how long it has run, by a clock that nobody sets."""


def first_kept(connection: sqlite3.Connection, *, age: Age | None, keep_rows: int | None) -> int:
    """The number from which on everything is kept: the `keep_rows` newest, and all from the first young one on.

    Whatever came after a young delivery is kept, even where the clock went backwards. A clock that went forwards, by a
    year say, is not believed alone: see `_plausible_now`.
    """
    (last,) = connection.execute("SELECT max(seq) FROM deliveries").fetchone()
    if last is None:
        return 0
    kept_from = 0 if keep_rows is None else int(last) - keep_rows + 1
    if age is None:
        return kept_from
    young = connection.execute(
        "SELECT seq FROM deliveries WHERE received_at >= ? ORDER BY seq LIMIT 1",
        (_plausible_now(connection, age) - age.days * _DAY,),
    ).fetchone()
    return max(kept_from, int(last) + 1 if young is None else int(young[0]))


def _plausible_now(connection: sqlite3.Connection, age: Age) -> int:
    """The time, in microseconds, that ages count to: never later than the file itself makes likely.

    That is the last day but one on which an earlier run began or ended, and the time since this one began. So a wrong
    clock deletes nothing before it has been seen on two days: until then somebody has set it right. Who starts the
    program after a long pause has the old ones deleted some days later than the clock would.
    """
    days = connection.execute(
        f"SELECT DISTINCT at / {_DAY} FROM (SELECT started_at AS at FROM runs WHERE id < :run "  # noqa: S608 -- a number
        "UNION ALL SELECT ended_at FROM runs WHERE id < :run AND ended_at IS NOT NULL) ORDER BY 1 DESC LIMIT 2",
        {"run": age.run},
    ).fetchall()
    if days:
        known = (int(days[-1][0]) + 1) * _DAY
    else:
        (known,) = connection.execute("SELECT min(started_at) FROM runs").fetchone()
    return min(microseconds(age.now), int(known) + int(age.running_seconds * 1_000_000))


def delete_batch(connection: sqlite3.Connection, below: int) -> int:
    """Delete the oldest unmarked deliveries numbered below `below`, a batch of them; how many went, 0 at the end."""
    found = connection.execute(
        "SELECT seq, size FROM deliveries WHERE seq < ? AND NOT marked ORDER BY seq LIMIT ?", (below, BATCH)
    ).fetchall()
    return _delete(connection, found)


def delete_some(connection: sqlite3.Connection, seqs: Sequence[int]) -> int:
    """Delete those of at most 200 `seqs` that are there, or the first of them; how many went, 0 at the end."""
    found = connection.execute(
        "SELECT seq, size FROM deliveries WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY seq",
        (json.dumps(list(seqs)),),
    ).fetchall()
    return _delete(connection, found)


def _delete(connection: sqlite3.Connection, found: Sequence[tuple[int, int]]) -> int:
    """Delete the first of those numbers (with sizes) whose words can be taken out of the index in a moment."""
    read = accumulate(size if size <= LARGEST_INDEXED else 0 for _, size in found)
    few = max(1, len(list(takewhile(lambda total: total <= _BATCH_BYTES, read))))
    seqs = [seq for seq, _ in found[:few]]
    forget(connection, seqs)
    connection.executemany("DELETE FROM deliveries WHERE seq = ?", [(seq,) for seq in seqs])
    return len(seqs)
