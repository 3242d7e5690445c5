"""Another program takes the webhook, or seems to: what PiktID or a long silence shows."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.session.running import QUICK, Running, sandbox_of, session_of, settings, url_at
from tests.timeouts import TIMEOUT_SECONDS
from webhook_tui.domain.commands import (
    OwnershipChoice,
    RegisterWebhook,
    ResolveOwnership,
)
from webhook_tui.domain.events import (
    DeliveryStored,
    OwnershipQuestioned,
    ProblemOccurred,
    SessionReady,
)
from webhook_tui.domain.scenario import Fault
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.domain.status import WebhookState
from webhook_tui.http.asgi import Asgi, Receive, Scope, Send
from webhook_tui.sandbox.service import Sandbox


async def test_a_webhook_that_was_deleted_is_reported(tmp_path: Path) -> None:
    """Only after PiktID named ours; u registers again without a question."""
    async with (
        sandbox_of() as (sandbox, api_url),
        session_of(settings(tmp_path, api_url=api_url), asks=True, timing=QUICK) as running,
    ):
        await running.event(SessionReady)
        ownership = running.session.runtime.ownership
        await running.until(lambda _: ownership.is_confirmed)
        sandbox.registry.delete()
        await running.webhook_is(WebhookState.DELETED)
        assert running.status.problem is not None
        assert running.status.problem.message.startswith("The webhook was deleted by another program at ")
        running.ask(RegisterWebhook())
        await running.webhook_is(WebhookState.REGISTERED)
        assert not running.all(OwnershipQuestioned)


async def test_an_api_without_that_page_deletes_nothing(tmp_path: Path) -> None:
    """A 404 that never was anything else is no news of the webhook."""
    questions = 0

    def counted(app: Asgi) -> Asgi:
        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            nonlocal questions
            questions += scope["type"] == "http" and (scope["method"], scope["path"]) == ("GET", "/webhooks")
            await app(scope, receive, send)

        return serve

    async with sandbox_of(get_status=404, wrap=counted) as (_, api_url):
        async with session_of(settings(tmp_path, api_url=api_url), timing=QUICK) as running:
            await running.webhook_is(WebhookState.REGISTERED)
            before = questions
            async with asyncio.timeout(TIMEOUT_SECONDS):
                while questions < before + 3:  # noqa: ASYNC110 -- the sandbox sets no event
                    await asyncio.sleep(0.01)
            assert running.status.webhook.state is WebhookState.REGISTERED
            stopped = await running.stop()
        assert stopped.problem is None
        assert not running.all(ProblemOccurred)


async def _silence(running: Running, sandbox: Sandbox) -> None:
    """Events that only the stream has, until it is suspicious."""
    await running.event(SessionReady)
    await running.event(DeliveryStored)
    await running.until(lambda status: status.stream.state == "live")
    for _ in range(4):
        sandbox.emit("image_result", {"job_id": 1}, fault=Fault.LOSE)
    await running.webhook_is(WebhookState.TAKEN)


async def test_a_long_time_without_deliveries_is_a_problem_where_piktid_cannot_list(tmp_path: Path) -> None:
    """No owner is named and nothing is deleted; u asks again; the next run takes it as its own."""
    async with sandbox_of(get_status=405) as (sandbox, api_url):
        async with session_of(settings(tmp_path, api_url=api_url), asks=True, timing=QUICK) as running:
            await running.event(OwnershipQuestioned)
            running.ask(ResolveOwnership(OwnershipChoice.REPLACE))
            await _silence(running, sandbox)
            assert running.status.webhook.taken_by is None
            assert running.status.problem is not None
            assert running.status.problem.message == "Events come by SSE alone: another program may have registered."
            running.events[:] = [event for event in running.events if not isinstance(event, OwnershipQuestioned)]
            running.ask(RegisterWebhook())
            await running.event(OwnershipQuestioned)
            running.ask(ResolveOwnership(OwnershipChoice.KEEP))
            await running.webhook_is(WebhookState.TAKEN)
            stopped = await running.stop()
        assert stopped.problem is not None
        assert stopped.problem.hint == "Nothing was deleted."
        assert url_at(sandbox) is not None


async def test_a_suspicion_ends_with_a_delivery_that_is_signed_with_our_secret(tmp_path: Path) -> None:
    """It was PiktID's own delay; the registration is as it was, and deleted when leaving."""
    async with sandbox_of(get_status=405) as (sandbox, api_url):
        async with session_of(settings(tmp_path, api_url=api_url), timing=QUICK) as running:
            await _silence(running, sandbox)
            sandbox.ping()
            await running.webhook_is(WebhookState.REGISTERED)
            assert running.all(DeliveryStored)[-1].row.verdict is Verdict.VALID
            assert running.status.problem is None
        assert url_at(sandbox) is None
