"""The file of a history that is deleted or damaged while a session writes to it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.factories import NOW, PING, VALID, delivery
from tests.storage.finding import remove_history
from webhook_tui.domain.account import Account
from webhook_tui.domain.jobs.job import USUAL_FIELDS
from webhook_tui.storage.database.connection import connect_read_only
from webhook_tui.storage.history import DeliveryStore
from webhook_tui.storage.history_file import HistoryFile


async def test_damage_met_while_running_is_set_aside_and_nothing_refused(tmp_path: Path, account: Account) -> None:
    """The delivery that met it is stored in the new file, and the screen's view follows."""
    path = tmp_path / "deliveries.db"
    written = HistoryFile(path, NOW)
    with closing(DeliveryStore(written, job_fields=USUAL_FIELDS)) as store, closing(store.open_rows()) as rows:
        for _ in range(100):
            await store.record(delivery(), VALID, account=account, answered=200)
        written.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with path.open("r+b") as file:
            file.seek(4096)
            file.write(b"\xa5" * (path.stat().st_size - 4096))
        written.connection.execute("PRAGMA shrink_memory")

        row = await store.record(delivery(), VALID, account=account, answered=200)
        read = await store.stored(row.seq)

        assert (row.seq, store.set_aside) == (101, tmp_path / "deliveries.db.broken")
        assert read is not None
        assert rows.refresh() == 1
        assert rows.stored(101) == read
        await store.record(delivery(), VALID, account=account, answered=200)
        assert rows.refresh() == 2


async def test_a_removed_file_is_made_again(tmp_path: Path, account: Account) -> None:
    """What is acknowledged is in a file with a name, even when the directory is deleted meanwhile."""
    path = tmp_path / "state" / "deliveries.db"
    with closing(DeliveryStore.open(path, started_at=NOW)) as store, closing(store.open_rows()) as rows:
        await store.record(delivery(), VALID, account=account, answered=200)
        remove_history(path)
        path.parent.rmdir()

        assert rows.refresh() == 1
        row = await store.record(delivery(), VALID, account=account, answered=200)
        assert (row.seq, rows.refresh()) == (2, 1)
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT body FROM bodies").fetchall() == [(PING,)]


async def test_two_programs_go_on_in_one_new_file(tmp_path: Path, account: Account) -> None:
    """Both notice that the file is gone; no number that either gave before names another delivery now."""
    path = tmp_path / "deliveries.db"
    with (
        closing(DeliveryStore.open(path, started_at=NOW)) as one,
        closing(DeliveryStore.open(path, started_at=NOW)) as other,
        closing(other.open_rows()) as rows,
    ):
        for store in (one, one, other, other):
            await store.record(delivery(), VALID, account=account, answered=200)
        remove_history(path)

        after = [
            (await store.record(delivery(), VALID, account=account, answered=200)).seq
            for store in (one, one, other, one)
        ]

        assert after == [3, 4, 5, 6]
        assert rows.refresh() == 4
        assert [row.seq for row in rows.window(0, 9)] == after


async def test_what_lay_beside_a_removed_file_is_not_shared_with_the_new_one(tmp_path: Path, account: Account) -> None:
    """Only the file itself is removed: its log is kept, and a reader of the old one is not disturbed."""
    path = tmp_path / "deliveries.db"
    with closing(DeliveryStore.open(path, started_at=NOW)) as store, closing(store.open_rows()) as rows:
        for _ in range(300):
            await store.record(delivery(), VALID, account=account, answered=200)
        rows.refresh()
        path.unlink()

        await store.record(delivery(), VALID, account=account, answered=200)

        assert [row.seq for row in rows.window(0, 300)] == list(range(1, 301))
        assert rows.refresh() == 1
        assert (tmp_path / "deliveries.db.broken-wal").stat().st_size > 0
        assert store.set_aside is None
    with closing(DeliveryStore.open(path, started_at=NOW)) as store:
        assert store.run == 2


async def test_the_file_alone_is_whole_after_the_end_while_another_connection_reads(
    tmp_path: Path, account: Account
) -> None:
    """The screen and a wait still have it open then; a copy of the one file that `paths` names lacks nothing."""
    path = tmp_path / "deliveries.db"
    store = DeliveryStore.open(path, started_at=NOW)
    await store.record(delivery(), VALID, account=account, answered=200)
    with closing(connect_read_only(path)) as reader:
        assert reader.execute("SELECT count(*) FROM deliveries").fetchone() == (1,)
        store.close()
        copy = tmp_path / "copy.db"
        copy.write_bytes(path.read_bytes())

    with closing(sqlite3.connect(copy)) as copied:
        assert copied.execute("SELECT count(*) FROM deliveries").fetchone() == (1,)
