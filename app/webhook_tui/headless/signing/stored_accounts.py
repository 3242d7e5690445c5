"""What the accounts file holds, read for one command; a file that does not exist is not created.

All functions raise ProblemError when the file cannot be read.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from webhook_tui.config import Settings
from webhook_tui.domain.account import Account
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import SecretRing

if TYPE_CHECKING:
    from webhook_tui.storage.accounts import AccountStore


def stored_token(path: Path, api_url: str) -> Secret | None:
    """Return the token that the user stored for an API, or None."""
    with _accounts(path) as accounts:
        return None if accounts is None else accounts.token(api_url)


def with_stored_token(settings: Settings) -> Settings:
    """Return the settings; without a token, with the stored one."""
    if settings.token is None and not settings.sandbox:
        return replace(settings, token=stored_token(settings.places.accounts, settings.api_url))
    return settings


def forget_token(path: Path, api_url: str) -> bool:
    """Delete the stored token; return whether there was one."""
    with _accounts(path) as accounts:
        return accounts is not None and accounts.forget_token(api_url)


def stored_ring(path: Path, account: Account) -> SecretRing:
    """Return the account's secrets; an empty ring without any."""
    with _accounts(path) as accounts:
        return SecretRing() if accounts is None else accounts.ring(account)


def all_stored_secrets(path: Path) -> tuple[Secret, ...]:
    """Return the signing secrets of every account."""
    with _accounts(path) as accounts:
        return () if accounts is None else tuple(accounts.all_secrets())


def registered_url(path: Path, account: Account) -> str | None:
    """Return the URL that a running webhook-tui registered for the account, or None."""
    with _accounts(path) as accounts:
        return None if accounts is None else next((one.url for one in accounts.live(account)), None)


@contextmanager
def _accounts(path: Path) -> Iterator[AccountStore | None]:
    if not path.exists():
        yield None
        return
    from webhook_tui.storage.accounts import AccountStore  # noqa: PLC0415 -- the screen starts without a database

    with closing(AccountStore.open(path)) as accounts:
        yield accounts
