"""The API token that the user had kept for the next run: read where no other is given, and forgotten on demand."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from webhook_tui.domain.signature.secret import Secret
from webhook_tui.storage.accounts import AccountStore


def kept_token(accounts: Path, api_url: str) -> Secret | None:
    """The token that was kept for an API, or None; makes no file. Raises ProblemError."""
    if not accounts.exists():
        return None
    with closing(AccountStore.open(accounts)) as store:
        return store.token(api_url)


def forget_token(accounts: Path, api_url: str) -> bool:
    """Keep none any more; whether there was one. Raises ProblemError."""
    if not accounts.exists():
        return False
    with closing(AccountStore.open(accounts)) as store:
        return store.forget_token(api_url)
