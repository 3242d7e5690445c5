"""Another program takes the webhook: it is noticed, said, never undone by itself, and taken back only when asked."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.http.plain_client import plain_client
from tests.session.running import QUICK, TOKEN, Running, sandbox_of, session_of, settings, url_at
from webhook_tui.domain.commands import (
    DeleteWebhook,
    OwnershipChoice,
    RegisterWebhook,
    ResolveOwnership,
)
from webhook_tui.domain.events import (
    Notified,
    OwnershipQuestioned,
    ProblemOccurred,
    SessionReady,
    WebhookRegistered,
)
from webhook_tui.domain.queries import ListSecrets, RevealSecret
from webhook_tui.domain.status import WebhookState
from webhook_tui.session.bus import AddressChanged

ELSEWHERE = "http://127.0.0.1:9/hooks/piktid"

TAKE_BACK = "u takes it back and asks first; s watches without taking it."


async def _put(api_url: str, url: str) -> dict[str, Any]:
    async with plain_client() as client:
        answer = await client.put(
            f"{api_url}/webhooks", json={"url": url}, headers={"Authorization": f"Bearer {TOKEN.reveal()}"}
        )
        fields: dict[str, Any] = answer.json()
        return fields


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
            await running.webhook_is(WebhookState.TAKEN)
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
            await running.webhook_is(WebhookState.TAKEN)
            running.ask(RegisterWebhook())
            asked = await running.event(OwnershipQuestioned)
            assert asked.foreign is not None
            assert asked.foreign.url == ELSEWHERE == url_at(sandbox)
            await running.webhook_is(WebhookState.AWAITING_CONSENT)
            running.ask(ResolveOwnership(choice))
            expected = {
                OwnershipChoice.KEEP: WebhookState.TAKEN,
                OwnershipChoice.WATCH: WebhookState.WATCHING,
                OwnershipChoice.REPLACE: WebhookState.REGISTERED,
            }
            await running.webhook_is(expected[choice])
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
            await running.webhook_is(WebhookState.TAKEN)
            await _put(api_url, ours)
            await running.webhook_is(WebhookState.REGISTERED)
            assert not running.all(OwnershipQuestioned)
            assert sandbox.registry.current is not None
            assert await _current_secret(running) == sandbox.registry.current.secret.reveal()
        assert url_at(sandbox) is None


async def test_listen_says_it_in_one_line_and_goes_on(tmp_path: Path) -> None:
    """Without keys that it does not have; a new public URL does not take it back either."""
    async with sandbox_of() as (sandbox, api_url):
        async with session_of(settings(tmp_path, api_url=api_url), timing=QUICK) as running:
            await running.event(SessionReady)
            await _put(api_url, ELSEWHERE)
            said = await running.event(ProblemOccurred)
            assert not said.fatal
            assert said.problem.hint == "Start again to take it back."
            loop = running.loop
            assert loop is not None
            registration = running.session.runtime.registration
            loop.call_soon_threadsafe(registration.on_address_changed, AddressChanged("http://127.0.0.1:9/new"))
            assert await _current_secret(running) is None
            await running.webhook_is(WebhookState.TAKEN)
            assert len(running.all(ProblemOccurred)) == 1
        assert url_at(sandbox) == ELSEWHERE
