"""How long deliveries are kept: the oldest go first, marked ones stay."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

from webhook_tui.store.records import microseconds

BATCH = 200


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
    """Delete the oldest unmarked deliveries numbered below `below`, a batch of them; how many went."""
    return connection.execute(
        "DELETE FROM deliveries WHERE seq IN "
        "(SELECT seq FROM deliveries WHERE seq < ? AND NOT marked ORDER BY seq LIMIT ?)",
        (below, BATCH),
    ).rowcount
