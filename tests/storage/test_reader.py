"""The thread that reads a history: it follows to a new file, and says in words when it cannot."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from tests.storage.finding import Damage
from webhook_tui.domain.errors import ProblemError
from webhook_tui.storage.reader import Reader


def filled(path: Path, value: int) -> None:
    """Make a database with one value in it, in place of any other."""
    made = path.with_suffix(".new")
    with closing(sqlite3.connect(made)) as connection, connection:
        connection.execute("CREATE TABLE x (value)")
        connection.execute("INSERT INTO x VALUES (?)", (value,))
    made.replace(path)


def value(connection: sqlite3.Connection) -> int:
    """Read the value."""
    (found,) = connection.execute("SELECT value FROM x").fetchone()
    return int(found)


async def test_it_reads_the_file_that_has_the_name_now(tmp_path: Path) -> None:
    """On one thread that is not the caller's."""
    path = tmp_path / "x.db"
    filled(path, 1)
    with closing(Reader(path)) as reader:
        assert await reader.run(value) == 1
        filled(path, 2)
        assert await reader.run(value) == 2
        threads = {await reader.run(lambda _: threading.get_ident()) for _ in range(2)}
    assert len(threads) == 1
    assert threading.get_ident() not in threads


async def test_a_file_that_is_mended_is_read_again(tmp_path: Path) -> None:
    """On another connection: SQLite keeps the damaged pages."""
    path = tmp_path / "x.db"
    filled(path, 1)
    with closing(Reader(path)) as reader:
        damage = Damage(path)
        with pytest.raises(ProblemError, match="The history is damaged"):
            await reader.run(value)
        damage.mend()
        assert await reader.run(value) == 1


async def test_what_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    with closing(Reader(tmp_path / "nothing.db")) as reader, pytest.raises(ProblemError):
        await reader.run(value)


async def test_the_last_job_is_done_only_where_something_was_read(tmp_path: Path) -> None:
    """Closing twice has no effect."""
    path = tmp_path / "x.db"
    filled(path, 1)
    done: list[int] = []
    unused, used = Reader(path), Reader(path)
    await used.run(value)
    for reader in (unused, used, used):
        reader.close(lambda connection: done.append(value(connection)))

    assert done == [1]
