"""The index of words: filled when nothing waits, taken along by deletions, made again when it cannot be trusted."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from tests.factories import NOW, VALID, delivery
from tests.storage.finding import finding, index_words, insert_earlier, remove_history
from webhook_tui.domain.account import Account
from webhook_tui.domain.filtering.search_words import WAY
from webhook_tui.storage.database.connection import Schema, open_database
from webhook_tui.storage.database.schema import HISTORY
from webhook_tui.storage.history import DeliveryStore
from webhook_tui.storage.insertion import insert_deliveries, recordable
from webhook_tui.storage.search.word_index import LARGEST_INDEXED, STEP_ROWS, WordIndex


async def _record(store: DeliveryStore, account: Account, *bodies: bytes) -> None:
    for body in bodies:
        await store.record(delivery(body), VALID, account=account, answered=200)


def _with_word(path: Path, word: str) -> list[int]:
    """What the index itself says of the first block."""
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid", (f'"0§{word}"',))
        return [seq for (seq,) in found]


def _checked(path: Path) -> None:
    """Raises when the index is damaged or the file is."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO words (words) VALUES ('integrity-check')")
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


async def test_words_are_indexed_when_nothing_waits(store: DeliveryStore, account: Account) -> None:
    """By and by, in the background, also those of headers; JSON's escapes are read."""
    await _record(store, account, b'{"a": "apple"}', b'["caf\\u00e9\\nbar"]', b"\xe9 plum")
    await index_words(store)

    assert [_with_word(store.path, word) for word in ("apple", "café", "bar", "é", "ping")] == [
        *([1], [2], [2], [3], [1, 2, 3])
    ]
    _checked(store.path)


async def test_recording_never_fills_the_index(tmp_path: Path, account: Account) -> None:
    """The transaction that an acknowledgement waits for does not touch it, so its size costs senders nothing."""
    statements: list[str] = []
    with closing(open_database(tmp_path / "d.db", HISTORY).connection) as connection:
        connection.set_trace_callback(statements.append)
        insert_deliveries(connection, [recordable(delivery(), VALID, account=account, answered=200)], run=1)

    assert len(statements) == 3
    assert not any("words" in statement for statement in statements)


async def test_what_was_left_is_indexed_by_the_next_run(tmp_path: Path, account: Account) -> None:
    """A program that ends before it reached it leaves nothing unsearchable."""
    path = tmp_path / "deliveries.db"
    with closing(DeliveryStore.open(path, started_at=NOW)) as store:
        await asyncio.gather(*(_record(store, account, b"apple") for _ in range(3 * STEP_ROWS)))
    with closing(DeliveryStore.open(path, started_at=NOW)) as store:
        await index_words(store)

    assert _with_word(path, "apple") == list(range(1, 3 * STEP_ROWS + 1))


async def test_a_history_of_version_1_becomes_searchable(tmp_path: Path, account: Account) -> None:
    """A copy is made first; whatever was stored is found at once, and then by the index."""
    path = tmp_path / "deliveries.db"
    first = Schema(HISTORY.called, HISTORY.way_out, HISTORY.application_id, HISTORY.migrations[:1])
    with closing(open_database(path, first).connection) as connection:
        insert_earlier(connection, account, b"apple", b"plum", b"apple")

    with closing(DeliveryStore.open(path, started_at=NOW)) as store:
        with finding(store, "apple") as search:
            assert search.seqs() == [1, 3]
        await index_words(store)
        assert _with_word(path, "apple") == [1, 3]
        with finding(store, "apple") as search:
            assert search.seqs() == [1, 3]
    with closing(sqlite3.connect(tmp_path / "deliveries.db.v1")) as copy:
        assert copy.execute("SELECT count(*) FROM deliveries").fetchone() == (3,)


async def test_deletions_take_their_words_along(store: DeliveryStore, account: Account) -> None:
    """By number, by pruning and by clearing; also those that were not indexed yet, or are too large to be."""
    large = b"apple" + b" " * LARGEST_INDEXED
    await _record(store, account, b"apple", b"apple", b"apple", large, b"apple")
    await index_words(store)
    assert _with_word(store.path, "apple") == [1, 2, 3, 5]
    await _record(store, account, b"apple")

    assert await store.delete([2, 2, 99, 6]) == 2
    await store.prune(keep_days=None, keep_rows=3, now=NOW)
    await index_words(store)
    assert _with_word(store.path, "apple") == [3, 5]
    with finding(store, "apple") as search:
        assert search.seqs() == [3, 4, 5]
    await store.set_marked(3, marked=True)
    assert await store.clear_except_marked() == 2
    assert _with_word(store.path, "apple") == [3]
    _checked(store.path)


async def test_many_words_are_deleted_in_several_transactions(store: DeliveryStore, account: Account) -> None:
    """So that a delivery that arrives meanwhile hardly waits."""
    await _record(store, account, *([b"apple " * 40_000] * 12))
    await index_words(store)
    before = store.commits

    assert await store.delete(range(1, 13)) == 12
    assert store.commits - before == 3
    assert _with_word(store.path, "apple") == []


def _make_foreign(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE indexing SET way = 'another'")


def _make_damaged(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE words_data SET block = x'ff00ff00ff'")


async def test_a_damaged_index_of_an_earlier_version_is_replaced(tmp_path: Path, account: Account) -> None:
    """It is emptied before the first delivery arrives: for a million deliveries that takes two seconds."""
    path = tmp_path / "deliveries.db"
    earlier = Schema(HISTORY.called, HISTORY.way_out, HISTORY.application_id, HISTORY.migrations[:6])
    with closing(open_database(path, earlier).connection) as connection:
        insert_earlier(connection, account, b"apple")
        connection.execute("INSERT INTO words (rowid, text) VALUES (1, 'apple')")
        connection.execute("UPDATE indexing SET done = 1, way = '1'")
        _make_damaged(connection)

    with closing(DeliveryStore.open(path, started_at=NOW)) as store:
        assert store.set_aside is None
        await index_words(store)

    assert _with_word(path, "apple") == [1]
    _checked(path)


@pytest.mark.parametrize("spoil", [_make_foreign, _make_damaged])
async def test_an_index_that_cannot_be_trusted_is_made_again(tmp_path: Path, account: Account, spoil: object) -> None:
    """Made by other rules, or damaged: the history itself is never set aside for that."""
    path = tmp_path / "deliveries.db"
    with closing(DeliveryStore.open(path, started_at=NOW)) as store:
        await _record(store, account, b"apple", b"plum")
        await index_words(store)
    with closing(sqlite3.connect(path)) as connection, connection:
        assert callable(spoil)
        spoil(connection)

    with closing(DeliveryStore.open(path, started_at=NOW)) as store:
        await _record(store, account, b"apple")
        await store.delete([2])
        await index_words(store)
        assert store.set_aside is None
        with finding(store, "apple") as search:
            assert search.seqs() == [1, 3]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT done, way FROM indexing").fetchone() == (3, WAY)
    assert _with_word(path, "apple") == [1, 3]


def test_two_programs_that_disagree_do_not_take_turns_forever(tmp_path: Path, account: Account) -> None:
    """Each is rebuilt once; then the index belongs to the other."""
    with closing(open_database(tmp_path / "d.db", HISTORY).connection) as connection:
        insert_deliveries(connection, [recordable(delivery(), VALID, account=account, answered=200)], run=1)
        index = WordIndex()
        steps: Sequence[bool] = [index.step(connection) for _ in range(3)]
        _make_foreign(connection)

        assert steps == [True, False, False]
        assert not index.step(connection)
        assert connection.execute("SELECT done, way FROM indexing").fetchone() == (1, "another")
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)


async def test_the_index_of_a_new_file_is_filled_too(store: DeliveryStore, account: Account) -> None:
    """The history was deleted while the program runs."""
    await _record(store, account, b"apple")
    await index_words(store)
    remove_history(store.path)
    await _record(store, account, b"pear")
    await index_words(store)

    assert _with_word(store.path, "pear") == [2]
