"""`webhook-tui secret`: the current signing secret of an account, for a script; nothing is registered or changed."""

from __future__ import annotations

from webhook_tui.config import Settings
from webhook_tui.domain.account import Account
from webhook_tui.domain.errors import ExitCode, Problem, ProblemError
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.storage.accounts import AccountStore


def current_secret(settings: Settings) -> Secret | None:
    """The current secret of the token's account, or None; raises ProblemError without a token."""
    if settings.token is None:
        raise ProblemError(
            Problem("Whose secret? No token: set PIKTID_TOKEN, or use --token-file.", "", ExitCode.USAGE)
        )
    accounts = AccountStore.open(settings.places.accounts)
    try:
        current = accounts.ring(Account.of(settings.api_url, settings.token)).current
    finally:
        accounts.close()
    return None if current is None else current.secret
