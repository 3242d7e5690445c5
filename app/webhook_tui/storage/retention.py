"""Which old deliveries are deleted, and how. Marked ones are kept."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import accumulate, takewhile
from typing import TypeAlias

from msgspec import Struct

from webhook_tui.storage.mappers import microseconds
from webhook_tui.storage.search.word_index import LARGEST_INDEXED, forget

Advance: TypeAlias = Callable[[int, int], bool]
"""Is called with how many are deleted, and of how many; returns whether to go on."""
BATCH = 200
_BATCH_BYTES = 2 * 1024 * 1024
_DAY = 86_400_000_000


def go_on(_deleted: int, _total: int) -> bool:
    """Always go on."""
    return True


class Age(Struct, frozen=True):
    """A limit of age, with what is needed to detect a wrong clock."""

    days: int
    now: datetime
    """The time of the clock."""
    run: int
    """Number of this run."""
    running_seconds: float
    """How long it has been running, by a monotonic clock."""


def first_kept(connection: sqlite3.Connection, *, age: Age | None, keep_rows: int | None) -> int:
    """Return the number from which on everything is kept: the `keep_rows` newest, and all from the first young one on.

    Deliveries after a young one are kept, also where the clock went backwards. A clock that jumped ahead is limited by
    `_plausible_now`.
    """
    (last,) = connection.execute("SELECT max(seq) FROM deliveries").fetchone()
    if last is None:
        return 0
    kept_from = 0 if keep_rows is None else _first_of_newest(connection, keep_rows, int(last))
    if age is None:
        return kept_from
    young = connection.execute(
        "SELECT seq FROM deliveries WHERE received_at >= ? ORDER BY seq LIMIT 1",
        (_plausible_now(connection, age) - age.days * _DAY,),
    ).fetchone()
    return max(kept_from, int(last) + 1 if young is None else int(young[0]))


def _first_of_newest(connection: sqlite3.Connection, count: int, last: int) -> int:
    """Return the number from which on there are `count` deliveries; 0 where there are not so many. `last`: the newest.

    Below `dense_from` numbers are missing: to keep a range of numbers would keep fewer deliveries.
    """
    (dense_from,) = connection.execute("SELECT dense_from FROM shape").fetchone()
    dense = max(0, last + 1 - dense_from)
    if count <= dense:
        return last + 1 - count
    newest_other = connection.execute(
        "SELECT seq FROM deliveries WHERE seq < ? ORDER BY seq DESC LIMIT 1 OFFSET ?", (dense_from, count - dense)
    ).fetchone()
    return 0 if newest_other is None else int(newest_other[0]) + 1


def _plausible_now(connection: sqlite3.Connection, age: Age) -> int:
    """Return the time, in microseconds, from which ages count: the clock, limited by what the file makes likely.

    The limit is the last day but one on which an earlier run began or ended, plus the time since this run began. So a
    wrong clock deletes nothing before two days have confirmed it. After a long pause, old deliveries are deleted some
    days later.
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


def count_below(connection: sqlite3.Connection, below: int) -> int:
    """Return how many unmarked deliveries have numbers below `below`."""
    found = connection.execute("SELECT count(*) FROM deliveries WHERE seq < ? AND NOT marked", (below,)).fetchone()
    return int(found[0])


def delete_batch(connection: sqlite3.Connection, below: int) -> int:
    """Delete a batch of the oldest unmarked deliveries below number `below`; return how many, 0 at the end."""
    found = connection.execute(
        "SELECT seq, size FROM deliveries WHERE seq < ? AND NOT marked ORDER BY seq LIMIT ?", (below, BATCH)
    ).fetchall()
    return _delete(connection, found)


def delete_some(connection: sqlite3.Connection, seqs: Sequence[int]) -> int:
    """Delete a batch of the deliveries `seqs` (at most 200); return how many, 0 at the end."""
    found = connection.execute(
        "SELECT seq, size FROM deliveries WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY seq",
        (json.dumps(list(seqs)),),
    ).fetchall()
    return _delete(connection, found)


def _delete(connection: sqlite3.Connection, found: Sequence[tuple[int, int]]) -> int:
    """Delete as many of the numbers (with sizes) as 2 MiB of bodies allow: the word index must read each body."""
    read = accumulate(size if size <= LARGEST_INDEXED else 0 for _, size in found)
    few = max(1, len(list(takewhile(lambda total: total <= _BATCH_BYTES, read))))
    seqs = [seq for seq, _ in found[:few]]
    forget(connection, seqs)
    connection.executemany("DELETE FROM deliveries WHERE seq = ?", [(seq,) for seq in seqs])
    return len(seqs)
