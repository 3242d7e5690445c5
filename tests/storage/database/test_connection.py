"""The file: set aside when it is broken, brought up to date with a copy first, and never another program's."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.factories import NOW, VALID, delivery
from webhook_tui.domain.account import Account
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import SecretRing
from webhook_tui.storage.accounts import AccountStore
from webhook_tui.storage.database.connection import Schema, open_database
from webhook_tui.storage.database.schema import ACCOUNTS, HISTORY
from webhook_tui.storage.history import DeliveryStore
from webhook_tui.storage.rows import open_history

OPENS = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from webhook_tui.domain.errors import ProblemError
from webhook_tui.storage.history import DeliveryStore

if os.geteuid() == 0:
    os.setuid(65534)
try:
    DeliveryStore.open(Path(sys.argv[1]), started_at=datetime(2026, 11, 23, tzinfo=UTC))
except ProblemError as error:
    print(error)
"""


async def _history(path: Path, account: Account, count: int) -> None:
    with closing(DeliveryStore.open(path, started_at=NOW)) as store:
        await asyncio.gather(*(store.record(delivery(), VALID, account=account, answered=200) for _ in range(count)))


@pytest.mark.parametrize("damage", ["text", "head", "middle", "cut"])
async def test_a_damaged_file_is_kept_and_a_new_one_started(tmp_path: Path, account: Account, damage: str) -> None:
    """Any damage: not a byte of it is deleted, and deliveries are stored in the new one."""
    path = tmp_path / "deliveries.db"
    await _history(path, account, 300)
    content = bytearray(path.read_bytes())
    if damage == "text":
        content = bytearray(b"This was a database once.\n" * 100)
    elif damage == "head":
        content[:4096] = bytes(4096)
    elif damage == "middle":
        content[4096 * 5 : 4096 * 9] = b"\xa5" * 4096 * 4
    else:
        del content[4096 * 6 :]
    path.write_bytes(content)

    with closing(DeliveryStore.open(path, started_at=NOW)) as store:
        assert store.set_aside == tmp_path / "deliveries.db.broken"
        assert store.set_aside.read_bytes() == content
        assert (await store.record(delivery(), VALID, account=account, answered=200)).seq == 1
    with closing(DeliveryStore.open(path, started_at=NOW)) as store:
        assert (store.set_aside, store.run) == (None, 2)


async def test_broken_files_are_numbered(tmp_path: Path) -> None:
    """The second does not overwrite the first."""
    path = tmp_path / "deliveries.db"
    for number in range(3):
        path.write_text(f"no database {number} " * 100)
        DeliveryStore.open(path, started_at=NOW).close()

    kept = [(tmp_path / f"deliveries.db.broken{suffix}").read_text()[:13] for suffix in ("", ".2", ".3")]
    assert kept == ["no database 0", "no database 1", "no database 2"]


def test_a_damaged_file_of_secrets_is_kept_too(tmp_path: Path, account: Account) -> None:
    """A new one works at once."""
    path = tmp_path / "accounts.db"
    path.write_text("garbage " * 1000)

    with closing(AccountStore.open(path)) as accounts:
        assert accounts.set_aside == tmp_path / "accounts.db.broken"
        accounts.save_ring(account, SecretRing().added(Secret("s"), NOW))
        assert len(accounts.ring(account)) == 1


@pytest.mark.parametrize("schema", [HISTORY, ACCOUNTS])
def test_every_earlier_version_is_brought_up_to_date_with_a_copy_first(tmp_path: Path, schema: Schema) -> None:
    """Versions 0 to the newest lead to the same tables, and to one more that is to come; the data stays."""
    coming = replace(schema, migrations=(*schema.migrations, "CREATE TABLE coming (a); INSERT INTO coming VALUES (1);"))
    tables = []
    for version in range(coming.version + 1):
        path = tmp_path / f"v{version}.db"
        with closing(open_database(path, replace(schema, migrations=coming.migrations[:version])).connection) as old:
            if version:
                old.execute("CREATE TABLE extra AS SELECT 42 AS answer")
        with closing(open_database(path, coming).connection) as new:
            assert new.execute("PRAGMA user_version").fetchone() == (coming.version,)
            tables.append(new.execute("SELECT sql FROM sqlite_master WHERE name != 'extra' ORDER BY name").fetchall())
            if version:
                assert new.execute("SELECT answer FROM extra").fetchall() == [(42,)]
        copy = tmp_path / f"v{version}.db.v{version}"
        assert copy.exists() == (0 < version < coming.version)
        if copy.exists():
            assert stat.S_IMODE(copy.stat().st_mode) == 0o600
            with closing(sqlite3.connect(copy)) as kept:
                assert kept.execute("SELECT answer FROM extra").fetchall() == [(42,)]
                assert kept.execute("PRAGMA user_version").fetchone() == (version,)
    assert all(one == tables[0] for one in tables)


def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    """The file stays at its version, whole, and is not taken for damaged."""
    path = tmp_path / "deliveries.db"
    open_database(path, HISTORY).connection.close()
    broken = replace(
        HISTORY, migrations=(*HISTORY.migrations, "CREATE TABLE half (a); INSERT INTO nowhere VALUES (1);")
    )

    with pytest.raises(ProblemError):
        open_database(path, broken)

    opened = open_database(path, HISTORY)
    with closing(opened.connection) as connection:
        assert opened.set_aside is None
        assert connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'half'").fetchone() is None


def test_a_file_of_a_newer_version_or_of_another_program_is_left_alone(tmp_path: Path) -> None:
    """Both are said, neither is moved or changed."""
    newer, foreign = tmp_path / "newer.db", tmp_path / "foreign.db"
    open_database(
        newer, replace(HISTORY, migrations=(*HISTORY.migrations, "CREATE TABLE coming (a);"))
    ).connection.close()
    with closing(sqlite3.connect(foreign)) as other:
        other.execute("CREATE TABLE theirs (a)")
    before = foreign.read_bytes()

    with pytest.raises(ProblemError, match="The history was written by a newer webhook-tui"):
        DeliveryStore.open(newer, started_at=NOW)
    with pytest.raises(ProblemError, match="another program's database"):
        DeliveryStore.open(foreign, started_at=NOW)

    assert foreign.read_bytes() == before
    assert not list(tmp_path.glob("*.broken"))


def test_a_path_that_cannot_be_a_file_is_a_problem(tmp_path: Path) -> None:
    """A directory, or something below a file: one clear sentence, for both stores."""
    (tmp_path / "file").write_text("")
    for path in (tmp_path, tmp_path / "file" / "deliveries.db"):
        with pytest.raises(ProblemError, match="The history cannot be opened"):
            DeliveryStore.open(path, started_at=NOW)
        with pytest.raises(ProblemError, match="The secrets file cannot be opened"):
            AccountStore.open(path)


def test_a_directory_that_may_not_be_written_is_a_problem(tmp_path: Path) -> None:
    """As any user but root sees it."""
    tmp_path.chmod(0o500)

    said = subprocess.run(
        [sys.executable, "-c", OPENS, str(tmp_path / "deliveries.db")], capture_output=True, text=True, check=True
    )

    tmp_path.chmod(0o700)
    assert said.stdout.startswith("The history is not writable: its file or directory is read-only. Use another")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", [":memory:", "file:x.db", "file:x.db?mode=memory", "a b%20c#d?e"])
def test_every_name_is_the_name_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Also those that mean something else to SQLite: kept, for this user only, and read again."""
    monkeypatch.chdir(tmp_path)

    asyncio.run(_history(Path(name), Account("https://v2.api.piktid.com", "0123456789ab"), 2))

    assert stat.S_IMODE(Path(name).stat().st_mode) == 0o600
    with closing(open_history(Path(name))) as rows:
        assert len(rows) == 2
    assert not [file for file in tmp_path.iterdir() if file.is_file() and not file.name.startswith(name)]


def test_a_history_of_an_earlier_version_can_be_read(tmp_path: Path) -> None:
    """Without a session that opens it first; a newer one is left alone, with a sentence."""
    path = tmp_path / "deliveries.db"
    earlier = replace(HISTORY, migrations=HISTORY.migrations[:1])
    with closing(open_database(path, earlier).connection) as connection:
        connection.execute("INSERT INTO runs (started_at) VALUES (1)")
        connection.execute(
            "INSERT INTO deliveries (run, account, received_at, client, method, target, event, verdict, reason, short,"
            " attempt, size, about) VALUES (1, 'a', 1, '', 'POST', '/h', 'ping', 'valid', '', '', 1, 2, '')"
        )
        connection.execute("INSERT INTO bodies VALUES (1, x'90', 'hi')")

        connection.execute("UPDATE deliveries SET comment = 'imported from a.har'")

    with closing(open_history(path)) as rows:
        stored = rows.stored(1)

    assert stored is not None
    assert (stored.delivery.target, stored.delivery.http_version) == ("/h", "1.1")
    assert (stored.row.imported, stored.row.replayed) == (True, False)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {HISTORY.version + 1}")
    with pytest.raises(ProblemError, match="newer"):
        open_history(path)
