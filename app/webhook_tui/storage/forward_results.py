"""Results of forwarded and replayed deliveries, stored beside them in the history."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from webhook_tui.domain.failure import Failure
from webhook_tui.domain.forwarding.forward_result import ForwardOrigin, ForwardResult
from webhook_tui.storage.database.connection import open_database, transaction
from webhook_tui.storage.database.errors import opening
from webhook_tui.storage.database.schema import HISTORY
from webhook_tui.storage.mappers import decode_headers, encode_headers, microseconds, moment

MOST_EACH = 5
"""Results that are kept of one delivery, the newest."""

_COLUMNS = (
    "seq, why, url, at, status, headers, body, body_size, seconds, tries, failure, cause, signed_anew, edited, cut"
)
_INSERT = " ".join(
    (
        "INSERT INTO forward_results (",
        _COLUMNS,
        ") SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM deliveries WHERE seq = ?)",
    )
)
_SELECT = " ".join(("SELECT", _COLUMNS, "FROM forward_results WHERE seq = ? ORDER BY id DESC LIMIT ?"))
_PRUNE = (
    "DELETE FROM forward_results WHERE seq = :seq AND id NOT IN "
    "(SELECT id FROM forward_results WHERE seq = :seq ORDER BY id DESC LIMIT :most)"
)


def insert_result(connection: sqlite3.Connection, result: ForwardResult) -> None:
    """Store a result inside the caller's transaction; one of a delivery that does not exist is left out.

    The row of a delivery that was replayed is marked as replayed.
    """
    if result.origin is ForwardOrigin.REPLAYED:
        connection.execute("UPDATE deliveries SET replayed = 1 WHERE seq = ? AND NOT replayed", (result.seq,))
    connection.execute(
        _INSERT,
        (
            result.seq,
            result.origin.value,
            result.url,
            microseconds(result.at),
            result.status,
            encode_headers(result.headers),
            result.body,
            result.body_size,
            result.seconds,
            result.tries,
            result.failure,
            None if result.cause is None else result.cause.name,
            result.re_signed,
            result.edited,
            None if result.cut is None else result.cut.name,
            result.seq,
        ),
    )
    connection.execute(_PRUNE, {"seq": result.seq, "most": MOST_EACH})


def find_results(connection: sqlite3.Connection, seq: int) -> Sequence[ForwardResult]:
    """Return the results of a delivery, newest first."""
    return [
        ForwardResult(
            number,
            ForwardOrigin(why),
            url,
            moment(at),
            status,
            decode_headers(headers),
            body,
            body_size,
            seconds,
            tries,
            failure,
            _failure(cause),
            bool(re_signed),
            bool(edited),
            _failure(cut),
        )
        for (
            number,
            why,
            url,
            at,
            status,
            headers,
            body,
            body_size,
            seconds,
            tries,
            failure,
            cause,
            re_signed,
            edited,
            cut,
        ) in connection.execute(_SELECT, (seq, MOST_EACH))
    ]


class ResultWriter:
    """Keeps results in a history beside the session that may write it. Methods raise ProblemError."""

    def __init__(self, path: Path) -> None:
        self._connection = open_database(path, HISTORY).connection

    def keep(self, result: ForwardResult) -> None:
        """Store a result."""
        with opening(HISTORY.called, HISTORY.way_out), transaction(self._connection):
            insert_result(self._connection, result)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def _failure(name: str | None) -> Failure | None:
    """Return it by its name; None for one that only a later version knows."""
    return None if name is None else Failure.__members__.get(name, Failure.INTERNAL)
