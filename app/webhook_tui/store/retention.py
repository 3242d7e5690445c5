"""How long deliveries are kept: the oldest go first, marked ones stay; and how they are deleted."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import accumulate, takewhile

from webhook_tui.store.records import microseconds
from webhook_tui.store.word_index import LARGEST_INDEXED, forget

BATCH = 200
_BATCH_BYTES = 2 * 1024 * 1024


def first_kept(connection: sqlite3.Connection, *, keep_days: int | None, keep_rows: int | None, now: datetime) -> int:
    """The number from which on everything is kept: the `keep_rows` newest, and all from the first young one on.

    Whatever came after a young delivery is kept, even where the clock went backwards.
    """
    (last,) = connection.execute("SELECT max(seq) FROM deliveries").fetchone()
    if last is None:
        return 0
    kept_from = 0 if keep_rows is None else int(last) - keep_rows + 1
    if keep_days is None:
        return kept_from
    young = connection.execute(
        "SELECT seq FROM deliveries WHERE received_at >= ? ORDER BY seq LIMIT 1",
        (microseconds(now - timedelta(days=keep_days)),),
    ).fetchone()
    return max(kept_from, int(last) + 1 if young is None else int(young[0]))


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
