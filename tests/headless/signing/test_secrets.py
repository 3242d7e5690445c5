"""The stored secrets of an account: printed, listed without being revealed, removed by id."""

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
from webhook_tui.headless.signing.stored_accounts import current_secret, listed, remove_secret
from webhook_tui.places import Places
from webhook_tui.storage.accounts import AccountStore

TOKEN, FORMER, CURRENT = Secret("token"), Secret("whsec_former"), Secret("whsec_current")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an account with two secrets."""
    chosen = Settings(token=TOKEN, places=Places(tmp_path / "config", tmp_path / "state"))
    ring = SecretRing().registered(FORMER, NOW).registered(CURRENT, NOW)
    with closing(AccountStore.open(chosen.places.accounts)) as accounts:
        accounts.save_ring(Account.of(API_URL, TOKEN), ring)
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
