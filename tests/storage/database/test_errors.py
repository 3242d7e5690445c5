"""The words for what goes wrong: short enough for the screen, and each for its own cause."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path
from types import SimpleNamespace

import pytest

from webhook_tui.domain.errors import Problem
from webhook_tui.storage.database.errors import (
    NOT_SAVED,
    foreign,
    newer,
    no_delivery,
    no_history,
    not_a_history,
    not_opened,
    not_read,
    not_stored,
)
from webhook_tui.storage.database.schema import ACCOUNTS, HISTORY


def _sqlite(code: int) -> sqlite3.Error:
    error = sqlite3.OperationalError("said by SQLite")
    error.sqlite_errorcode = code
    return error


ERRORS: list[Exception] = [
    _sqlite(sqlite3.SQLITE_FULL),
    _sqlite(sqlite3.SQLITE_BUSY_SNAPSHOT),
    _sqlite(sqlite3.SQLITE_READONLY_DBMOVED),
    _sqlite(sqlite3.SQLITE_CORRUPT_INDEX),
    _sqlite(sqlite3.SQLITE_IOERR_FSYNC),
    OSError(errno.ENOSPC, "full"),
    PermissionError(errno.EACCES, "denied"),
    ValueError("a surrogate"),
]


def _problems() -> list[Problem]:
    problems = [*map(not_stored, ERRORS), *map(not_read, ERRORS), NOT_SAVED]
    problems += [no_history(Path("h.db")), not_a_history(Path("h.db")), no_delivery(7)]
    for schema in (HISTORY, ACCOUNTS):
        problems += [not_opened(error, schema.called, schema.way_out) for error in ERRORS]
        problems += [foreign(schema.called, schema.way_out), newer(schema.called)]
    return problems


def test_every_sentence_fits_into_its_line() -> None:
    """Two sentences of at most 78 cells, neither with words of SQLite."""
    for sentence in (sentence for problem in _problems() for sentence in (problem.message, problem.hint)):
        assert 0 < len(sentence) <= 78
        assert sentence.endswith(".")
        assert "SQLite" not in sentence


def test_each_cause_has_its_own_words() -> None:
    """Full disk is one cause, whichever layer reports it; the others differ, and all may pass by themselves."""
    problems = [not_stored(error) for error in ERRORS]

    assert problems[0] == problems[5]
    assert problems[2] == problems[6]
    assert len(set(problems)) == 6
    assert all(problem.is_transient for problem in problems)


def test_no_room_for_the_files_beside_a_database_is_a_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite says only that something does not work."""
    error, full = _sqlite(sqlite3.SQLITE_IOERR_SHMSIZE), Problem("The disk is full: the history cannot be opened.", "")
    assert not_opened(error, HISTORY.called, HISTORY.way_out, tmp_path).message != full.message
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=100_000))
    assert not_opened(error, HISTORY.called, HISTORY.way_out, tmp_path).message == full.message
