"""The figures of a history, for a command that only reports them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.storage.database.connection import connect_read_only
from webhook_tui.storage.database.errors import reading
from webhook_tui.storage.database.files import size_on_disk
from webhook_tui.storage.database.schema import HISTORY
from webhook_tui.storage.history_query import check_history
from webhook_tui.storage.mappers import moment
from webhook_tui.storage.search.column_indexes import counts_of

_ENDS = "SELECT received_at FROM deliveries ORDER BY seq {} LIMIT 1"
_COUNTS = counts_of("verdict")
_COUNTS_OF_OTHER_VERSIONS = "SELECT verdict, count(*) FROM deliveries GROUP BY verdict"
_LAST = "SELECT seq FROM sqlite_sequence WHERE name = 'deliveries'"


class HistorySummary(Struct, frozen=True):
    """How much is stored, and from when."""

    path: Path
    size: int
    """Bytes on disk, with the files that belong to it."""
    counts: Mapping[Verdict, int]
    """Deliveries by verdict; without those of which there is none."""
    last_seq: int
    """The largest number that was ever given; 0: none."""
    oldest: datetime | None
    newest: datetime | None

    @property
    def deliveries(self) -> int:
        """How many deliveries are stored."""
        return sum(self.counts.values())


def summarize_history(path: Path) -> HistorySummary | None:
    """Return the figures of the history at `path`; None: there is none yet. Raises ProblemError.

    A file of another version is not migrated for that.
    """
    if not path.is_file():
        return None
    check_history(path)
    with closing(connect_read_only(path)) as connection, reading():
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        select = _COUNTS if version == HISTORY.version else _COUNTS_OF_OTHER_VERSIONS
        found = dict(connection.execute(select).fetchall())
        last = connection.execute(_LAST).fetchone()
        ends = [connection.execute(_ENDS.format(order)).fetchone() for order in ("ASC", "DESC")]
    oldest, newest = (None if end is None else moment(end[0]) for end in ends)
    counts = {verdict: found[verdict.value] for verdict in Verdict if verdict.value in found}
    return HistorySummary(path, size_on_disk(path), counts, 0 if last is None else int(last[0]), oldest, newest)
