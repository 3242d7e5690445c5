"""The client and the stream against the embedded PiktID, over real sockets."""

from __future__ import annotations

import contextlib
import json

import pytest

from tests.sandbox.harness import receiver, serving
from webhook_tui.domain.problem import ProblemError
from webhook_tui.domain.secret import Secret
from webhook_tui.piktid import (
    Arrived,
    BackfillCompleted,
    Backfilled,
    CannotTell,
    Connected,
    EventStream,
    KeptAlive,
    NoWebhook,
    PiktidClient,
    Webhook,
)
from webhook_tui.sandbox import SandboxOptions

TOKEN = Secret("token-1")


async def test_register_ping_show_and_delete() -> None:
    """The whole life of a webhook."""
    async with serving(SandboxOptions(token=TOKEN)) as running, receiver() as hook:
        client = PiktidClient(running.url, TOKEN)
        assert isinstance(await client.current(), NoWebhook)

        made = await client.register(hook.url)
        assert (made.id, made.url, made.secret, made.is_active) == (41, hook.url, Secret("secret-1"), True)
        await hook.count(1)
        await client.test_ping()
        await hook.count(2)
        await running.sandbox.settled()

        shown = await client.current()
        assert isinstance(shown, Webhook)
        assert (shown.url, shown.secret, shown.last_response_status) == (hook.url, None, 200)
        assert shown.last_response_at == "2026-11-23T14:20:00.000Z"

        assert await client.delete() is True
        assert await client.delete() is False
        with pytest.raises(ProblemError, match=r"PiktID has no webhook to ping \(404\)\. u registers it\."):
            await client.test_ping()
        await client.aclose()


async def test_an_api_without_get_cannot_tell() -> None:
    """405 says nothing about whether there is a webhook."""
    async with serving(SandboxOptions(get_status=405)) as running:
        client = PiktidClient(running.url, TOKEN)
        assert isinstance(await client.current(), CannotTell)
        await client.aclose()


async def test_a_wrong_token_is_told() -> None:
    """401 has an empty body; the sentence says where a token is made."""
    async with serving(SandboxOptions(token=TOKEN)) as running:
        client = PiktidClient(running.url, Secret("token-2"))
        with pytest.raises(ProblemError, match="PiktID refused the token") as caught:
            await client.current()
        await client.aclose()

    assert caught.value.problem.wants_token
    assert not caught.value.problem.mends_itself


async def test_the_stream_backfills_then_lives() -> None:
    """Backfill oldest first, then its end, then live events, then comments."""
    async with serving(SandboxOptions(token=TOKEN, keepalive_seconds=0.05)) as running:
        running.sandbox.emit("batch_edit", {"job_id": "j"})
        running.clock.move(700)
        running.sandbox.emit("image_result", {"job_id": "j", "name": "é"})
        stream = EventStream(running.url, TOKEN)
        async with contextlib.aclosing(stream.items()) as items:
            assert await anext(items) == Connected()
            backfilled = await anext(items)
            assert isinstance(backfilled, Backfilled)
            assert backfilled.event.name == "image_result"
            assert json.loads(backfilled.raw)["data"] == {"job_id": "j", "name": "é"}
            assert await anext(items) == BackfillCompleted()
            event = running.sandbox.emit("ping", {})
            arrived = await anext(items)
            assert isinstance(arrived, Arrived)
            assert arrived.raw == event.body()
            assert await anext(items) == KeptAlive()


async def test_the_end_of_the_sandbox_ends_the_stream_with_a_problem() -> None:
    """A stream that ends can be opened again, so its problem mends itself."""
    async with serving() as running:
        stream = EventStream(running.url, TOKEN)
        async with contextlib.aclosing(stream.items()) as items:
            assert [await anext(items), await anext(items)] == [Connected(), BackfillCompleted()]
            await running.sandbox.aclose()
            with pytest.raises(ProblemError, match="PiktID closed the event stream") as caught:
                await anext(items)

    assert caught.value.problem.mends_itself
