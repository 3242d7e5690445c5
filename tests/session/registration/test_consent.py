"""Whether a webhook that is not ours is replaced: asked, refused, or taken for granted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.session.running import ELSEWHERE, register_elsewhere, sandbox_of, session_of, settings, url_at
from webhook_tui.domain.commands import (
    OwnershipChoice,
    ResolveOwnership,
    UseToken,
)
from webhook_tui.domain.errors import ExitCode
from webhook_tui.domain.events import (
    OwnershipQuestioned,
    ProblemOccurred,
    WebhookRegistered,
)
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.status import WebhookState
from webhook_tui.http.asgi import Asgi, Receive, Scope, Send
from webhook_tui.sandbox.asgi import application


async def test_someone_elses_webhook_ends_a_session_that_cannot_ask(tmp_path: Path) -> None:
    """And it is still there afterwards."""
    async with sandbox_of() as (sandbox, api_url):
        await register_elsewhere(api_url)
        async with session_of(settings(tmp_path, api_url=api_url)) as running:
            failed = await running.event(ProblemOccurred)
        assert failed.fatal
        assert failed.problem.exit_code is ExitCode.API
        assert ELSEWHERE in failed.problem.message
        assert url_at(sandbox) == ELSEWHERE


async def test_replace_does_not_ask(tmp_path: Path) -> None:
    """--replace says it all."""
    async with sandbox_of() as (sandbox, api_url):
        await register_elsewhere(api_url)
        async with session_of(settings(tmp_path, api_url=api_url, replace=True)) as running:
            await running.event(WebhookRegistered)
            assert url_at(sandbox) not in (None, ELSEWHERE)


@pytest.mark.parametrize("choice", list(OwnershipChoice))
async def test_the_guard_does_what_is_chosen(tmp_path: Path, choice: OwnershipChoice) -> None:
    """Keep and watch touch nothing; replace replaces."""
    async with sandbox_of() as (sandbox, api_url):
        await register_elsewhere(api_url)
        async with session_of(settings(tmp_path, api_url=api_url), asks=True) as running:
            asked = await running.event(OwnershipQuestioned)
            assert asked.foreign is not None
            assert asked.foreign.url == ELSEWHERE
            await running.webhook_is(WebhookState.AWAITING_CONSENT)
            running.ask(ResolveOwnership(choice))
            expected = {
                OwnershipChoice.KEEP: WebhookState.NOT_REGISTERED,
                OwnershipChoice.WATCH: WebhookState.WATCHING,
                OwnershipChoice.REPLACE: WebhookState.REGISTERED,
            }[choice]
            await running.until(lambda status: status.webhook.state is expected)
            assert (url_at(sandbox) == ELSEWHERE) is (choice is not OwnershipChoice.REPLACE)
        assert (url_at(sandbox) is None) is (choice is OwnershipChoice.REPLACE)


async def test_an_api_that_cannot_tell_is_asked_about_once(tmp_path: Path) -> None:
    """The second run uses the stored answer."""
    async with sandbox_of(get_status=405) as (_, api_url):
        chosen = settings(tmp_path, api_url=api_url)
        async with session_of(chosen, asks=True) as running:
            assert (await running.event(OwnershipQuestioned)).foreign is None
            running.ask(ResolveOwnership(OwnershipChoice.REPLACE))
            await running.event(WebhookRegistered)
        async with session_of(chosen, asks=True) as running:
            await running.event(WebhookRegistered)
            assert not running.all(OwnershipQuestioned)


async def test_another_accounts_webhook_is_asked_about_too(tmp_path: Path) -> None:
    """What this run registered for the account of the token before says nothing about the new token's account."""
    second = Secret("token-of-another-account")

    async with sandbox_of(token=second) as (sandbox, second_url):
        await register_elsewhere(second_url, token=second)

        def of_account(app: Asgi) -> Asgi:
            async def answer(scope: Scope, receive: Receive, send: Send) -> None:
                is_second = (b"authorization", f"Bearer {second.reveal()}".encode()) in scope["headers"]
                await (application(sandbox) if is_second else app)(scope, receive, send)

            return answer

        async with (
            sandbox_of(wrap=of_account) as (_, api_url),
            session_of(settings(tmp_path, api_url=api_url, sse=False), asks=True) as running,
        ):
            await running.event(WebhookRegistered)
            running.ask(UseToken(second))
            asked = await running.event(OwnershipQuestioned)
            assert asked.foreign is not None
            assert asked.foreign.url == ELSEWHERE
            assert url_at(sandbox) == ELSEWHERE
