"""`webhook-tui sandbox`: an embedded PiktID of its own for any client, also for another webhook-tui."""

from __future__ import annotations

import asyncio
import re
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.http.plain_client import plain_client
from tests.integration.process import Program, program
from tests.tcp_server import free_port
from webhook_tui.domain.scenario import LINKS_URL, Scenario, ScenarioStep, write_scenario

TOKEN = "sandbox-command-token"
pytestmark = pytest.mark.integration

SCRIPT = Path(__file__).parent.parent / "sandbox"


@asynccontextmanager
async def _sandbox(*arguments: str) -> AsyncIterator[tuple[Program, str]]:
    async with program("sandbox", "--port", "0", *arguments) as serving:
        await serving.until(lambda: serving.lines)
        found = re.search(r"http://127\.0\.0\.1:\d+", serving.lines[0])
        assert found is not None
        yield serving, found[0]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_it_serves_until_a_signal(number: signal.Signals) -> None:
    """One line says where and for whom, requests are logged; it ends by a signal as every command does."""
    began = int(10 * datetime.now(UTC).timestamp())
    async with _sandbox("--token", TOKEN) as (serving, url):
        assert serving.lines == [f"The sandbox listens on {url} and accepts the given token; ctrl+c ends it."]
        async with plain_client() as client:
            assert (await client.get(f"{url}/webhooks")).status_code == 401
            refused = await client.get(f"{url}/webhooks", headers={"Authorization": "Bearer other"})
            assert refused.status_code == 401
            await client.get(f"{url}/%1b[31m")
            hook = {"url": "http://127.0.0.1:9/hook"}
            await client.put(f"{url}/webhooks", headers={"Authorization": f"Bearer {TOKEN}"}, json=hook)
        await serving.until(lambda: "attempt 1" in serving.words)
        serving.send(number)
        assert await serving.ended(3) == 128 + number
    lines = [line.partition(" ")[2] for line in serving.words.splitlines()]
    assert lines[:4] == ["GET /webhooks 401", "GET /webhooks 401", "GET /␛[31m 404", "PUT /webhooks 200"]
    sent = re.match(r"-> http://127\.0\.0\.1:9/hook ping (\d+), attempt 1: no answer: ", lines[4])
    assert sent is not None
    assert int(sent[1]) >= began, "no event of an earlier run has its id"
    assert TOKEN not in serving.words


async def test_curl_can_register_and_ping() -> None:
    """As the documentation's examples do; it plays nothing by itself and signs rightly."""
    curl = shutil.which("curl")
    assert curl is not None

    async def ask(method: str, path: str, *more: str) -> str:
        process = await asyncio.create_subprocess_exec(
            *(curl, "-sS", "--noproxy", "*", "-w", "%{http_code}", "-X", method, f"{url}{path}"),
            *("-H", f"Authorization: Bearer {TOKEN}", "-H", "Content-Type: application/json", *more),
            stdout=asyncio.subprocess.PIPE,
        )
        output, _ = await process.communicate()
        return output.decode()

    watch = "listen", "--no-register", "--tunnel", "none", "--port", "0", "--format", "json"
    async with _sandbox() as (_, url), program(*watch) as listening:
        hook = (await listening.record("ready"))["public_url"]
        assert await ask("DELETE", "/webhooks") == "404"
        answer = await ask("PUT", "/webhooks", "-d", f'{{"url": "{hook}"}}')
        secret = re.search(r'"secret":"([^"]+)"', answer)
        assert answer.endswith("}200")
        assert secret is not None
        await listening.record("delivery", lambda record: record["event"] == "ping")
        assert (await ask("POST", "/webhooks/test")).endswith("200")
        await listening.record("delivery", lambda record: record["seq"] == 2)
        assert (await ask("PUT", "/webhooks", "-d", '{"url": "nonsense"}')).endswith("422")
        assert (await ask("DELETE", "/webhooks")).endswith("200")
        await listening.left()
    assert len(listening.of("delivery")) == 2


async def test_another_webhook_tui_works_with_it() -> None:
    """Registered, pinged, played to, and deleted when leaving."""
    async with _sandbox("--token", TOKEN, "--play", "--misbehave") as (_, url):
        options = "listen", "--format", "json", "--port", "0", "--tunnel", "none", "--api-url", url
        async with program(*options, PIKTID_TOKEN=TOKEN) as listening:
            await listening.record("delivery", lambda record: record["verdict"] == "valid")
            await listening.record("delivery", lambda record: record["verdict"] == "invalid")
            assert await listening.left() == 130
        assert listening.records[-1] == {"type": "deleted"}
        async with plain_client(headers={"Authorization": f"Bearer {TOKEN}"}) as client:
            assert (await client.get(f"{url}/webhooks")).status_code == 404


async def test_links_of_a_recording_lead_to_its_own_pictures(tmp_path: Path) -> None:
    """On the stream and in the deliveries alike; its other links stay."""
    data = {"output": {"full_size": f"{LINKS_URL}/6.jpg"}, "page": "https://piktid.com/a.png"}
    step = ScenarioStep(after_seconds=0, event=1, attempt=1, name="image_result", data=data)
    recording = tmp_path / "recorded.json"
    recording.write_bytes(write_scenario(Scenario(steps=(step,))))
    options = "listen", "--format", "json", "--port", "0", "--tunnel", "none"
    async with (
        _sandbox("--token", TOKEN, "--play", str(recording)) as (_, url),
        program(*options, "--api-url", url, PIKTID_TOKEN=TOKEN) as listening,
    ):
        received = await listening.record("delivery", lambda record: record["event"] == "image_result")
        seen = await listening.record("event", lambda record: record["name"] == "image_result")
        link = f"{url}/sandbox/images/6.jpg"
        assert received["json"]["data"] == {"output": {"full_size": link}, "page": "https://piktid.com/a.png"}
        assert (received["verdict"], seen["equal"]) == ("valid", True)
        async with plain_client() as client:
            assert (await client.get(link)).headers["content-type"] == "image/png"


async def test_the_published_script_works_with_it() -> None:
    """To the letter: it registers, misses its first ping as it listens too late, gets the retry, and deletes."""
    with free_port() as port:
        hook = "--hook-url", f"http://127.0.0.1:{port}", "--port", str(port)
        async with (
            _sandbox("--token", TOKEN) as (_, url),
            program(
                *("--token", TOKEN, "--api-url", url, *hook),
                code=("-u", "-X", "utf8", str(SCRIPT / "published_script.txt")),
                PYTHONPATH=str(SCRIPT / "requests_shim"),
            ) as script,
        ):
            await script.until(lambda: "✓ sha256=" in script.output.decode())
            assert await script.left(signal.SIGTERM) == 0
    assert "Webhook deleted" in script.output.decode()
