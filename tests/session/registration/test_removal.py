"""What becomes of the webhook: deleted, left, restored, or another program's."""

from __future__ import annotations

from pathlib import Path

from tests.session.running import ELSEWHERE, register_elsewhere, sandbox_of, session_of, settings, url_at
from webhook_tui.domain.commands import (
    DeleteWebhook,
    OwnershipChoice,
    RegisterWebhook,
    ResolveOwnership,
    SendTestPing,
)
from webhook_tui.domain.events import (
    DeliveryStored,
    OwnershipQuestioned,
    ProblemOccurred,
    SessionReady,
    WebhookRegistered,
)
from webhook_tui.domain.queries import ListSecrets
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.domain.status import WebhookState
from webhook_tui.session.bus import AddressChanged


async def test_no_clean_leaves_the_registration(tmp_path: Path) -> None:
    """As the published script's option does."""
    async with sandbox_of() as (sandbox, api_url):
        async with session_of(settings(tmp_path, api_url=api_url, clean=False)) as running:
            await running.event(SessionReady)
        assert url_at(sandbox) is not None


async def test_the_old_url_is_put_back_with_its_new_secret_shown_once(tmp_path: Path) -> None:
    """What was production's before is production's again."""
    async with sandbox_of() as (sandbox, api_url):
        await register_elsewhere(api_url)
        async with session_of(settings(tmp_path, api_url=api_url), asks=True) as running:
            await running.event(OwnershipQuestioned)
            running.ask(ResolveOwnership(OwnershipChoice.REPLACE, restore_previous=True))
            await running.event(WebhookRegistered)
            stopped = await running.stop()
        current = sandbox.registry.current
        assert current is not None
        assert current.url == ELSEWHERE
        assert stopped.problem is not None
        assert current.secret.reveal() in stopped.problem.message


async def test_what_another_program_registered_meanwhile_is_not_deleted(tmp_path: Path) -> None:
    """On leaving only what this run still holds is deleted."""
    async with sandbox_of() as (sandbox, api_url):
        async with session_of(settings(tmp_path, api_url=api_url)) as running:
            await running.event(SessionReady)
            await register_elsewhere(api_url)
        assert url_at(sandbox) == ELSEWHERE


async def test_test_ping_delete_and_register_again(tmp_path: Path) -> None:
    """Every command of the buttons; after a new registration the old secret is a former one."""
    async with (
        sandbox_of() as (sandbox, api_url),
        session_of(settings(tmp_path, api_url=api_url), asks=True) as running,
    ):
        await running.event(DeliveryStored)
        running.ask(SendTestPing())
        await running.event(DeliveryStored, lambda event: event.row.seq == 2)
        running.ask(DeleteWebhook())
        await running.until(lambda status: status.webhook.state is WebhookState.DELETED)
        assert url_at(sandbox) is None
        running.ask(SendTestPing())
        refused = await running.event(ProblemOccurred)
        assert refused.problem.message == "PiktID has no webhook to ping (404)."
        running.ask(RegisterWebhook())
        third = await running.event(DeliveryStored, lambda event: event.row.seq == 3)
        assert third.row.verdict in (Verdict.VALID, Verdict.PENDING)
        status = await running.until(lambda status: status.counts.good == 3)
        assert status.problem is None


async def test_what_the_user_deleted_is_not_registered_again_by_itself(tmp_path: Path) -> None:
    """A tunnel that is opened again has another URL."""
    async with (
        sandbox_of() as (sandbox, api_url),
        session_of(settings(tmp_path, api_url=api_url), asks=True) as running,
    ):
        await running.event(WebhookRegistered)
        running.ask(DeleteWebhook())
        await running.webhook_is(WebhookState.DELETED)
        assert running.loop is not None
        changed = AddressChanged("http://127.0.0.1:9/new")
        running.loop.call_soon_threadsafe(running.session.runtime.registration.on_address_changed, changed)
        await running.answer(ListSecrets())  # meanwhile it would have begun
        assert running.status.webhook.state is WebhookState.DELETED
        running.ask(RegisterWebhook(new_secret=True))
        await running.event(WebhookRegistered, lambda event: event.url == changed.url)
        await running.webhook_is(WebhookState.REGISTERED)
        assert [event.url == changed.url for event in running.all(WebhookRegistered)] == [False, True]
        assert url_at(sandbox) == changed.url
