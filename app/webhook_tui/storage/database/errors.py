"""Translates errors of SQLite and the file system. All texts of this layer that users see are here."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from webhook_tui.domain.errors import Problem, ProblemError

_NEEDED_BYTES = 128 * 1024
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_DENIED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})

# Deliveries that could not be stored

DISK_FULL = Problem(
    "The disk is full: deliveries are answered 503 and PiktID sends them again.",
    "Free some space; storing resumes by itself.",
    is_transient=True,
)
_LOCKED = Problem(
    "Another program has locked the history: deliveries are answered 503.", "Close that program.", is_transient=True
)
_READ_ONLY = Problem(
    "The history is not writable: deliveries are answered 503.",
    "Make its file writable, or start with another: --db F.",
    is_transient=True,
)
_DAMAGED = Problem(
    "The history is damaged: deliveries are answered 503.",
    "Start again: the damaged file is kept and a new one is created.",
    is_transient=True,
)
_DISK_ERROR = Problem(
    "The disk reports an error: deliveries are answered 503.",
    "Check the disk, or start with a history on another: --db F.",
    is_transient=True,
)
_NOT_STORED = Problem(
    "This delivery could not be stored: it is answered 503.",
    "See the log; webhook-tui paths prints its location.",
    is_transient=True,
)

# A history that cannot be read, account data that cannot be saved

_PARTLY_READABLE = Problem(
    "The history is damaged: not all of it can be read.",
    "New deliveries are stored all the same; webhook-tui paths prints its location.",
)
_NOT_READABLE = Problem("The history cannot be read now.", "Check the disk that it is on.", is_transient=True)
NOT_SAVED = Problem(
    "Account data could not be saved: accounts.db is not writable.",
    "Free some space or make it writable; webhook-tui paths prints its location.",
    is_transient=True,
)


def no_history(path: Path) -> Problem:
    """The history that a command reads does not exist."""
    return Problem(
        f"There is no history at {path}.",
        "Receive a delivery first (--sandbox keeps none without --db), or use --db F.",
    )


def not_a_history(path: Path) -> Problem:
    """The file exists, but has no tables."""
    return Problem(f"{path} holds no history.", "Name another with --db F.")


def no_delivery(seq: int) -> Problem:
    """The delivery does not exist, or belongs to an account that is not read."""
    return Problem(f"There is no delivery {seq} in the history.", "Run webhook-tui list.")


# A database that cannot be opened: `called` is its name, `way_out` says what to do


def not_opened(error: BaseException, called: str, way_out: str, directory: Path | None = None) -> Problem:
    """Why a database could not be opened. `directory`: where it is, or would be."""
    if _is_full(error) or (_code(error) == sqlite3.SQLITE_IOERR and _has_no_space(directory)):
        return Problem(f"The disk is full: the {called} cannot be opened.", "Free some space, then start again.")
    if _code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Problem(f"Another program has locked the {called}.", way_out)
    if _is_denied(error):
        return Problem(f"The {called} is not writable: its file or directory is read-only.", way_out)
    return Problem(f"The {called} cannot be opened: its path is not writable.", way_out)


def foreign(called: str, way_out: str) -> Problem:
    """The file is a valid database of another program; it is not changed."""
    return Problem(f"The file for the {called} is another program's database.", way_out)


def newer(called: str) -> Problem:
    """The file has a version that this program does not know; it is not changed."""
    return Problem(f"The {called} was written by a newer webhook-tui.", "Update webhook-tui; the file is not changed.")


def not_stored(error: BaseException) -> Problem:
    """Why a delivery could not be stored. The next one may be stored again."""
    if isinstance(error, ProblemError) and error.__cause__ is not None:
        error = error.__cause__
    code = _code(error)
    if _is_full(error):
        return DISK_FULL
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return _LOCKED
    if _is_denied(error):
        return _READ_ONLY
    if is_corrupt(error):
        return _DAMAGED
    if isinstance(error, OSError) or code == sqlite3.SQLITE_IOERR:
        return _DISK_ERROR
    return _NOT_STORED


def not_read(error: BaseException) -> Problem:
    """Why stored data could not be read."""
    return _PARTLY_READABLE if is_corrupt(error) else _NOT_READABLE


def is_corrupt(error: BaseException) -> bool:
    """Whether SQLite reports that the file itself is damaged, not the disk, a lock or the statement."""
    return _code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def is_no_database(error: BaseException) -> bool:
    """Whether SQLite reports that the file is none of its own."""
    return _code(error) == sqlite3.SQLITE_NOTADB


def is_persistent(error: BaseException) -> bool:
    """Whether the next statement would fail for the same reason: disk full, read-only, locked, damaged."""
    if isinstance(error, OSError | ProblemError):
        return True
    return _code(error) in (
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
    )


@contextmanager
def reading() -> Iterator[None]:
    """Raise ProblemError for errors while reading."""
    try:
        yield
    except (sqlite3.Error, msgspec.DecodeError) as error:
        raise ProblemError(not_read(error)) from error


@contextmanager
def opening(called: str, way_out: str, directory: Path | None = None) -> Iterator[None]:
    """Raise ProblemError for errors while opening the database named `called`."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise ProblemError(not_opened(error, called, way_out, directory)) from error


def _is_full(error: BaseException) -> bool:
    return _code(error) == sqlite3.SQLITE_FULL or (isinstance(error, OSError) and error.errno in _FULL)


def _has_no_space(directory: Path | None) -> bool:
    """SQLite reports a general I/O error when there is no space for the companions of a database."""
    try:
        return directory is not None and shutil.disk_usage(directory).free < _NEEDED_BYTES
    except OSError:
        return False


def _is_denied(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno in _DENIED
    return _code(error) in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)


def _code(error: BaseException) -> int | None:
    """SQLite's primary result code, or None. An extended code has it in its low byte."""
    code = getattr(error, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else None
