"""Another program takes the webhook: it is noticed, said, never undone by itself, and taken back only when asked."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.patience import PATIENCE_SECONDS
from tests.session.running import TOKEN, Running, sandbox_of, session_of, settings, url_at
from webhook_tui.domain.commands import (
    DeleteWebhook,
    OwnershipChoice,
    RegisterWebhook,
    ResolveOwnership,
)
from webhook_tui.domain.comparison.event_comparison import Limits
from webhook_tui.domain.events import (
    DeliveryStored,
    Notified,
    OwnershipQuestioned,
    ProblemOccurred,
    SessionReady,
    WebhookRegistered,
)
from webhook_tui.domain.queries import ListSecrets, RevealSecret
from webhook_tui.domain.scenario import Fault
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.domain.status import WebhookState
from webhook_tui.http.asgi import Asgi, Receive, Scope, Send
from webhook_tui.sandbox.service import Sandbox
from webhook_tui.session.bus import AddressChanged
from webhook_tui.session.comparison import ComparisonTiming
from webhook_tui.session.registration.ownership_watch import OwnershipTiming
from webhook_tui.session.runtime import Timings

ELSEWHERE = "http://127.0.0.1:9/hooks/piktid"
TAKE_BACK = "u takes it back and asks first; s watches without taking it."
SOON = OwnershipTiming(every_seconds=0.05, least_seconds=0.01, silence_seconds=0.3, silent_events=3)
QUICK = Timings(comparison=ComparisonTiming(limits=Limits(overdue_seconds=0.1)), ownership=SOON)


async def _put(api_url: str, url: str) -> dict[str, Any]:
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.put(
            f"{api_url}/webhooks", json={"url": url}, headers={"Authorization": f"Bearer {TOKEN.reveal()}"}
        )
        fields: dict[str, Any] = answer.json()
        return fields


async def _is(running: Running, state: WebhookState) -> None:
    await running.until(lambda status: status.webhook.state is state)


async def _current_secret(running: Running) -> str | None:
    entries = await running.answer(ListSecrets())
    current = next((entry for entry in entries if entry.is_current), None)
    secret = None if current is None else await running.answer(RevealSecret(current.secret_id))
    return None if secret is None else secret.reveal()


async def test_a_webhook_that_was_taken_is_reported_kept_and_not_deleted(tmp_path: Path) -> None:
    """By whom and when; the ring keeps the secret, but none is current; leaving and X leave it alone."""
    async with sandbox_of() as (sandbox, api_url):
        async with session_of(settings(tmp_path, api_url=api_url), asks=True, timing=QUICK) as running:
            await running.event(SessionReady)
            fields = await _put(api_url, ELSEWHERE)
            await _is(running, WebhookState.TAKEN)
            at = datetime.fromisoformat(fields["updated_at"]).astimezone()
            webhook = running.status.webhook
            assert webhook.taken_by == "127.0.0.1:9"
            assert running.status.problem is not None
            assert running.status.problem.message == (
                f"127.0.0.1:9 was registered instead at {at:%H:%M}: nothing arrives here."
            )
            assert running.status.problem.screen_hint == TAKE_BACK
            assert await _current_secret(running) is None
            running.ask(DeleteWebhook())
            await running.event(Notified, lambda event: "nothing was deleted" in event.sentence)
            assert not running.all(OwnershipQuestioned)
            stopped = await running.stop()
        assert stopped.problem is None
        assert url_at(sandbox) == ELSEWHERE


@pytest.mark.parametrize("choice", list(OwnershipChoice))
async def test_it_is_taken_back_only_after_the_question(tmp_path: Path, choice: OwnershipChoice) -> None:
    """What is kept stays taken; what is taken back is ours again, with a new secret."""
    async with sandbox_of() as (sandbox, api_url):
        async with session_of(settings(tmp_path, api_url=api_url), asks=True, timing=QUICK) as running:
            first = (await running.event(WebhookRegistered)).url
            await _put(api_url, ELSEWHERE)
            await _is(running, WebhookState.TAKEN)
            running.ask(RegisterWebhook())
            asked = await running.event(OwnershipQuestioned)
            assert asked.foreign is not None
            assert asked.foreign.url == ELSEWHERE == url_at(sandbox)
            running.ask(ResolveOwnership(choice))
            expected = {
                OwnershipChoice.KEEP: WebhookState.TAKEN,
                OwnershipChoice.WATCH: WebhookState.WATCHING,
                OwnershipChoice.REPLACE: WebhookState.REGISTERED,
            }
            await _is(running, expected[choice])
            if choice is OwnershipChoice.REPLACE:
                assert url_at(sandbox) == first
                assert sandbox.registry.current is not None
                assert await _current_secret(running) == sandbox.registry.current.secret.reveal()
                assert running.status.problem is None
        assert url_at(sandbox) == (None if choice is OwnershipChoice.REPLACE else ELSEWHERE)


async def test_what_was_put_back_is_registered_again(tmp_path: Path) -> None:
    """The other program left and gave us our URL back, with a secret that we never saw: a new one is asked for."""
    async with sandbox_of() as (sandbox, api_url):
        async with session_of(settings(tmp_path, api_url=api_url), asks=True, timing=QUICK) as running:
            ours = (await running.event(WebhookRegistered)).url
            await _put(api_url, ELSEWHERE)
            await _is(running, WebhookState.TAKEN)
            await _put(api_url, ours)
            await _is(running, WebhookState.REGISTERED)
            assert not running.all(OwnershipQuestioned)
            assert sandbox.registry.current is not None
            assert await _current_secret(running) == sandbox.registry.current.secret.reveal()
        assert url_at(sandbox) is None


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
        await _is(running, WebhookState.DELETED)
        assert running.status.problem is not None
        assert running.status.problem.message.startswith("The webhook was deleted by another program at ")
        running.ask(RegisterWebhook())
        await _is(running, WebhookState.REGISTERED)
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
            await _is(running, WebhookState.REGISTERED)
            before = questions
            async with asyncio.timeout(PATIENCE_SECONDS):
                while questions < before + 3:  # noqa: ASYNC110 -- the sandbox sets no event
                    await asyncio.sleep(0.01)
            assert running.status.webhook.state is WebhookState.REGISTERED
            stopped = await running.stop()
        assert stopped.problem is None
        assert not running.all(ProblemOccurred)


async def test_listen_says_it_in_one_line_and_goes_on(tmp_path: Path) -> None:
    """Without keys that it does not have; a new public URL does not take it back either."""
    async with sandbox_of() as (sandbox, api_url):
        async with session_of(settings(tmp_path, api_url=api_url), timing=QUICK) as running:
            await running.event(SessionReady)
            await _put(api_url, ELSEWHERE)
            said = await running.event(ProblemOccurred)
            assert not said.fatal
            assert said.problem.hint == "Start again to take it back."
            loop = running.session._loop
            assert loop is not None
            registration = running.session.runtime.registration
            loop.call_soon_threadsafe(registration.on_address_changed, AddressChanged("http://127.0.0.1:9/new"))
            assert await _current_secret(running) is None
            await _is(running, WebhookState.TAKEN)
            assert len(running.all(ProblemOccurred)) == 1
        assert url_at(sandbox) == ELSEWHERE


async def _silence(running: Running, sandbox: Sandbox) -> None:
    """Events that only the stream has, until it is suspicious."""
    await running.event(SessionReady)
    await running.event(DeliveryStored)
    await running.until(lambda status: status.stream.state == "live")
    for _ in range(4):
        sandbox.emit("image_result", {"job_id": 1}, fault=Fault.LOSE)
    await _is(running, WebhookState.TAKEN)


async def test_a_long_silence_is_suspicious_where_piktid_cannot_tell(tmp_path: Path) -> None:
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
            await _is(running, WebhookState.TAKEN)
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
            await _is(running, WebhookState.REGISTERED)
            assert running.all(DeliveryStored)[-1].row.verdict is Verdict.VALID
            assert running.status.problem is None
        assert url_at(sandbox) is None
