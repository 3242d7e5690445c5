"""What the accounts file holds, for one command; no file is made by reading it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from tests.factories import NOW
from webhook_tui.config import API_URL, Settings
from webhook_tui.domain.account import Account
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import SecretRing
from webhook_tui.headless.signing.stored_accounts import (
    all_stored_secrets,
    current_secret,
    forget_token,
    listed,
    registered_url,
    remove_secret,
    stored_ring,
    stored_token,
    with_stored_token,
)
from webhook_tui.places import Places
from webhook_tui.storage.accounts import AccountStore

TOKEN = Secret("token")
ACCOUNT = Account.of(API_URL, TOKEN)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """Places with nothing in them."""
    return Places(tmp_path / "config", tmp_path / "state")


def test_a_file_that_is_not_there_is_not_made(places: Places) -> None:
    path = places.accounts

    assert stored_token(path, API_URL) is None
    assert stored_ring(path, ACCOUNT) == SecretRing()
    assert (all_stored_secrets(path), registered_url(path, ACCOUNT), forget_token(path, API_URL)) == ((), None, False)
    assert not path.exists()


def test_what_is_stored_is_read(places: Places) -> None:
    """A token of the options comes before the stored one, and the sandbox needs none."""
    ring = SecretRing().registered(Secret("whsec"), NOW)
    with closing(AccountStore.open(places.accounts)) as accounts:
        accounts.save_token(API_URL, TOKEN)
        accounts.save_ring(ACCOUNT, ring)
        accounts.record_registration(ACCOUNT, url="https://hook.example", webhook_id=1, at=NOW)
        assert registered_url(places.accounts, ACCOUNT) == "https://hook.example"

    assert stored_ring(places.accounts, ACCOUNT) == ring
    assert Secret("whsec") in all_stored_secrets(places.accounts)
    assert with_stored_token(Settings(places=places)).token == TOKEN
    assert with_stored_token(Settings(places=places, token=Secret("given"))).token == Secret("given")
    assert with_stored_token(Settings(places=places, sandbox=True)).token is None
    assert forget_token(places.accounts, API_URL)
    assert stored_token(places.accounts, API_URL) is None


def test_a_damaged_file_is_reported_when_it_is_moved(places: Places, capsys: pytest.CaptureFixture[str]) -> None:
    """Its secrets are not known any more, whichever command reads it first."""
    places.accounts.parent.mkdir()
    places.accounts.write_bytes(bytes(range(1, 256)) * 32)

    assert stored_ring(places.accounts, ACCOUNT) == SecretRing()
    assert all_stored_secrets(places.accounts) == ()
    assert capsys.readouterr().err == (
        "webhook-tui: The secrets file could not be read; it is kept as accounts.db.broken. "
        "A new one was started; `webhook-tui paths` prints where both are.\n"
    )


RING_TOKEN, FORMER, CURRENT = Secret("token"), Secret("whsec_former"), Secret("whsec_current")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an account with two secrets."""
    chosen = Settings(token=RING_TOKEN, places=Places(tmp_path / "config", tmp_path / "state"))
    ring = SecretRing().registered(FORMER, NOW).registered(CURRENT, NOW)
    with closing(AccountStore.open(chosen.places.accounts)) as accounts:
        accounts.save_ring(Account.of(API_URL, RING_TOKEN), ring)
    return chosen


def test_the_current_secret_and_the_list(settings: Settings) -> None:
    lines = listed(settings, NOW).splitlines()

    assert current_secret(settings) == CURRENT
    assert [line.split()[0] for line in lines] == [CURRENT.short_id, FORMER.short_id]
    assert "whsec_" not in "".join(lines)


def test_a_secret_is_removed_by_enough_digits_of_its_id(settings: Settings) -> None:
    """Not the current one, and not by digits that are too few or of none."""
    for wanted in (CURRENT.short_id, "", FORMER.sha256()[:3], "zzzz"):
        with pytest.raises(ProblemError):
            remove_secret(settings, wanted)

    assert remove_secret(settings, f" {FORMER.sha256()[:12].upper()} ") == FORMER.short_id
    assert len(listed(settings, NOW).splitlines()) == 1


def test_an_account_needs_a_token() -> None:
    with pytest.raises(ProblemError):
        current_secret(Settings())
