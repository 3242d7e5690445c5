"""What `webhook-tui secret` does: prints, lists and removes the stored signing secrets of an account."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime

from webhook_tui.config import Settings
from webhook_tui.domain import units
from webhook_tui.domain.account import Account
from webhook_tui.domain.errors import ProblemError, cannot_remove
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import SecretRing
from webhook_tui.headless import messages
from webhook_tui.storage.accounts import AccountStore

_LEAST_DIGITS = 4
_MOST_DIGITS_SHOWN = 12


def current_secret(settings: Settings) -> Secret | None:
    """Return the current secret of the token's account, or None. Raises ProblemError without a token."""
    with _ring(settings) as (_, _, ring):
        return None if ring.current is None else ring.current.secret


def listed(settings: Settings, now: datetime) -> str:
    """Return the account's secrets as lines, the current one first. Raises ProblemError without a token."""
    with _ring(settings) as (_, _, ring):
        return "\n".join(
            f"{one.short_id:<6}{one.origin.label:<20}{units.day_time(one.since, now):<10}{one.used_for(now)}"
            for one in ring.entries()
        )


def remove_secret(settings: Settings, wanted: str) -> str:
    """Remove a secret from the account's ring and return its short id. Raises ProblemError when it cannot be removed.

    `wanted`: its short id, or more digits of its SHA-256.
    """
    digits = wanted.strip().lower()
    with _ring(settings) as (accounts, account, ring):
        found = [known for known in ring.secrets if known.secret.sha256().startswith(digits)]
        if len(digits) < _LEAST_DIGITS or not found:
            raise ProblemError(messages.unknown_secret(wanted))
        if len(found) > 1:
            raise ProblemError(
                messages.ambiguous_secret([known.secret.sha256()[:_MOST_DIGITS_SHOWN] for known in found])
            )
        if found[0] is ring.current:
            raise ProblemError(cannot_remove(found[0].secret.short_id))
        accounts.remove_secret(account, found[0])
        return found[0].secret.short_id


@contextmanager
def _ring(settings: Settings) -> Iterator[tuple[AccountStore, Account, SecretRing]]:
    if settings.token is None:
        raise ProblemError(messages.NO_TOKEN_OR_FILE)
    account = Account.of(settings.api_url, settings.token)
    with closing(AccountStore.open(settings.places.accounts)) as accounts:
        yield accounts, account, accounts.ring(account)
