"""Secrets in the system keyring: only in one that works, and never lost when it does not."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as FailKeyring
from keyring.backends.null import Keyring as NullKeyring

from webhook_tui.domain.account import Account
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import SecretRing
from webhook_tui.storage.accounts import AccountStore
from webhook_tui.storage.secret_storage import FileSecretStorage, KeyringSecretStorage, vault

ACCOUNT = Account("https://api.example.com", "0" * 12)
NOW = datetime(2026, 11, 23, 14, 2, tzinfo=UTC)
SECRET = Secret("canary-of-the-keyring")


class MemoryKeyring(KeyringBackend):
    """A keyring that works; `locked` is one that stopped to."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # the library's
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        """As a real one."""
        self._check()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """As a real one."""
        self._check()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """As a real one."""
        self._check()
        del self.kept[service, username]

    def _check(self) -> None:
        if self.locked:
            raise RuntimeError("locked")


@pytest.fixture
def working() -> Iterator[MemoryKeyring]:
    """The machine's keyring is one that works."""
    before = keyring.get_keyring()
    backend = MemoryKeyring()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


def _saved(path: Path) -> None:
    store = AccountStore.open(path)
    store.save_ring(ACCOUNT, SecretRing().registered(SECRET, NOW))
    store.close()


def _held(path: Path) -> list[bytes]:
    connection = sqlite3.connect(path)
    try:
        return [held for (held,) in connection.execute("SELECT secret FROM secrets")]
    finally:
        connection.close()


def test_the_file_holds_no_secret_where_a_keyring_works(working: MemoryKeyring, tmp_path: Path) -> None:
    """And the ring is whole again after a restart."""
    path = tmp_path / "accounts.db"
    _saved(path)

    assert SECRET.reveal() in working.kept.values()
    assert all(SECRET.key not in file.read_bytes() for file in tmp_path.iterdir() if file.is_file())
    store = AccountStore.open(path)
    current = store.ring(ACCOUNT).current
    assert current is not None
    assert current.secret == SECRET
    store.save_ring(ACCOUNT, store.ring(ACCOUNT).ended(NOW))
    assert store.ring(ACCOUNT).current is None
    store.close()


def test_a_token_lies_in_the_keyring_and_goes_from_it(working: MemoryKeyring, tmp_path: Path) -> None:
    """The file names it only; what is forgotten is nowhere."""
    with closing(AccountStore.open(tmp_path / "accounts.db")) as store:
        assert store.place == "the system keyring"
        store.save_token(ACCOUNT.api_url, SECRET)
        assert SECRET.reveal() in working.kept.values()
        assert all(SECRET.key not in file.read_bytes() for file in tmp_path.iterdir() if file.is_file())
        assert store.token(ACCOUNT.api_url) == SECRET
        store.forget_token(ACCOUNT.api_url)
        assert not working.kept


@pytest.mark.parametrize("kind", [FailKeyring, NullKeyring])
def test_a_keyring_that_keeps_nothing_is_none(kind: Callable[[], KeyringBackend], tmp_path: Path) -> None:
    """Then the private file holds the secret."""
    before = keyring.get_keyring()
    keyring.set_keyring(kind())
    try:
        assert KeyringSecretStorage.find() is None
        assert isinstance(vault(), FileSecretStorage)
        _saved(tmp_path / "accounts.db")
    finally:
        keyring.set_keyring(before)

    assert _held(tmp_path / "accounts.db") == [SECRET.key]


def test_a_keyring_that_stops_to_work_loses_nothing_new(working: MemoryKeyring, tmp_path: Path) -> None:
    """What it does not take goes into the file; what it does not give is left out of the ring."""
    path = tmp_path / "accounts.db"
    _saved(path)
    store = AccountStore.open(path)
    assert store.place == "the system keyring"
    working.locked = True
    store.save_ring(ACCOUNT, SecretRing().registered(Secret("second"), NOW))

    assert [known.secret for known in store.ring(ACCOUNT).secrets] == [Secret("second")]
    working.locked = False
    assert {known.secret for known in store.ring(ACCOUNT).secrets} == {SECRET, Secret("second")}
    store.close()


def test_what_lies_in_the_file_is_still_read_with_a_keyring(tmp_path: Path, working: MemoryKeyring) -> None:
    """The extra may be installed later; saving again moves nothing that is not new."""
    path = tmp_path / "accounts.db"
    store = AccountStore.open(path, vault=FileSecretStorage)
    store.save_ring(ACCOUNT, SecretRing().registered(SECRET, NOW))
    store.close()

    store = AccountStore.open(path)
    ring = store.ring(ACCOUNT)
    assert [known.secret for known in ring.secrets] == [SECRET]
    store.save_ring(ACCOUNT, ring.ended(NOW))
    assert len(store.ring(ACCOUNT)) == 1
    assert store.ring(ACCOUNT).current is None
    store.close()


def test_a_removed_secret_leaves_the_keyring_with_its_last_account(tmp_path: Path, working: MemoryKeyring) -> None:
    """Another account may have the same one."""
    other = Account(ACCOUNT.api_url, "1" * 12)
    ring = SecretRing().added(SECRET, NOW)
    with closing(AccountStore.open(tmp_path / "accounts.db")) as accounts:
        accounts.save_ring(ACCOUNT, ring)
        accounts.save_ring(other, ring)

        accounts.remove_secret(ACCOUNT, ring.secrets[0])
        assert (accounts.ring(ACCOUNT), accounts.ring(other)) == (SecretRing(), ring)
        accounts.remove_secret(other, ring.secrets[0])

    assert SECRET.reveal() not in working.kept.values()
