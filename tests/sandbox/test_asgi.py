"""The sandbox's endpoints as any client sees them, over a real socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.http.plain_client import plain_client
from tests.sandbox.harness import Running, receiver, serving
from tests.timeouts import TIMEOUT_SECONDS
from webhook_tui.domain.scenario import Fault
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.sandbox.options import SandboxOptions

BEARER = {"Authorization": "Bearer anything"}


@pytest.fixture
async def running() -> AsyncIterator[Running]:
    """A sandbox that takes any token."""
    async with serving() as running:
        yield running


@pytest.fixture
async def api(running: Running) -> AsyncIterator[httpx.AsyncClient]:
    """A client with a token."""
    async with plain_client(base_url=running.url, headers=BEARER) as client:
        yield client


@pytest.mark.parametrize(
    ("token", "header", "status"),
    [
        (None, None, 401),
        (None, "Bearer", 401),
        (None, "Basic abc", 401),
        (None, "Bearer any", 404),
        (None, "bearer any", 404),
        ("right", "Bearer wrong", 401),
        ("right", "Bearer right", 404),
    ],
)
async def test_every_call_needs_a_token(token: str | None, header: str | None, status: int) -> None:
    """Without a token of its own any token is right; a wrong one is answered 401 with an empty body."""
    async with serving(SandboxOptions(token=Secret(token) if token else None)) as running, plain_client() as api:
        answer = await api.get(f"{running.url}/webhooks", headers={"Authorization": header} if header else {})

    assert answer.status_code == status
    assert answer.content == b""


async def test_put_gives_the_documented_object_and_rotates_the_secret(api: httpx.AsyncClient) -> None:
    """The id stays, the secret does not, and only PUT shows it."""
    async with receiver() as hook:
        first = (await api.put("/webhooks", json={"url": hook.url})).json()
        second = (await api.put("/webhooks", json={"url": hook.url})).json()
        await hook.count(2)

    shown = (await api.get("/webhooks")).json()
    assert set(first) == {
        "id",
        "url",
        "secret",
        "is_active",
        "created_at",
        "updated_at",
        "last_response_status",
        "last_response_at",
    }
    assert (first["id"], first["secret"]) == (41, "secret-1")
    assert (second["id"], second["secret"]) == (41, "secret-2")
    assert (shown["url"], shown["secret"]) == (hook.url, None)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"{}", "url"),
        (b"", "url"),
        (b'{"url": 1}', "url"),
        (b'{"url": "ftp://a/"}', "url"),
        (b'{"url": "http://"}', "url"),
        (b'{"url": "http://a:99999/"}', "url"),
        (b"[]", None),
        (b"{", None),
        (b"[" * 30_000, None),
        (b'"' + b"x" * 70_000 + b'"', None),
    ],
)
async def test_an_invalid_put_is_refused_in_the_documented_shape(
    api: httpx.AsyncClient, body: bytes, field: str | None
) -> None:
    """`error` and a list of `field`, `message`, `position`."""
    answer = await api.put("/webhooks", content=body)

    assert answer.status_code == 422
    assert answer.json()["error"] == "Invalid request"
    (detail,) = answer.json()["detail"]
    assert (detail["field"], detail["position"]) == (field, "json")
    assert detail["message"]


@pytest.mark.parametrize("before", [False, True])
async def test_the_ping_can_come_before_the_puts_answer(before: bool) -> None:
    """With the option, the client sees the ping before it knows the secret."""
    async with (
        serving(SandboxOptions(ping_before_answer=before)) as running,
        receiver() as hook,
        plain_client(base_url=running.url, headers=BEARER) as api,
    ):
        await api.put("/webhooks", json={"url": hook.url})
        if before:
            assert len(hook.requests) == 1
        (ping,) = await hook.count(1)

    assert (ping.method, ping.target) == ("POST", b"/h/abc?x=1")
    assert json.loads(ping.body) == {"id": 90_400, "name": "ping", "data": {}, "timestamp": 1795443600.0}
    assert ping.values(b"X-Webhook-Event") == [b"ping"]
    assert ping.values(b"Content-Type") == [b"application/json"]


async def test_ping_before_answer_does_not_hang_on_a_dead_hook() -> None:
    """A refused connection is an attempt that is over."""
    async with (
        serving(SandboxOptions(ping_before_answer=True)) as running,
        plain_client(base_url=running.url, headers=BEARER) as api,
    ):
        assert (await api.put("/webhooks", json={"url": "http://127.0.0.1:1/"})).status_code == 200


async def test_https_can_be_asked_for() -> None:
    """Whether PiktID does is not documented."""
    async with (
        serving(SandboxOptions(https_only=True, invalid_status=400)) as running,
        plain_client(base_url=running.url, headers=BEARER) as api,
    ):
        answer = await api.put("/webhooks", json={"url": "http://127.0.0.1:1/"})

    assert (answer.status_code, answer.json()["detail"][0]["message"]) == (400, "Must be an https URL.")


async def test_a_head_of_the_stream_ends(api: httpx.AsyncClient) -> None:
    """Only a GET is a subscription."""
    answer = await api.head("/notifications/events")

    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")


async def test_delete_and_test_without_a_webhook(api: httpx.AsyncClient) -> None:
    """Both say 404 with an empty body."""
    assert (await api.delete("/webhooks")).status_code == 404
    assert (await api.post("/webhooks/test")).status_code == 404


async def test_other_methods_and_paths_are_not_there(api: httpx.AsyncClient) -> None:
    """What is not an endpoint is 405 or 404."""
    assert (await api.patch("/webhooks")).status_code == 405
    assert (await api.get("/nothing")).status_code == 404


async def test_notifications_are_listed_and_consumed(running: Running, api: httpx.AsyncClient) -> None:
    """By name, one or several, and by job."""
    one = running.sandbox.emit("batch_edit", {"job_id": "a"})
    two = running.sandbox.emit("image_result", {"job_id": "b"})

    async def ids(body: object) -> list[int]:
        return [item["id"] for item in (await api.post("/notifications", json=body)).json()]

    assert await ids({"name_list": "batch_edit"}) == [one.id]
    assert await ids({"name_list": ["batch_edit", "image_result"]}) == [one.id, two.id]
    assert await ids({"name_list": ["batch_edit", "image_result"], "id_task": ["b"]}) == [two.id]
    assert (await api.delete(f"/notifications/{one.id}")).status_code == 200
    assert (await api.delete(f"/notifications/{one.id}")).status_code == 404
    assert await ids({"name_list": "batch_edit"}) == []
    for body, field in (
        ({}, "name_list"),
        ({"name_list": [1]}, "name_list"),
        ({"name_list": "a", "id_task": 1}, "id_task"),
    ):
        refused = await api.post("/notifications", json=body)
        assert (refused.status_code, refused.json()["detail"][0]["field"]) == (422, field)


@pytest.mark.parametrize("query", ["?token=anything", "?token=anything&name_list=ping,other&id_image=1"])
async def test_a_streams_token_may_stand_in_the_url(running: Running, query: str) -> None:
    """Documented for the stream, and taken there only."""
    running.sandbox.emit("ping", {})
    running.sandbox.emit("batch_edit", {})
    async with plain_client(base_url=running.url) as anonymous:
        async with anonymous.stream("GET", f"/notifications/events{query}") as stream:
            lines = stream.aiter_lines()
            assert [await anext(lines), json.loads((await anext(lines))[6:])["name"]] == ["event: backfill", "ping"]
        assert (await anonymous.get(f"/webhooks{query}")).status_code == 401


async def test_the_control_api_plays_a_job(running: Running, api: httpx.AsyncClient) -> None:
    """Ours: each kind of job happens at once."""
    made = await api.post("/sandbox/jobs", json={"kind": "image", "images": 2})
    assert made.status_code == 202
    assert [event["name"] for event in made.json()] == [
        "batch_edit",
        "image_result",
        "batch_edit",
        "image_result",
        "batch_edit",
    ]
    assert made.json()[-1]["data"]["status"] == "completed"
    assert (await api.post("/sandbox/jobs", json={"kind": "identity"})).status_code == 202
    failed = (await api.post("/sandbox/jobs", json={"kind": "failed"})).json()
    assert failed[-1]["data"]["status"] == "failed"
    for wrong in ({"kind": "x"}, {"images": 0}, {"images": True}, {"images": "2"}):
        assert (await api.post("/sandbox/jobs", json=wrong)).status_code == 422


async def test_the_control_api_makes_the_next_delivery_go_wrong(running: Running, api: httpx.AsyncClient) -> None:
    """The planned faults apply to the following deliveries, in order."""
    async with receiver() as hook:
        await api.put("/webhooks", json={"url": hook.url})
        await hook.count(1)
        assert (await api.post("/sandbox/next", json={"lose": 1, "no_signature": 1})).status_code == 204
        for wrong in ({"lose": -1}, {"lose": "1"}, {"nothing": 1}):
            assert (await api.post("/sandbox/next", json=wrong)).status_code == 422
        await api.post("/webhooks/test")
        await api.post("/webhooks/test")
        await api.post("/webhooks/test")
        received = await hook.count(3)
        await running.sandbox.settled()

    assert [delivery.signature is None for delivery in received].count(True) == 1
    assert len(received) == 3
    assert [attempt.fault for attempt in running.sandbox.attempts].count(Fault.NO_SIGNATURE) == 1


async def test_an_offer_of_http_2_is_ignored(running: Running) -> None:
    """`curl --http2 -X POST /notifications` is answered as without the offer, and the connection is kept."""
    body = b'{"name_list": ["ping"]}'
    asked = (
        b"POST /notifications HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: curl/7.88.1\r\nAuthorization: Bearer any\r\n"
        b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n"
        b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
    )
    reader, writer = await asyncio.open_connection("127.0.0.1", int(running.url.rpartition(":")[2]))
    try:
        for _ in range(2):
            writer.write(asked)
            async with asyncio.timeout(TIMEOUT_SECONDS):
                assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
                assert await reader.readexactly(2) == b"[]"
    finally:
        writer.close()
