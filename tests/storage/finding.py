"""Searches in tests: opened, awaited with a deadline, and closed with their threads."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from time import monotonic

from tests.factories import NOW, VALID, delivery
from tests.timeouts import TIMEOUT_SECONDS
from webhook_tui.domain.account import Account
from webhook_tui.domain.delivery.rows import DeliveryRows, FoundRows, Sort
from webhook_tui.domain.filtering.filter import parse
from webhook_tui.domain.signature.verdict import VerificationResult
from webhook_tui.storage.history import DeliveryStore
from webhook_tui.storage.mappers import encode_headers


class Finding:
    """A search and its rows, read on the test's thread."""

    def __init__(self, store: DeliveryStore, text: str, sort: Sort, now: datetime) -> None:
        self._news = threading.Event()
        before = set(threading.enumerate())
        self.rows: FoundRows = store.open_found(parse(text), sort=sort, now=now, changed=self._news.set)
        (self._thread,) = [
            thread for thread in threading.enumerate() if thread.name == "history-search" and thread not in before
        ]

    def seqs(self) -> list[int]:
        """All that it found, once it is done with what was there when it was last woken."""
        self.until_done()
        return shown(self.rows)

    def until_done(self) -> None:
        """Wait for its first complete view."""
        while self.rows.refresh() is None or not self.rows.progress.is_done:
            self.wait()

    def until(self, seqs: Sequence[int]) -> None:
        """Wait until it shows exactly these."""
        while self.rows.refresh() is None or shown(self.rows) != list(seqs):
            self.wait()

    def wait(self) -> None:
        """Wait for it to tell of something new."""
        assert self._news.wait(TIMEOUT_SECONDS), f"nothing new beside {shown(self.rows)}"
        self._news.clear()

    def close(self) -> None:
        """Close the rows and see that the thread ends."""
        self.rows.close()
        self._thread.join(TIMEOUT_SECONDS)
        assert not self._thread.is_alive()


async def record_statuses(
    store: DeliveryStore,
    account: Account,
    *statuses: str,
    verification: VerificationResult = VALID,
    answered: int | None = 200,
) -> None:
    """Record deliveries whose jobs have these statuses, one after the other."""
    for status in statuses:
        body = json.dumps({"id": 1, "data": {"status": status}}).encode()
        await store.record(delivery(body), verification, account=account, answered=answered)


def remove_history(path: Path) -> None:
    """Delete the file and those beside it, as `rm deliveries.db*` does."""
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()


class Damage:
    """Overwrites most of a history's file, and mends it again; what was read from it lies in SQLite's caches."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._whole = path.read_bytes()
        self._write(self._whole[:4096] + b"\xa5" * (len(self._whole) - 8192))

    def mend(self) -> None:
        """Write the bytes that were there."""
        self._write(self._whole)

    def _write(self, content: bytes) -> None:
        with self._path.open("r+b") as file:
            file.write(content)
            file.truncate()  # another size: two changes may have the same time


def shown(rows: DeliveryRows) -> list[int]:
    """The numbers of all rows, in order."""
    return [row.seq for row in rows.window(0, len(rows))]


@contextmanager
def finding(store: DeliveryStore, text: str, *, sort: Sort | None = None, now: datetime = NOW) -> Iterator[Finding]:
    """A search that is ended afterwards."""
    opened = Finding(store, text, sort or Sort(), now)
    try:
        yield opened
    finally:
        opened.close()


async def index_words(store: DeliveryStore) -> None:
    """Wait until every delivery that is committed has its words."""
    deadline = monotonic() + TIMEOUT_SECONDS
    with closing(sqlite3.connect(store.path)) as connection:
        behind = "SELECT coalesce(max(seq), 0) > (SELECT done FROM indexing) FROM deliveries"
        while connection.execute(behind).fetchone()[0]:
            assert monotonic() < deadline
            await asyncio.sleep(0.01)


def insert_earlier(connection: sqlite3.Connection, account: Account, *bodies: bytes, verdict: str = "valid") -> None:
    """Insert deliveries into a history of any version."""
    for body in bodies:
        connection.execute(
            "INSERT INTO deliveries (run, account, received_at, client, method, target, event, verdict, reason, short, "
            "attempt, size, about) VALUES (1, ?, 0, '', 'POST', '/', '', ?, '', '', 1, ?, '')",
            (account.key, verdict, len(body)),
        )
        connection.execute("INSERT INTO bodies VALUES (last_insert_rowid(), ?, ?)", (encode_headers(()), body))
