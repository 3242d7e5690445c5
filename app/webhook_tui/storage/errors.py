"""What SQLite and the file system say, in the words that the user is told; translated once, here."""

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

DISK_FULL = Problem(
    "The disk is full: deliveries are answered 503 and come again.",
    "Free some space; nothing else is to be done.",
    is_transient=True,
)


def is_corrupt(error: BaseException) -> bool:
    """Whether SQLite says that the file itself is wrong, not the disk, the lock or the statement."""
    return _code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def is_of_the_disk(error: BaseException) -> bool:
    """Whether the next statement would fail for the same reason: disk full, read-only, locked, not working."""
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


def not_stored(error: BaseException) -> Problem:
    """Why a delivery could not be stored; each of these may mend itself with the next one."""
    if isinstance(error, ProblemError) and error.__cause__ is not None:
        error = error.__cause__
    code = _code(error)
    if _is_full(error):
        return DISK_FULL
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return _passing("Another program keeps the history locked: deliveries are answered 503.", "Close that program.")
    if _is_denied(error):
        return _passing(
            "The history cannot be written: deliveries are answered 503 and come again.",
            "Let its file be written again, or start anew with another: --db F.",
        )
    if is_corrupt(error):
        return _passing(
            "The history is damaged: deliveries are answered 503 and come again.",
            "Leave and start again: the damaged file is kept and a new one started.",
        )
    if isinstance(error, OSError) or code == sqlite3.SQLITE_IOERR:
        return _passing(
            "The disk does not work as it should: deliveries are answered 503.",
            "Check the disk, or name another: --db F.",
        )
    return _passing("This delivery could not be stored: it is answered 503.", "webhook-tui paths: the log says why.")


def not_opened(error: BaseException, called: str, way_out: str, directory: Path | None = None) -> Problem:
    """Why a database could not be opened at all. `directory`: where it lies, or would."""
    if _is_full(error) or (_code(error) == sqlite3.SQLITE_IOERR and _has_no_space(directory)):
        return Problem(f"The disk is full: the {called} cannot be opened.", "Free some space, then start again.")
    if _code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Problem(f"Another program keeps the {called} locked.", way_out)
    if _is_denied(error):
        return Problem(f"The {called} cannot be written: its file or directory is read-only.", way_out)
    return Problem(f"The {called} cannot be opened: its path is no file that can be made.", way_out)


def foreign(called: str, way_out: str) -> Problem:
    """The file is a good database, but another program's: it is not touched."""
    return Problem(f"The file for the {called} is another program's database.", way_out)


def newer(called: str) -> Problem:
    """The file is ours, but of a version that we do not know: it is not touched."""
    return Problem(
        f"The {called} was written by a newer webhook-tui.", "Update webhook-tui; the file is left as it is."
    )


def not_read(error: BaseException) -> Problem:
    """Why something stored could not be read."""
    if is_corrupt(error):
        return Problem(
            "The history is damaged: not all of it can be read.",
            "New deliveries are stored all the same; webhook-tui paths says where it is.",
        )
    return Problem("The history cannot be read now.", "Check the disk that it lies on.", is_transient=True)


@contextmanager
def reading() -> Iterator[None]:
    """Turn what goes wrong while reading into a ProblemError."""
    try:
        yield
    except (sqlite3.Error, msgspec.DecodeError) as error:
        raise ProblemError(not_read(error)) from error


@contextmanager
def opening(called: str, way_out: str, directory: Path | None = None) -> Iterator[None]:
    """Turn what goes wrong while opening into a ProblemError about what is `called` so."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise ProblemError(not_opened(error, called, way_out, directory)) from error


def _passing(what: str, then: str) -> Problem:
    return Problem(what, then, is_transient=True)


def _is_full(error: BaseException) -> bool:
    return _code(error) == sqlite3.SQLITE_FULL or (isinstance(error, OSError) and error.errno in _FULL)


def _has_no_space(directory: Path | None) -> bool:
    """SQLite says only that it does not work, when there is no room for the files beside a database."""
    try:
        return directory is not None and shutil.disk_usage(directory).free < _NEEDED_BYTES
    except OSError:
        return False


def _is_denied(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno in _DENIED
    return _code(error) in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)


def _code(error: BaseException) -> int | None:
    """SQLite's primary result code, or None; an extended code carries it in its low byte."""
    code = getattr(error, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else None
