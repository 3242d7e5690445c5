"""The API token that the user had kept for the next run: read where no other is given, and forgotten on demand."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from msgspec.structs import replace

from webhook_tui.config import Settings
from webhook_tui.domain.signature.secret import Secret


def kept_token(accounts: Path, api_url: str) -> Secret | None:
    """The token that was kept for an API, or None; makes no file. Raises ProblemError."""
    if not accounts.exists():
        return None
    from webhook_tui.storage.accounts import AccountStore

    with closing(AccountStore.open(accounts)) as store:
        return store.token(api_url)


def with_kept_token(settings: Settings) -> Settings:
    """Return the settings; where no token is given, with the one that was kept. Raises ProblemError."""
    if settings.token is None and not settings.sandbox:
        return replace(settings, token=kept_token(settings.places.accounts, settings.api_url))
    return settings


def forget_token(accounts: Path, api_url: str) -> bool:
    """Keep none any more; whether there was one. Raises ProblemError."""
    if not accounts.exists():
        return False
    from webhook_tui.storage.accounts import AccountStore

    with closing(AccountStore.open(accounts)) as store:
        return store.forget_token(api_url)
