"""The full-text index, filled in small steps in the background, never in the transaction before an answer.

Deliveries beyond `indexing.done` and those with large bodies are not in it; a search reads their bodies.

Each word is stored with the number of its block of deliveries before it. FTS5 merges all words with one beginning, of
whichever deliveries, before it gives the first match: 0.1 s for half a million. In a block they are few.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Sequence
from contextlib import closing

from webhook_tui.domain.filtering.search_words import WAY, searchable
from webhook_tui.storage.database.connection import transaction, without_sync
from webhook_tui.storage.mappers import decode_headers

LARGEST_INDEXED = 262_144
"""Bytes of a body. The index `large` of the schema lists larger ones."""
BLOCK_ROWS = 131_072
STEP_ROWS = 100
_STEP_BYTES = LARGEST_INDEXED

_logger = logging.getLogger(__name__)


def block_of(seq: int) -> range:
    """The numbers of the deliveries in the block of delivery `seq`; there need not be one with each number."""
    start = seq - seq % BLOCK_ROWS
    return range(start, start + BLOCK_ROWS)


def block_mark(seq: int) -> str:
    """What each stored word of delivery `seq` begins with: a number and `§`, which is part of no other word.

    FTS5's `ascii` tokenizer does not part words at it.
    """
    return f"{seq // BLOCK_ROWS}§"


def stored_words(seq: int, text: str) -> str:
    """The words in `text`, with one blank between two, as the index stores them for delivery `seq`."""
    mark = block_mark(seq)
    return mark + text.replace(" ", f" {mark}")


class WordIndex:
    """Brings the index up to date in steps, on the writer's thread."""

    def __init__(self) -> None:
        self._reset_by: sqlite3.Connection | None = None
        """The connection whose index was built again: that is done once for each file, and each has its connection."""

    def step(self, connection: sqlite3.Connection) -> bool:
        """Index at most 100 deliveries or 256 KiB in a transaction of its own; return whether there is more to do.

        The commit is not synced: after a power loss the step is repeated. Raises sqlite3.Error.
        """
        if not self._is_behind(connection):
            return False
        with without_sync(connection):
            try:
                with transaction(connection):
                    return self._advance(connection)
            except sqlite3.DatabaseError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_CORRUPT_VTAB or self._reset_by is connection:
                    raise
                _logger.warning("The word index is damaged; it is built again")
                with transaction(connection):
                    reset_index(connection)
                self._reset_by = connection
                return True

    def _is_behind(self, connection: sqlite3.Connection) -> bool:
        done, way = connection.execute("SELECT done, way FROM indexing").fetchone()
        (last,) = connection.execute("SELECT max(seq) FROM deliveries").fetchone()
        if way != WAY:
            return self._reset_by is not connection
        return last is not None and last > done

    def _advance(self, connection: sqlite3.Connection) -> bool:
        done, way = connection.execute("SELECT done, way FROM indexing").fetchone()
        if way != WAY:
            if self._reset_by is connection:
                return False
            reset_index(connection)
            self._reset_by = connection
            return True
        found = connection.execute(
            "SELECT d.seq, b.headers, iif(d.size > ?, NULL, b.body) FROM deliveries d JOIN bodies b USING (seq) "
            "WHERE d.seq > ? ORDER BY d.seq LIMIT ?",
            (LARGEST_INDEXED, done, STEP_ROWS),
        )
        entries: list[tuple[int, str]] = []
        size = count = 0
        for seq, headers, body in found:
            done = seq
            count += 1
            if body is not None:
                entries.append(_entry(seq, headers, body))
                size += len(body)
            if size >= _STEP_BYTES:
                break
        connection.executemany("INSERT INTO words (rowid, text) VALUES (?, ?)", entries)
        connection.execute("UPDATE indexing SET done = ?", (done,))
        return count == STEP_ROWS or size >= _STEP_BYTES


def _entry(seq: int, headers: bytes, body: bytes) -> tuple[int, str]:
    """A row of the index."""
    return seq, stored_words(seq, searchable(decode_headers(headers), body))


def reset_index(connection: sqlite3.Connection) -> None:
    """Empty the index within the caller's transaction; all deliveries are indexed again."""
    try:
        connection.execute("INSERT INTO words (words) VALUES ('delete-all')")
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_CORRUPT_VTAB:
            raise
        _replace_contents(connection)
    connection.execute("UPDATE indexing SET done = 0, way = ?", (WAY,))


def _replace_contents(connection: sqlite3.Connection) -> None:
    """Empty an index that is too damaged for 'delete-all' with the tables of a new one."""
    with closing(sqlite3.connect(":memory:")) as fresh:
        fresh.execute("CREATE VIRTUAL TABLE words USING fts5 (text, content = '', columnsize = 0)")
        contents = fresh.execute("SELECT id, block FROM words_data").fetchall()
    connection.execute("DELETE FROM words_idx")
    connection.execute("DELETE FROM words_data")
    connection.executemany("INSERT INTO words_data VALUES (?, ?)", contents)


def forget(connection: sqlite3.Connection, seqs: Sequence[int]) -> None:
    """Remove deliveries that are about to be deleted from the index, within the caller's transaction."""
    found = connection.execute(
        "SELECT seq, headers, body FROM deliveries JOIN bodies USING (seq) JOIN indexing "
        "WHERE seq IN (SELECT value FROM json_each(?)) AND seq <= done AND way = ? AND size <= ?",
        (json.dumps(list(seqs)), WAY, LARGEST_INDEXED),
    ).fetchall()
    entries = [_entry(*delivery) for delivery in found]
    try:
        connection.executemany("INSERT INTO words (words, rowid, text) VALUES ('delete', ?, ?)", entries)
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_CORRUPT_VTAB:
            raise
        _logger.warning("The word index is damaged; it is built again")
        reset_index(connection)
