"""Data of each account: its signing secrets, registrations and answers, in a file of its own with mode 0600.

A deleted file is created again before the next use, with the registrations of this process.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path

from msgspec import Struct

from webhook_tui.domain.account import Account
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.forwarding.forward_result import UsedUrl
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import Origin, SecretRing, SigningSecret, merged
from webhook_tui.storage.database.connection import open_database, transaction
from webhook_tui.storage.database.errors import NOT_SAVED
from webhook_tui.storage.database.files import identity
from webhook_tui.storage.database.locks import ProcessLock
from webhook_tui.storage.database.schema import ACCOUNTS
from webhook_tui.storage.mappers import microseconds, moment
from webhook_tui.storage.secret_storage import FileSecretStorage, SecretStorage, is_in_keyring, vault

MOST_URLS = 20
"""Stored for an account."""


class Registration(Struct, frozen=True):
    """A PUT /webhooks that was answered and whose webhook was not deleted since."""

    registration_id: int
    url: str
    webhook_id: int | str | None
    at: datetime


class AccountStore:
    """One open accounts.db; used by one thread at a time, while other programs may use the same file.

    Every method raises ProblemError when the file cannot be read or written.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        vault: Callable[[], SecretStorage],
        *,
        path: Path | None = None,
        set_aside: Path | None = None,
    ) -> None:
        self._connection = connection
        self._find_vault = vault
        self._path = path
        self._identity = identity(path) if path is not None else None
        self._lock = ProcessLock(path) if path is not None else None
        self._unended_here: dict[int, tuple[str, str, str, int]] = {}
        """Registrations of this process: number to account, URL, webhook id and time, as the file holds them."""
        self.set_aside = set_aside
        """Where a damaged file was moved, if there was one."""

    @classmethod
    def open(cls, path: Path | None, *, vault: Callable[[], SecretStorage] = vault) -> AccountStore:
        """Open or create the file at `path`; None: in memory only. Raises ProblemError.

        `vault` finds the storage of the secrets' values, when it is first needed: finding a keyring takes a quarter of
        a second. In memory they are stored nowhere else.
        """
        if path is None:
            connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
            connection.executescript("\n".join(ACCOUNTS.migrations))
            return cls(connection, FileSecretStorage)
        opened = open_database(path, ACCOUNTS, always_private=True)
        try:
            return cls(opened.connection, vault, path=path, set_aside=opened.set_aside)
        except OSError as error:
            opened.connection.close()
            raise ProblemError(NOT_SAVED) from error

    @cached_property
    def _vault(self) -> SecretStorage:
        return self._find_vault()

    def _reveal(self, held: bytes) -> Secret | None:
        return (self._vault if is_in_keyring(held) else FileSecretStorage()).reveal(held)

    def _reopen_if_deleted(self) -> None:
        """Without this, SQLite would go on writing to a deleted file, and the data would be lost."""
        if self._path is None or (self._identity is not None and identity(self._path) == self._identity):
            return
        opened = open_database(self._path, ACCOUNTS, always_private=True)
        self._connection.close()
        self._connection = opened.connection
        self.set_aside = self.set_aside or opened.set_aside
        if self._lock is not None:
            self._lock.release()
        self._lock = ProcessLock(self._path)
        with transaction(self._connection):
            self._connection.executemany(
                "INSERT OR IGNORE INTO registrations (id, account, url, webhook_id, at, process) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                [(number, *columns, self._lock.name) for number, columns in self._unended_here.items()],
            )
        self._identity = identity(self._path)

    def ring(self, account: Account) -> SecretRing:
        """Return the saved secrets of the account, oldest first."""
        with self._reading():
            found = self._connection.execute(
                "SELECT secret, since, until, origin FROM secrets WHERE account = ? ORDER BY position", (account.key,)
            )
            known = (self._signing_secret(*columns) for columns in found)
            return SecretRing(tuple(secret for secret in known if secret is not None))

    def all_secrets(self) -> Sequence[Secret]:
        """Return all secrets and tokens of all accounts. Redaction removes them from whatever leaves the program."""
        with self._reading():
            found = self._connection.execute("SELECT secret FROM secrets UNION SELECT held FROM tokens")
            revealed = (self._reveal(held) for (held,) in found)
            return [secret for secret in revealed if secret is not None]

    def save_ring(self, account: Account, ring: SecretRing) -> None:
        """Add what is new in `ring` to what another process may have saved meanwhile; no secret is deleted.

        Secrets given for one run are not saved, nor entries that another process removed meanwhile.
        """
        with self._transaction():
            before = self.ring(account)
            after = merged(before, ring.stored())
            withdrawn = self._withdrawn(account)
            for known in after.secrets:
                old = before.get(known.secret_id)
                if old is None and (known.secret_id, microseconds(known.since)) in withdrawn:
                    continue
                if old is None or old.since != known.since:
                    self._put_last(account, known)
                elif old != known:
                    self._connection.execute(
                        "UPDATE secrets SET until = ?, origin = ? WHERE account = ? AND secret IN (?, ?)",
                        (
                            *(_time(known.until), known.origin.value, account.key),
                            *(self._vault.seal(known.secret), known.secret.key),
                        ),
                    )

    def remove_secret(self, account: Account, known: SigningSecret) -> None:
        """Delete this entry, and do not save it again when another process saves a ring that has it."""
        held = (self._vault.seal(known.secret), known.secret.key)
        with self._transaction():
            self._withdraw(account, known)
            self._connection.execute("DELETE FROM secrets WHERE account = ? AND secret IN (?, ?)", (account.key, *held))
            others = self._connection.execute("SELECT 1 FROM secrets WHERE secret IN (?, ?)", held).fetchone()
            if others is None:
                self._vault.forget(held[0])

    def withdraw_untrusted(self, account: Account) -> Sequence[SigningSecret]:
        """Withdraw secrets that an earlier version stored and that are not trusted; return those withdrawn now."""
        with self._transaction():
            withdrawn = self._withdrawn(account)
            found = [
                known
                for known in self.ring(account).secrets
                if not known.is_trusted and (known.secret_id, microseconds(known.since)) not in withdrawn
            ]
            for known in found:
                self._withdraw(account, known)
            return found

    def withdrawn(self, account: Account) -> frozenset[str]:
        """Fingerprints of the secrets that were removed or are not trusted; they may have been added again since."""
        with self._reading():
            return frozenset(secret_id for secret_id, _ in self._withdrawn(account))

    def _withdrawn(self, account: Account) -> set[tuple[str, int]]:
        return set(
            self._connection.execute(
                "SELECT secret_id, since FROM withdrawn_secrets WHERE account = ?", (account.key,)
            ).fetchall()
        )

    def _withdraw(self, account: Account, known: SigningSecret) -> None:
        self._connection.execute(
            "INSERT OR IGNORE INTO withdrawn_secrets VALUES (?, ?, ?)",
            (account.key, known.secret_id, microseconds(known.since)),
        )

    def _put_last(self, account: Account, known: SigningSecret) -> None:
        self._connection.execute(
            "DELETE FROM secrets WHERE account = ? AND secret = ?", (account.key, known.secret.key)
        )
        self._connection.execute(
            "REPLACE INTO secrets (account, secret, since, until, origin) VALUES (?, ?, ?, ?, ?)",
            (account.key, self._vault.keep(known.secret), _time(known.since), _time(known.until), known.origin.value),
        )

    @property
    def place(self) -> str:
        """Where secrets are stored, for people: `the system keyring`."""
        return self._vault.place

    @property
    def ring_place(self) -> str:
        """The same in a word or two, for the ring; empty: it is in memory only."""
        return "" if self._path is None else self._vault.short_place

    def token(self, api_url: str) -> Secret | None:
        """Return the saved token for an API, or None."""
        with self._reading():
            found = self._connection.execute(
                "SELECT held FROM tokens WHERE api_url = ?", (api_url.rstrip("/"),)
            ).fetchone()
            return None if found is None else self._reveal(found[0])

    def save_token(self, api_url: str, token: Secret) -> None:
        """Save the token for an API in place of the previous one."""
        self.forget_token(api_url)
        with self._transaction():
            self._connection.execute("INSERT INTO tokens VALUES (?, ?)", (api_url.rstrip("/"), self._vault.keep(token)))

    def forget_token(self, api_url: str) -> bool:
        """Delete the token for an API; return whether there was one."""
        with self._transaction():
            gone = self._connection.execute(
                "DELETE FROM tokens WHERE api_url = ? RETURNING held", (api_url.rstrip("/"),)
            ).fetchall()
            for (held,) in gone:
                self._vault.forget(held)
        return bool(gone)

    def was_ownership_asked(self, account: Account) -> bool:
        """Whether the user was asked about a webhook that the API does not show."""
        with self._reading():
            found = self._connection.execute("SELECT 1 FROM guards WHERE account = ?", (account.key,)).fetchone()
            return found is not None

    def record_ownership_asked(self, account: Account, at: datetime) -> None:
        """Record that the user was asked; the first time is kept."""
        with self._transaction():
            self._connection.execute("INSERT OR IGNORE INTO guards VALUES (?, ?)", (account.key, microseconds(at)))

    def used_urls(self, account: Account) -> Sequence[UsedUrl]:
        """Return the URLs to which the user forwarded or replayed, last used first."""
        with self._reading():
            found = self._connection.execute(
                "SELECT url, at FROM used_urls WHERE account = ? ORDER BY at DESC LIMIT ?", (account.key, MOST_URLS)
            )
            return [UsedUrl(url, moment(at)) for url, at in found]

    def record_used_url(self, account: Account, used: UsedUrl) -> None:
        """Record that a URL was used; the oldest ones beyond 20 are deleted."""
        with self._transaction():
            self._connection.execute(
                "REPLACE INTO used_urls VALUES (?, ?, ?)", (account.key, used.url, microseconds(used.at))
            )
            self._connection.execute(
                "DELETE FROM used_urls WHERE account = ? AND url NOT IN "
                "(SELECT url FROM used_urls WHERE account = ? ORDER BY at DESC LIMIT ?)",
                (account.key, account.key, MOST_URLS),
            )

    def record_registration(self, account: Account, *, url: str, webhook_id: int | str | None, at: datetime) -> int:
        """Record that this process registered `url`; return the number for `end_registration`."""
        columns = (account.key, url, json.dumps(webhook_id), microseconds(at))
        with self._transaction():
            cursor = self._connection.execute(
                "INSERT INTO registrations (account, url, webhook_id, at, process) VALUES (?, ?, ?, ?, ?)",
                (*columns, self._lock.name if self._lock else ""),
            )
        assert cursor.lastrowid is not None
        self._unended_here[cursor.lastrowid] = columns
        return cursor.lastrowid

    def end_registration(self, registration_id: int, at: datetime) -> None:
        """Record that a registration was deleted, replaced or abandoned; the first time is kept."""
        self._unended_here.pop(registration_id, None)
        with self._transaction():
            self._connection.execute(
                "UPDATE registrations SET ended_at = ? WHERE id = ? AND ended_at IS NULL",
                (microseconds(at), registration_id),
            )

    def abandoned(self, account: Account) -> Sequence[Registration]:
        """Return registrations that dead processes did not end, newest first."""
        return self._unended(account, alive=False)

    def live(self, account: Account) -> Sequence[Registration]:
        """Return registrations of running processes, newest first."""
        return self._unended(account, alive=True)

    def _unended(self, account: Account, *, alive: bool) -> Sequence[Registration]:
        with self._reading():
            found = self._connection.execute(
                "SELECT process, id, url, webhook_id, at FROM registrations "
                "WHERE account = ? AND ended_at IS NULL ORDER BY id DESC",
                (account.key,),
            ).fetchall()
            return [
                Registration(number, url, json.loads(webhook_id), moment(at))
                for process, number, url, webhook_id, at in found
                if self._lock is not None and self._lock.is_alive(process) is alive
            ]

    def _signing_secret(self, held: bytes, since: int, until: int | None, origin: str) -> SigningSecret | None:
        secret = self._reveal(held)
        if secret is None:
            return None
        return SigningSecret(secret, moment(since), None if until is None else moment(until), Origin(origin))

    def close(self) -> None:
        """Close the file: registrations that were not ended count as abandoned from now on. Idempotent."""
        self._connection.close()
        if self._lock is not None:
            self._lock.release()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with _translating_errors():
            self._reopen_if_deleted()
            yield

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._reading(), transaction(self._connection):
            yield


@contextmanager
def _translating_errors() -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise ProblemError(NOT_SAVED) from error


def _time(at: datetime | None) -> int | None:
    return None if at is None else microseconds(at)
