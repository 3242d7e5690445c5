"""An account is identified by its API and its token, without holding the token."""

from __future__ import annotations

from webhook_tui.domain.account import Account
from webhook_tui.domain.signature.secret import Secret


def test_an_account_is_an_api_and_a_token() -> None:
    token = Secret("pk_live_1")
    account = Account.of("https://api.example/", token)

    assert account == Account.of("https://api.example", Secret("pk_live_1"))
    assert account != Account.of("https://api.example", Secret("pk_live_2"))
    assert account != Account.of("https://other.example", token)
    assert token.reveal() not in account.key


def test_without_a_token_it_is_the_anonymous_account_of_the_api() -> None:
    assert Account.of("https://api.example", None).key == "https://api.example#"
