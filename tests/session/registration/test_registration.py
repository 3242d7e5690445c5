"""The main job against a real sandbox over real sockets: the order of things, the guard, and every way out."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tests.session.running import TOKEN, sandbox_of, session_of, settings, url_at
from webhook_tui.domain.commands import (
    AddSecret,
    DeleteWebhook,
    OwnershipChoice,
    RegisterWebhook,
    ResolveOwnership,
    SendTestPing,
    UseToken,
)
from webhook_tui.domain.errors import ExitCode
from webhook_tui.domain.events import (
    DeliveryStored,
    Notified,
    OwnershipQuestioned,
    ProblemOccurred,
    SessionReady,
    TokenRequired,
    VerdictChanged,
    WebhookDeleted,
    WebhookRegistered,
)
from webhook_tui.domain.refusal import Refusal
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.domain.status import WebhookState
from webhook_tui.storage.accounts import AccountStore

ELSEWHERE = "http://127.0.0.1:9/hooks/piktid"


async def _register(api_url: str, url: str = ELSEWHERE) -> None:
    async with httpx.AsyncClient() as client:
        await client.put(
            f"{api_url}/webhooks", json={"url": url}, headers={"Authorization": f"Bearer {TOKEN.reveal()}"}
        )


async def test_it_registers_catches_the_ping_and_deletes_when_leaving(tmp_path: Path) -> None:
    """The whole job, once."""
    async with sandbox_of() as (sandbox, api_url):
        async with session_of(settings(tmp_path, api_url=api_url)) as running:
            ping = await running.event(DeliveryStored)
            ready = await running.event(SessionReady)
            registered = await running.event(WebhookRegistered)
            assert ping.row.event == "ping"
            await running.until(lambda status: status.counts.good == 1)
            assert registered.url.startswith(f"http://127.0.0.1:{ready.port}/h/")
            assert url_at(sandbox) == registered.url
        assert url_at(sandbox) is None
        assert running.all(WebhookDeleted)


async def test_a_ping_before_the_answer_is_pending_and_then_valid(tmp_path: Path) -> None:
    """Its secret comes with the answer to the PUT, which the sandbox holds back until the ping was taken."""
    async with (
        sandbox_of(ping_before_answer=True) as (_, api_url),
        session_of(settings(tmp_path, api_url=api_url)) as running,
    ):
        ping = await running.event(DeliveryStored)
        verified = await running.event(VerdictChanged)
        kinds = [type(event) for event in running.events]

        assert ping.row.verdict is Verdict.PENDING
        assert (verified.row.seq, verified.row.verdict) == (ping.row.seq, Verdict.VALID)
        assert kinds.index(DeliveryStored) < kinds.index(WebhookRegistered)
        assert (await running.until(lambda status: status.counts.good == 1)).counts.pending == 0


async def test_no_clean_leaves_the_registration(tmp_path: Path) -> None:
    """As the published script's option does."""
    async with sandbox_of() as (sandbox, api_url):
        async with session_of(settings(tmp_path, api_url=api_url, clean=False)) as running:
            await running.event(SessionReady)
        assert url_at(sandbox) is not None


async def test_someone_elses_webhook_ends_a_session_that_cannot_ask(tmp_path: Path) -> None:
    """And it is still there afterwards."""
    async with sandbox_of() as (sandbox, api_url):
        await _register(api_url)
        async with session_of(settings(tmp_path, api_url=api_url)) as running:
            failed = await running.event(ProblemOccurred)
        assert failed.fatal
        assert failed.problem.exit_code is ExitCode.API
        assert ELSEWHERE in failed.problem.message
        assert url_at(sandbox) == ELSEWHERE


async def test_replace_does_not_ask(tmp_path: Path) -> None:
    """--replace says it all."""
    async with sandbox_of() as (sandbox, api_url):
        await _register(api_url)
        async with session_of(settings(tmp_path, api_url=api_url, replace=True)) as running:
            await running.event(WebhookRegistered)
            assert url_at(sandbox) not in (None, ELSEWHERE)


@pytest.mark.parametrize("choice", list(OwnershipChoice))
async def test_the_guard_does_what_is_chosen(tmp_path: Path, choice: OwnershipChoice) -> None:
    """Keep and watch touch nothing; replace replaces."""
    async with sandbox_of() as (sandbox, api_url):
        await _register(api_url)
        async with session_of(settings(tmp_path, api_url=api_url), asks=True) as running:
            asked = await running.event(OwnershipQuestioned)
            assert asked.foreign is not None
            assert asked.foreign.url == ELSEWHERE
            running.ask(ResolveOwnership(choice))
            expected = {
                OwnershipChoice.KEEP: WebhookState.NOT_REGISTERED,
                OwnershipChoice.WATCH: WebhookState.WATCHING,
                OwnershipChoice.REPLACE: WebhookState.REGISTERED,
            }[choice]
            await running.until(lambda status: status.webhook.state is expected)
            assert (url_at(sandbox) == ELSEWHERE) is (choice is not OwnershipChoice.REPLACE)
        assert (url_at(sandbox) is None) is (choice is OwnershipChoice.REPLACE)


async def test_the_old_url_is_put_back_with_its_new_secret_shown_once(tmp_path: Path) -> None:
    """What was production's before is production's again."""
    async with sandbox_of() as (sandbox, api_url):
        await _register(api_url)
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


async def test_an_api_that_cannot_tell_is_asked_about_once(tmp_path: Path) -> None:
    """The second run knows the answer."""
    async with sandbox_of(get_status=405) as (_, api_url):
        chosen = settings(tmp_path, api_url=api_url)
        async with session_of(chosen, asks=True) as running:
            assert (await running.event(OwnershipQuestioned)).foreign is None
            running.ask(ResolveOwnership(OwnershipChoice.REPLACE))
            await running.event(WebhookRegistered)
        async with session_of(chosen, asks=True) as running:
            await running.event(WebhookRegistered)
            assert not running.all(OwnershipQuestioned)


async def test_what_another_program_registered_meanwhile_is_not_deleted(tmp_path: Path) -> None:
    """On leaving only what this run still holds is deleted."""
    async with sandbox_of() as (sandbox, api_url):
        async with session_of(settings(tmp_path, api_url=api_url)) as running:
            await running.event(SessionReady)
            await _register(api_url)
        assert url_at(sandbox) == ELSEWHERE


async def test_a_wrong_token_says_so_and_another_one_goes_on(tmp_path: Path) -> None:
    """Without a restart."""
    async with sandbox_of() as (_, api_url):
        wrong = settings(tmp_path, api_url=api_url, token=Secret("wrong"))
        async with session_of(wrong, asks=True) as running:
            failed = await running.event(ProblemOccurred)
            assert failed.problem.needs_token
            assert "(401)" in failed.problem.message
            await running.until(lambda status: status.webhook.state is WebhookState.REFUSED)
            running.ask(UseToken(TOKEN))
            await running.event(WebhookRegistered)
            assert (await running.until(lambda status: status.counts.good == 1)).problem is None


async def test_without_a_token_it_asks_for_one(tmp_path: Path) -> None:
    """The screen answers with the prompt."""
    async with (
        sandbox_of() as (_, api_url),
        session_of(settings(tmp_path, api_url=api_url, token=None), asks=True) as running,
    ):
        await running.event(TokenRequired)
        given = settings(tmp_path, api_url=api_url)
        await running.until(lambda status: bool(status.token_place))
        running.ask(UseToken(TOKEN, keep=True))
        granted = await running.event(Notified)
        assert granted.sentence.startswith("Token kept in ")
        await running.event(WebhookRegistered)
        with closing(AccountStore.open(given.places.accounts)) as accounts:
            assert accounts.token(api_url) == TOKEN


async def test_no_register_touches_nothing(tmp_path: Path) -> None:
    """Deliveries are verified with the secrets that were given."""
    secret = Secret("given")
    async with sandbox_of() as (sandbox, api_url):
        chosen = settings(tmp_path, api_url=api_url, register=False, secrets=(secret,))
        async with session_of(chosen) as running:
            ready = await running.event(SessionReady)
            assert ready.public_url is not None
            await _register(api_url, ready.public_url)
            arrived = await running.event(DeliveryStored)
            assert arrived.row.verdict is Verdict.INVALID
            assert url_at(sandbox) is not None
            current = sandbox.registry.current
            assert current is not None
            running.ask(AddSecret(current.secret))
            verified = await running.event(VerdictChanged, lambda event: event.row.verdict is Verdict.VALID)
            assert verified.row.seq == arrived.row.seq
        assert url_at(sandbox) is not None


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


async def test_history_is_there_again_after_a_restart(tmp_path: Path) -> None:
    """With its verdicts, and the next number goes on."""
    async with sandbox_of() as (_, api_url):
        chosen = settings(tmp_path, api_url=api_url)
        for expected in (1, 2):
            async with session_of(chosen) as running:
                arrived = await running.event(DeliveryStored)
                assert arrived.row.seq == expected
                await running.until(lambda status: status.counts.good == 1)
                rows = running.session.open_rows()
                assert rows.refresh() == expected
                assert [row.verdict for row in rows.window(0, 5)] == [Verdict.VALID] * expected
                rows.close()


async def test_what_is_refused_is_counted(tmp_path: Path) -> None:
    """A request to the bare URL is counted in the status."""
    async with sandbox_of() as (_, api_url), session_of(settings(tmp_path, api_url=api_url)) as running:
        ready = await running.event(SessionReady)
        async with httpx.AsyncClient() as client:
            assert (await client.post(f"http://127.0.0.1:{ready.port}/", content=b"x")).status_code == 404
        status = await running.until(lambda status: status.refused == 1)
        assert status.refusals == (Refusal(404, "not the webhook's path", "POST /"),)


async def test_a_hook_url_is_registered_to_the_letter_and_takes_any_path(tmp_path: Path) -> None:
    """As the published script does."""
    async with sandbox_of() as (sandbox, api_url):
        url = "http://127.0.0.1:1/some/path?x=1"
        async with session_of(settings(tmp_path, api_url=api_url, hook_url=url)) as running:
            await running.event(WebhookRegistered)
            port = running.status.receiver.port
            assert url_at(sandbox) == url
            async with httpx.AsyncClient() as client:
                assert (await client.post(f"http://127.0.0.1:{port}/any", content=b"{}")).status_code == 200
            assert (await running.event(DeliveryStored)).row.verdict is Verdict.MISSING


async def test_a_busy_port_that_was_asked_for_is_a_problem(tmp_path: Path) -> None:
    """With the code of its kind."""
    async with sandbox_of() as (_, api_url):
        port = int(api_url.rsplit(":", 1)[1])
        with pytest.raises(Exception, match=f"Port {port} is in use") as caught:
            async with session_of(settings(tmp_path, port=port, port_was_given=True)):
                pass
        assert caught.value.problem.exit_code is ExitCode.PORT  # type: ignore[attr-defined] # a ProblemError


async def test_the_embedded_sandbox_plays_every_kind(tmp_path: Path) -> None:
    """Rows of every verdict and a retried one within 5 s, without token or network."""
    chosen = settings(tmp_path, token=None, sandbox=True)
    async with session_of(chosen, asks=True) as running:
        wanted = {Verdict.VALID, Verdict.OLDER, Verdict.INVALID, Verdict.MISSING, Verdict.MALFORMED}
        await running.event(
            DeliveryStored,
            lambda _: (
                wanted <= {event.row.verdict for event in running.all(DeliveryStored)}
                and any(event.row.attempt > 1 for event in running.all(DeliveryStored))
            ),
        )
        events = {event.row.event for event in running.all(DeliveryStored)}
        assert {"ping", "batch_edit", "image_result"} <= events
