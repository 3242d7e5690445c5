"""Opens a database file: private, checked, migrated; a damaged file is moved aside, not deleted."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from msgspec import Struct

from webhook_tui.domain.errors import ProblemError
from webhook_tui.storage.database.errors import foreign, is_corrupt, newer, opening, reading
from webhook_tui.storage.database.files import (
    Identity,
    free_name,
    identity,
    make_private_directory,
    make_private_file,
    move_aside,
    move_orphans_aside,
)
from webhook_tui.storage.database.locks import FileLock

BUSY_SECONDS = 5.0
_CHECKED_WHOLE_BYTES = 64 * 1024 * 1024
_LARGEST_IDLE_WAL_BYTES = 64 * 1024 * 1024
_SYNC = "PRAGMA synchronous = FULL"


class Schema(Struct, frozen=True):
    """The schema of a kind of database, as migrations, and its name."""

    called: str
    """Its name in a sentence: `history`."""
    way_out: str
    """What to do when it cannot be opened, as a sentence."""
    application_id: int
    """Distinguishes our files from those of other programs (PRAGMA application_id)."""
    migrations: tuple[str, ...]
    """Script n migrates a file from version n to n + 1 (PRAGMA user_version); 0 is the empty file."""

    @property
    def version(self) -> int:
        """The newest version."""
        return len(self.migrations)


class Opened(Struct, frozen=True):
    """A database ready for use."""

    connection: sqlite3.Connection
    """In autocommit mode: statements begin and end transactions. Used by one thread at a time."""
    set_aside: Path | None
    """Where a damaged file was moved; None when there was none."""


def open_database(
    path: Path, schema: Schema, *, always_private: bool = False, damaged: Identity | None = None
) -> Opened:
    """Open or create the database at `path` with mode 0600; missing directories are created with mode 0700.

    `always_private`: an existing file gets mode 0600, too. `damaged`: identity of a file known to be damaged. A file
    that is damaged or no database is renamed to `<name>.broken`, and a new one is created. A file of an earlier version
    is copied to `<name>.v<version>` and migrated. Raises ProblemError when the file cannot be opened, or was written by
    another program or a newer version; such a file is not changed.
    """
    path = path.absolute()  # SQLite interprets names such as `:memory:` and `file:x.db`
    with opening(schema.called, schema.way_out, path.parent):
        if path.is_dir():
            raise IsADirectoryError(path)
        make_private_directory(path.parent)
        with FileLock(path.with_name(f"{path.name}.lock")):
            if always_private and path.exists():
                path.chmod(0o600)
            if damaged is not None and identity(path) == damaged:
                return _replaced(path, schema)
            try:
                return Opened(_opened(path, schema), None)
            except sqlite3.DatabaseError as error:
                if not is_corrupt(error):
                    raise
            return _replaced(path, schema)


def _replaced(path: Path, schema: Schema) -> Opened:
    set_aside = move_aside(path)
    return Opened(_opened(path, schema), set_aside)


def _opened(path: Path, schema: Schema) -> sqlite3.Connection:
    move_orphans_aside(path)
    make_private_file(path)
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        _check(connection, path, schema)
        _set_up(connection)
        _migrate(connection, path, schema)
    except BaseException:
        connection.close()
        raise
    return connection


def connect_read_only(path: Path) -> sqlite3.Connection:
    """Open a read-only connection for one thread at a time. Raises ProblemError."""
    with reading():
        return sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro",
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )


def migrate_if_outdated(path: Path, schema: Schema) -> None:
    """Migrate a file of ours as `open_database` does; other files are not changed. Raises ProblemError."""
    with reading(), closing(connect_read_only(path)) as connection:
        is_ours = _number(connection, "application_id") == schema.application_id
        is_current = _number(connection, "user_version") == schema.version
    if is_ours and not is_current:
        open_database(path, schema).connection.close()


def is_set_up(connection: sqlite3.Connection) -> bool:
    """Whether the file has its tables; False while they are being created or when it cannot be read."""
    try:
        return _number(connection, "user_version") > 0
    except sqlite3.Error:
        return False


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Commit the statements inside, or roll them back when an exception is raised."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def without_sync(connection: sqlite3.Connection) -> Iterator[None]:
    """Commit the transactions inside without waiting for the disk: a power loss may undo them."""
    connection.execute("PRAGMA synchronous = NORMAL")
    try:
        yield
    finally:
        connection.execute(_SYNC)


def _check(connection: sqlite3.Connection, path: Path, schema: Schema) -> None:
    version = _number(connection, "user_version")
    is_empty = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    if is_empty and version == 0:
        return
    if _number(connection, "application_id") != schema.application_id:
        raise ProblemError(foreign(schema.called, schema.way_out))
    if version > schema.version:
        raise ProblemError(newer(schema.called))
    if path.stat().st_size <= _CHECKED_WHOLE_BYTES:
        check_whole(connection)


def check_whole(connection: sqlite3.Connection) -> None:
    """Read every page; raises sqlite3.DatabaseError (SQLITE_CORRUPT) when the file is damaged."""
    (result,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if result != "ok":
        error = sqlite3.DatabaseError(result)
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error


def _set_up(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(_SYNC)
    connection.execute("PRAGMA fullfsync = ON")
    connection.execute("PRAGMA checkpoint_fullfsync = ON")
    connection.execute(f"PRAGMA journal_size_limit = {_LARGEST_IDLE_WAL_BYTES}")


def _migrate(connection: sqlite3.Connection, path: Path, schema: Schema) -> None:
    version = _number(connection, "user_version")
    if version == schema.version:
        return
    if version > 0:
        _copy(connection, free_name(path.with_name(f"{path.name}.v{version}")))
    steps = "\n".join(schema.migrations[version:])
    try:
        connection.executescript(
            f"BEGIN IMMEDIATE;\n{steps}\n"
            f"PRAGMA application_id = {schema.application_id};\nPRAGMA user_version = {schema.version};\nCOMMIT;"
        )
    except sqlite3.Error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _copy(connection: sqlite3.Connection, target: Path) -> None:
    make_private_file(target)
    try:
        with closing(sqlite3.connect(target)) as copy:
            connection.backup(copy)
    except sqlite3.Error:
        target.unlink()
        raise


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    (number,) = connection.execute(f"PRAGMA {pragma}").fetchone()
    assert isinstance(number, int)
    return number
