"""The main job against a real sandbox over real sockets: the order of its steps, the guard, and every way it ends."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from tests.http.plain_client import plain_client
from tests.session.running import TOKEN, register_elsewhere, sandbox_of, session_of, settings, url_at
from tests.timeouts import until
from webhook_tui.domain.commands import (
    AddSecret,
    UseToken,
)
from webhook_tui.domain.events import (
    DeliveryStored,
    Notified,
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
from webhook_tui.http.asgi import Asgi, Receive, Scope, Send
from webhook_tui.storage.accounts import AccountStore


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


async def test_a_token_that_is_given_while_piktid_is_unavailable_is_used(tmp_path: Path) -> None:
    """The request under way is between two tries then."""
    refused: list[str] = []
    is_down = True

    def unavailable(app: Asgi) -> Asgi:
        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            if not is_down or not scope["path"].endswith("/webhooks"):
                await app(scope, receive, send)
                return
            refused.append(scope["method"])
            await send({"type": "http.response.start", "status": 503, "headers": []})
            await send({"type": "http.response.body", "body": b""})

        return answer

    async with (
        sandbox_of(wrap=unavailable) as (_, api_url),
        session_of(settings(tmp_path, api_url=api_url), asks=True) as running,
    ):
        await until(lambda: refused)
        is_down = False
        running.ask(UseToken(TOKEN))
        await running.event(WebhookRegistered)
        assert not running.all(ProblemOccurred)


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
            await register_elsewhere(api_url, ready.public_url)
            arrived = await running.event(DeliveryStored)
            assert arrived.row.verdict is Verdict.INVALID
            assert url_at(sandbox) is not None
            current = sandbox.registry.current
            assert current is not None
            running.ask(AddSecret(current.secret))
            verified = await running.event(VerdictChanged, lambda event: event.row.verdict is Verdict.VALID)
            assert verified.row.seq == arrived.row.seq
        assert url_at(sandbox) is not None


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
        async with plain_client() as client:
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
            async with plain_client() as client:
                assert (await client.post(f"http://127.0.0.1:{port}/any", content=b"{}")).status_code == 200
            assert (await running.event(DeliveryStored)).row.verdict is Verdict.MISSING


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
