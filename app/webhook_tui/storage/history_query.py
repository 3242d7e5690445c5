"""Reads a history for a command: while a session writes to it, and when none does. Nothing is changed."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Self

from msgspec import Struct

from webhook_tui.domain.account import Account
from webhook_tui.domain.delivery.delivery import Delivery, StoredDelivery
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.filtering.filter import Expression
from webhook_tui.domain.jobs.job import USUAL_FIELDS, JobFields
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.storage.database.connection import connect_read_only, is_set_up, migrate_if_outdated
from webhook_tui.storage.database.errors import (
    is_no_database,
    no_delivery,
    no_history,
    not_a_history,
    not_read,
    reading,
)
from webhook_tui.storage.database.schema import HISTORY
from webhook_tui.storage.mappers import LARGEST_SEQ, STORED, find_stored, microseconds, read_page, stored_of
from webhook_tui.storage.search.search import find_in_history

_PAGE = 200
_CHOSEN = " ".join((STORED, "WHERE d.seq IN (SELECT value FROM json_each(?)) ORDER BY d.seq"))
_AFTER = " ".join((STORED, "WHERE d.seq > ? ORDER BY d.seq LIMIT ?"))
_NEAREST = " ".join(
    (
        STORED,
        "WHERE d.account = (SELECT account FROM deliveries WHERE seq = :seq) AND d.seq != :seq",
        "AND d.seq BETWEEN :seq - :count AND :seq + :count AND d.size <= :largest",
        "ORDER BY abs(d.seq - :seq) LIMIT :count",
    )
)


class AccountFilter(Struct, frozen=True):
    """Which accounts' deliveries are read; the default is all of them."""

    api_url: str | None = None
    token: Secret | None = None
    """Of an account at `api_url`."""

    def includes(self, account: Account) -> bool:
        """Return whether deliveries of that account are read."""
        if self.token is not None and account.token_fingerprint != self.token.fingerprint():
            return False
        return self.api_url is None or account.api_url == self.api_url.rstrip("/")


class HistoryQuery:
    """One open history, for one thread. Every method raises ProblemError when the file cannot be read."""

    def __init__(self, path: Path, accounts: AccountFilter | None = None) -> None:
        """Raises ProblemError when there is no history at `path`, or it is another program's file.

        A file of an earlier version is migrated first.
        """
        if not path.is_file():
            raise ProblemError(no_history(path))
        check_history(path)
        migrate_if_outdated(path, HISTORY)
        self.path = path
        self._accounts = accounts or AccountFilter()
        self._connection = connect_read_only(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def last_seq(self) -> int:
        """Return the largest number that was ever given; 0: none."""
        with reading():
            found = self._connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'deliveries'").fetchone()
        return 0 if found is None else int(found[0])

    def change_count(self) -> int:
        """Return a number that differs from the last one when another connection has committed meanwhile."""
        with reading():
            (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        return int(version)

    def seqs(
        self, expression: Expression | None, now: datetime, *, job_fields: JobFields = USUAL_FIELDS
    ) -> Sequence[int]:
        """Return the numbers of all deliveries that pass the filter, oldest first. `now`: from when `age:` counts."""
        keys = self.account_keys()
        if expression is None and keys is None:
            return self._numbers("SELECT seq FROM deliveries ORDER BY seq")
        if keys is None:
            assert expression is not None
            return find_in_history(self.path, expression, now, job_fields=job_fields)
        own: list[int] = sorted(
            seq for key in keys for seq in self._numbers("SELECT seq FROM deliveries WHERE account = ?", key)
        )
        if expression is None:
            return own
        found = set(find_in_history(self.path, expression, now, job_fields=job_fields))
        return [seq for seq in own if seq in found]

    def deliveries(self, seqs: Sequence[int]) -> Iterator[StoredDelivery]:
        """Yield those of the deliveries that are stored, oldest first."""
        for start in range(0, len(seqs), _PAGE):
            some = list(seqs[start : start + _PAGE])
            while page := self._chosen(some):
                yield from page
                some = [seq for seq in some if seq > page[-1].row.seq]

    def _chosen(self, seqs: Sequence[int]) -> Sequence[StoredDelivery]:
        if not seqs:
            return []
        with reading():
            return read_page(self._connection.execute(_CHOSEN, (json.dumps(seqs),)))

    def after(self, seq: int, limit: int = _PAGE) -> Sequence[StoredDelivery]:
        """Return at most `limit` deliveries with numbers greater than `seq`, oldest first, of any account."""
        with reading():
            return read_page(self._connection.execute(_AFTER, (min(seq, LARGEST_SEQ), limit)))

    def stored(self, seq: int) -> StoredDelivery:
        """Return a delivery. Raises ProblemError also when it is not stored, or of an account that is not read."""
        with reading():
            stored = find_stored(self._connection, seq)
        if stored is None or not self.is_included(seq):
            raise ProblemError(no_delivery(seq))
        return stored

    def account(self, seq: int) -> Account:
        """Return the account whose webhook received a delivery. Raises ProblemError also when it was deleted."""
        account = self._find_account(seq)
        if account is None:
            raise ProblemError(no_delivery(seq))
        return account

    def is_included(self, seq: int) -> bool:
        """Return whether a delivery is of an account that is read; False for one of them that was deleted meanwhile."""
        if self._accounts == AccountFilter():
            return True
        account = self._find_account(seq)
        return account is not None and self._accounts.includes(account)

    def _find_account(self, seq: int) -> Account | None:
        with reading():
            found = self._connection.execute("SELECT account FROM deliveries WHERE seq = ?", (seq,)).fetchone()
        return None if found is None else _account(found[0])

    def recent(self, seq: int, count: int, largest: int) -> Sequence[StoredDelivery]:
        """Return the nearest `count` deliveries of its account, newest first, without it and those over `largest`."""
        with reading():
            found = self._connection.execute(_NEAREST, {"seq": seq, "count": count, "largest": largest})
            nearest = [stored_of(columns) for columns in found]
        return sorted(nearest, key=lambda stored: -stored.row.seq)

    def account_keys(self) -> list[str] | None:
        """Return the keys of the accounts that are read; None: all."""
        if self._accounts == AccountFilter():
            return None
        with reading():
            found = self._connection.execute("SELECT DISTINCT account FROM deliveries").fetchall()
        return [key for (key,) in found if self._accounts.includes(_account(key))]

    def _numbers(self, statement: str, *parameters: str) -> Sequence[int]:
        with reading():
            return [seq for (seq,) in self._connection.execute(statement, parameters)]


def is_history(path: Path) -> bool:
    """Return whether the file has its tables: False also while they are being made. Raises ProblemError."""
    with closing(connect_read_only(path)) as connection:
        return is_set_up(connection)


def check_history(path: Path) -> None:
    """Raise ProblemError when the file cannot be read, or has no tables."""
    with closing(connect_read_only(path)) as connection:
        try:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
        except sqlite3.Error as error:
            raise ProblemError(not_a_history(path) if is_no_database(error) else not_read(error)) from error
    if version == 0:
        raise ProblemError(not_a_history(path))


def _account(key: str) -> Account:
    api_url, _, fingerprint = key.rpartition("#")
    return Account(api_url, fingerprint)


class StoredCopies:
    """Checks whether a delivery is in a history already, by its time to the millisecond, its path and its bytes."""

    def __init__(self, path: Path) -> None:
        """Raises ProblemError when the history cannot be read."""
        self._connection = connect_read_only(path)
        with reading():
            found = self._connection.execute("SELECT received_at, seq FROM deliveries ORDER BY received_at").fetchall()
        self._times = array("q", (received_at // 1000 for received_at, _ in found))
        self._seqs = array("q", (seq for _, seq in found))
        self._asked: set[tuple[int, str, bytes]] = set()

    def has(self, delivery: Delivery) -> bool:
        """Return whether it is stored, or was passed to this method before. Raises ProblemError."""
        time = microseconds(delivery.received_at) // 1000
        key = (time, delivery.target, hashlib.sha256(delivery.body).digest())
        if key in self._asked:
            return True
        self._asked.add(key)
        places = range(bisect_left(self._times, time), bisect_right(self._times, time))
        with reading():
            candidates = [find_stored(self._connection, self._seqs[place]) for place in places]
        return any(
            stored is not None and (stored.delivery.target, stored.delivery.body) == (delivery.target, delivery.body)
            for stored in candidates
        )

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
