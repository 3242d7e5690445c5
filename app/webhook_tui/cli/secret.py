"""`webhook-tui secret`: the signing secrets of an account, for a script; nothing is registered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime

from webhook_tui.config import Settings
from webhook_tui.domain import units
from webhook_tui.domain.account import Account
from webhook_tui.domain.errors import ExitCode, Problem, ProblemError
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import SecretRing, cannot_remove
from webhook_tui.storage.accounts import AccountStore

_LEAST_DIGITS = 4
_MOST_DIGITS_SHOWN = 12


def current_secret(settings: Settings) -> Secret | None:
    """The current secret of the token's account, or None; raises ProblemError without a token."""
    with _ring(settings) as (_, _, ring):
        return None if ring.current is None else ring.current.secret


def listed(settings: Settings, now: datetime) -> str:
    """The account's ring as lines, the current secret first; raises ProblemError without a token."""
    with _ring(settings) as (_, _, ring):
        return "\n".join(
            f"{one.short_id:<6}{one.origin.label:<20}{units.day_time(one.since, now):<10}{one.used_for(now)}"
            for one in ring.entries()
        )


def remove_secret(settings: Settings, wanted: str) -> str:
    """Take a secret out of the account's ring and return its short id; raises ProblemError when it cannot be removed.

    `wanted`: its short id, or more digits of its SHA-256.
    """
    digits = wanted.strip().lower()
    with _ring(settings) as (accounts, account, ring):
        found = [known for known in ring.secrets if known.secret.sha256().startswith(digits)]
        if len(digits) < _LEAST_DIGITS or not found:
            raise ProblemError(
                Problem(f"No secret of this account has the id {wanted!r}.", "See: webhook-tui secret --list")
            )
        if len(found) > 1:
            ids = ", ".join(known.secret.sha256()[:_MOST_DIGITS_SHOWN] for known in found)
            raise ProblemError(Problem(f"{len(found)} secrets have this id.", f"Give more digits: {ids}"))
        if found[0] is ring.current:
            raise ProblemError(cannot_remove(found[0]))
        accounts.remove_secret(account, found[0])
        return found[0].secret.short_id


@contextmanager
def _ring(settings: Settings) -> Iterator[tuple[AccountStore, Account, SecretRing]]:
    if settings.token is None:
        raise ProblemError(
            Problem("Whose secret? No token: set PIKTID_TOKEN, or use --token-file.", "", ExitCode.USAGE)
        )
    account = Account.of(settings.api_url, settings.token)
    with closing(AccountStore.open(settings.places.accounts)) as accounts:
        yield accounts, account, accounts.ring(account)
