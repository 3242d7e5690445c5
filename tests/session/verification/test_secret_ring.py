"""The file of secrets fails while the program runs: this run goes on with what it knows, and says what to do."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.factories import signature
from tests.integration.deliveries import post
from tests.session.running import Running, sandbox_of, session_of, settings
from webhook_tui.domain.commands import RegisterWebhook
from webhook_tui.domain.events import DeliveryStored, WebhookRegistered
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.http.asgi import Asgi, Receive, Scope, Send
from webhook_tui.sandbox.service import Sandbox
from webhook_tui.session.messages import SECRET_NOT_KEPT
from webhook_tui.storage.accounts import AccountStore

REFUSES = "CREATE TRIGGER refuses BEFORE INSERT ON secrets BEGIN SELECT RAISE(FAIL, 'no'); END"


def _execute(accounts: Path, statement: str) -> None:
    with closing(sqlite3.connect(accounts)) as connection:
        connection.execute(statement)


def _secrets(accounts: Path) -> list[str]:
    with closing(AccountStore.open(accounts)) as store:
        return [secret.reveal() for secret in store.all_secrets()]


async def _is_verified_with(running: Running, sandbox: Sandbox) -> None:
    """A delivery that is signed with the newest secret is valid."""
    assert sandbox.registry.current is not None
    body = f'{{"id": {len(running.events)}}}'.encode()
    signed = signature(sandbox.registry.current.secret.reveal(), body).encode()
    assert await post(sandbox.registry.current.url, body, [(b"X-Webhook-Signature", signed)]) == 200
    event = await running.event(DeliveryStored, lambda event: event.delivery.body == body)
    assert event.row.verdict is Verdict.VALID


async def test_a_secret_that_cannot_be_kept_counts_for_this_run(tmp_path: Path) -> None:
    """It cannot be written: deliveries are verified with it; registering again keeps both."""
    chosen = settings(tmp_path)
    accounts = chosen.places.accounts

    def refusing(app: Asgi) -> Asgi:
        async def answered(scope: Scope, receive: Receive, send: Send) -> None:
            if (scope.get("method"), scope.get("path"), is_full) == ("PUT", "/webhooks", [True]):
                _execute(accounts, REFUSES)
                is_full.clear()
            await app(scope, receive, send)

        return answered

    is_full = [True]
    async with (
        sandbox_of(wrap=refusing) as (sandbox, api_url),
        session_of(settings(tmp_path, api_url=api_url)) as running,
    ):
        await running.event(WebhookRegistered)
        await running.until(lambda status: SECRET_NOT_KEPT in status.notes)
        await _is_verified_with(running, sandbox)
        assert sandbox.registry.current is not None
        first = sandbox.registry.current.secret
        assert first in running.session.known_secrets()
        assert _secrets(accounts) == []

        _execute(accounts, "DROP TRIGGER refuses")
        running.ask(RegisterWebhook(new_secret=True))
        await running.until(lambda status: SECRET_NOT_KEPT not in status.notes)
        await _is_verified_with(running, sandbox)
        assert set(_secrets(accounts)) == {first.reveal(), sandbox.registry.current.secret.reveal()}


async def test_a_file_of_secrets_that_is_removed_is_made_again(tmp_path: Path) -> None:
    """With the next registration; it has this run's secrets, the earlier one, too."""
    chosen = settings(tmp_path)
    accounts = chosen.places.accounts
    async with sandbox_of() as (sandbox, api_url):
        async with session_of(settings(tmp_path, api_url=api_url)) as running:
            await running.event(WebhookRegistered)
            first = _secrets(accounts)
            for file in accounts.parent.glob("accounts.db*"):
                file.unlink()
            await _is_verified_with(running, sandbox)
            running.ask(RegisterWebhook(new_secret=True))
            await running.event(WebhookRegistered, lambda _: len(running.all(WebhookRegistered)) == 2)
            await _is_verified_with(running, sandbox)
            assert sandbox.registry.current is not None
            assert set(_secrets(accounts)) == {*first, sandbox.registry.current.secret.reveal()}
            assert accounts.stat().st_mode & 0o777 == 0o600
        assert sandbox.registry.current is None
