"""The indexes of the columns of deliveries: how they are filled, and the rows that a query reads along them.

Those of events, verdicts, answers and repeated deliveries are filled in the background. A delivery is in them once its
`indexed` is 1, which is so up to the number `indexing.indexed`; a search reads the rows beyond it. When a delivery
changes that is in them, SQLite changes them, too.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from msgspec import Struct

from webhook_tui.storage.database.connection import transaction, without_sync

STEP_ROWS = 1000
IN_RANGE = "seq BETWEEN :lo AND :hi"
_END = "SELECT max(seq), count(*) FROM (SELECT seq FROM deliveries WHERE seq > ? ORDER BY seq LIMIT ?)"

NOT_INDEXED = "deliveries NOT INDEXED WHERE seq > (SELECT indexed FROM indexing) AND indexed = 0"
"""Not every delivery beyond that number: what an earlier version stores in a file that was migrated meanwhile is in the
indexes at once.
"""
_COUNTS = """
    SELECT value, sum(number) FROM (
        SELECT {0} AS value, count(*) AS number FROM deliveries INDEXED BY by_{0} WHERE indexed GROUP BY 1
        UNION ALL
        SELECT {0}, count(*) FROM {1} GROUP BY 1
    ) GROUP BY 1
"""


def index_columns(connection: sqlite3.Connection) -> bool:
    """Index the next 1,000 deliveries in a transaction of its own; return whether there is more to do.

    The commit is not synced: after a power loss the step is repeated. Raises sqlite3.Error.
    """
    (done,) = connection.execute("SELECT indexed FROM indexing").fetchone()
    end, count = connection.execute(_END, (done, STEP_ROWS)).fetchone()
    if count:
        with without_sync(connection), transaction(connection):
            connection.execute("UPDATE deliveries SET indexed = 1 WHERE seq > ? AND seq <= ?", (done, end))
            # Another session that writes the file may have come further since `done` was read.
            connection.execute("UPDATE indexing SET indexed = max(indexed, ?)", (end,))
    return bool(count == STEP_ROWS)


class RowSource(Struct, frozen=True):
    """A part of a FROM clause with rows `d` of deliveries, and which of them."""

    tables: str
    where: str
    number: str = "d.seq"
    """The column of the number by which SQLite knows that the rows are sorted."""


ALL = RowSource("deliveries d NOT INDEXED", f"d.{IN_RANGE}")


def narrowed(source: RowSource, *conditions: str) -> RowSource:
    """The rows of a source that meet the conditions, too."""
    return RowSource(source.tables, " AND ".join((source.where, *conditions)), source.number)


def along(index: str, condition: str) -> Sequence[RowSource]:
    """The rows that meet a condition, which the index serves."""
    return (RowSource(f"deliveries d INDEXED BY {index}", f"{condition} AND d.{IN_RANGE}"),)


def indexed_later(index: str, condition: str, indexed: str = "") -> Sequence[RowSource]:
    """The same for an index that is filled in the background; :indexed is how far.

    `indexed`: what the index serves instead of `condition`.
    """
    found = f"d.indexed AND {indexed or condition} AND d.seq BETWEEN :lo AND min(:hi, :indexed)"
    return RowSource(f"deliveries d INDEXED BY {index}", found), not_indexed(condition)


def not_indexed(condition: str) -> RowSource:
    """The rows that meet a condition and are not in those indexes."""
    return RowSource("deliveries d NOT INDEXED", f"d.seq BETWEEN max(:lo, :indexed + 1) AND :hi AND {condition}")


def counts_of(column: str) -> str:
    """Return SQL that selects each value of the column and how many deliveries have it."""
    return _COUNTS.format(column, NOT_INDEXED)
