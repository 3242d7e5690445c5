"""What the accounts file holds, read for one command; a file that does not exist is not created.

All functions raise ProblemError when the file cannot be read.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from webhook_tui.config import Settings
from webhook_tui.domain import units
from webhook_tui.domain.account import Account
from webhook_tui.domain.errors import ProblemError, cannot_remove
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import SecretRing
from webhook_tui.headless import messages

if TYPE_CHECKING:
    from webhook_tui.storage.accounts import AccountStore

_LEAST_DIGITS = 4
_MOST_DIGITS_SHOWN = 12


def stored_token(path: Path, api_url: str) -> Secret | None:
    """Return the token that the user stored for an API, or None."""
    with open_accounts(path) as accounts:
        return None if accounts is None else accounts.token(api_url)


def with_stored_token(settings: Settings) -> Settings:
    """Return the settings; without a token, with the stored one."""
    if settings.token is None and not settings.sandbox:
        return replace(settings, token=stored_token(settings.places.accounts, settings.api_url))
    return settings


def forget_token(path: Path, api_url: str) -> bool:
    """Delete the stored token; return whether there was one."""
    with open_accounts(path) as accounts:
        return accounts is not None and accounts.forget_token(api_url)


def stored_ring(path: Path, account: Account) -> SecretRing:
    """Return the account's secrets; an empty ring without any."""
    with open_accounts(path) as accounts:
        return SecretRing() if accounts is None else accounts.ring(account)


def all_stored_secrets(path: Path) -> tuple[Secret, ...]:
    """Return the signing secrets of every account."""
    with open_accounts(path) as accounts:
        return () if accounts is None else tuple(accounts.all_secrets())


def registered_url(path: Path, account: Account) -> str | None:
    """Return the URL that a running webhook-tui registered for the account, or None."""
    with open_accounts(path) as accounts:
        return None if accounts is None else next((one.url for one in accounts.live(account)), None)


@contextmanager
def open_accounts(path: Path) -> Iterator[AccountStore | None]:
    """Open the file, None where there is none; print where a damaged one was moved. Raises ProblemError."""
    if not path.exists():
        yield None
        return
    from webhook_tui.storage.accounts import AccountStore  # noqa: PLC0415 -- the screen starts without a database

    with closing(AccountStore.open(path)) as accounts:
        if accounts.set_aside is not None:
            from webhook_tui.headless.text_style import print_note  # noqa: PLC0415 -- rarely needed, and slow
            from webhook_tui.session.messages import set_aside  # noqa: PLC0415 -- rarely needed
            from webhook_tui.storage.database.schema import ACCOUNTS  # noqa: PLC0415 -- rarely needed

            print_note(f"webhook-tui: {set_aside(f'The {ACCOUNTS.called}', accounts.set_aside).sentence()}")
        yield accounts


def current_secret(settings: Settings) -> Secret | None:
    """Return the current secret of the token's account, or None. Raises ProblemError without a token."""
    current = stored_ring(settings.places.accounts, _account(settings)).current
    return None if current is None else current.secret


def listed(settings: Settings, now: datetime) -> str:
    """Return the account's secrets as lines, the current one first. Raises ProblemError without a token."""
    return "\n".join(
        f"{one.short_id:<6}{one.origin.label:<20}{units.day_time(one.since, now):<10}{one.used_for(now)}"
        for one in stored_ring(settings.places.accounts, _account(settings)).entries()
    )


def remove_secret(settings: Settings, wanted: str) -> str:
    """Remove a secret from the account's ring and return its short id. Raises ProblemError when it cannot be removed.

    `wanted`: its short id, or more digits of its SHA-256.
    """
    digits = wanted.strip().lower()
    account = _account(settings)
    with open_accounts(settings.places.accounts) as accounts:
        ring = SecretRing() if accounts is None else accounts.ring(account)
        found = [known for known in ring.secrets if known.secret.sha256().startswith(digits)]
        if accounts is None or len(digits) < _LEAST_DIGITS or not found:
            raise ProblemError(messages.unknown_secret(wanted))
        if len(found) > 1:
            raise ProblemError(
                messages.ambiguous_secret([known.secret.sha256()[:_MOST_DIGITS_SHOWN] for known in found])
            )
        if found[0] is ring.current:
            raise ProblemError(cannot_remove(found[0].secret.short_id))
        accounts.remove_secret(account, found[0])
        return found[0].secret.short_id


def _account(settings: Settings) -> Account:
    if settings.token is None:
        raise ProblemError(messages.NO_TOKEN)
    return Account.of(settings.api_url, settings.token)
