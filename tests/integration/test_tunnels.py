"""The program with a real ssh client, against a server like localhost.run; deliveries come through it."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
import sys
from pathlib import Path

import httpx
import pytest

from tests.http.plain_client import plain_client
from tests.integration.deliveries import valid_ping
from tests.integration.process import Program, program
from tests.session.running import TOKEN, sandbox_of, url_at
from tests.timeouts import until
from tests.tunnels.localhost_run import LocalhostRun
from tests.tunnels.watching import alive, descendants

CLOUDFLARED = Path(__file__).parent.parent / "tunnels" / "cloudflared.py"


def _options(api_url: str, server: LocalhostRun) -> tuple[str, ...]:
    return "listen", "--format", "json", "--port", "0", "--ssh-server", server.ssh_server, "--api-url", api_url


async def _gone(children: set[int]) -> None:
    """Everything that the program started is gone, soon after it."""
    assert children
    await until(lambda: not any(alive(pid) for pid in children), 2.0)


async def test_deliveries_come_through_the_tunnel() -> None:
    """The URL is registered when the tunnel is open, and the ping finds its way; leaving ends the ssh client."""
    async with sandbox_of() as (sandbox, api_url), LocalhostRun(loopback=True) as server:
        async with program(*_options(api_url, server), PIKTID_TOKEN=TOKEN.reveal()) as listening:
            ping = await valid_ping(listening)
            ready = await listening.record("ready")
            assert ready["public_url"] == server.announced[0]
            assert url_at(sandbox) == server.announced[0] + ping["path"]
            assert listening.of("tunnel")[0] == {"type": "tunnel", "state": "opening", "public_url": None}
            assert listening.of("tunnel")[-1] == {
                "type": "tunnel",
                "state": "live",
                "public_url": server.announced[0],
            }
            children = descendants(listening.pid)
            listening.send(signal.SIGTERM)
            assert await listening.ended(3) == 143
            await _gone(children)
        assert url_at(sandbox) is None


async def test_a_dropped_tunnel_is_registered_at_its_new_address() -> None:
    """By itself; what was signed with the former secret meanwhile is older, not invalid."""
    async with sandbox_of() as (sandbox, api_url), LocalhostRun(loopback=True) as server:
        async with program(*_options(api_url, server), PIKTID_TOKEN=TOKEN.reveal()) as listening:
            await valid_ping(listening)
            await server.drop()
            await listening.record("tunnel", lambda record: record["state"] == "down")
            again = await listening.record(
                "registered", lambda record: len(server.announced) > 1 and server.announced[1] in record["url"]
            )
            assert url_at(sandbox) == again["url"]
            await valid_ping(listening, after=1)
            assert len(listening.of("ready")) == 1
            assert any("tunnel closed" in record["message"] for record in listening.of("error"))
            assert await listening.left() == 130
        assert url_at(sandbox) is None


async def test_a_public_url_that_does_not_lead_here_is_not_verified() -> None:
    """Nothing waits for the check: it is registered and ready, and then one line gives the reason."""
    command = f"{shlex.quote(sys.executable)} {shlex.quote(str(CLOUDFLARED))} {{port}}"
    way = "--tunnel", "command", "--tunnel-command", command, "--tunnel-url-pattern", "http://127.0.0.1:9"
    async with sandbox_of() as (sandbox, api_url):
        options = "listen", "--format", "json", "--port", "0", "--api-url", api_url, *way
        async with program(
            *options, PIKTID_TOKEN=TOKEN.reveal(), FAKE_MODE="quick", FAKE_SAYS="http://127.0.0.1:9"
        ) as listening:
            await listening.record("ready")
            unverified = await listening.record("tunnel", lambda record: record["state"] == "unverified")
            await listening.until(lambda: "not reached" in listening.words)
            assert unverified["public_url"] == "http://127.0.0.1:9"
            assert listening.words == ("webhook-tui: Public URL not reached from here: the connection was refused.\n")
            assert (url_at(sandbox) or "").startswith("http://127.0.0.1:9/h/")
            assert await listening.left() == 130


async def test_a_request_beside_the_hook_is_no_delivery() -> None:
    """The bare public URL answers 404 and stores nothing; the hook answers a probe."""
    async with sandbox_of() as (_, api_url), LocalhostRun(loopback=True) as server:
        async with program(*_options(api_url, server), PIKTID_TOKEN=TOKEN.reveal()) as listening:
            hook = (await listening.record("registered"))["url"]
            await valid_ping(listening)
            async with plain_client() as client:
                assert (await client.post(server.announced[0], content=b"{}")).status_code == 404
                assert (await client.get(hook)).status_code == 200
                assert (await client.post(hook, content=b"{}")).status_code == 200
            await listening.record("delivery", lambda record: record["verdict"] == "missing")
            await listening.left()
        assert len(listening.of("delivery")) == 2


@pytest.mark.parametrize("kind", ["ssh", "command"])
async def test_nothing_outlives_a_killed_program(kind: str) -> None:
    """kill -9 leaves no child; the next run takes its own abandoned webhook without asking."""
    async with sandbox_of() as (sandbox, api_url), LocalhostRun(loopback=True) as server:
        command = f"{shlex.quote(sys.executable)} {shlex.quote(str(CLOUDFLARED))} {{port}}"
        ways = {
            "ssh": ("--ssh-server", server.ssh_server),
            "command": (
                "--tunnel",
                "command",
                "--tunnel-command",
                command,
                "--tunnel-url-pattern",
                "http://127.0.0.1:9",
            ),
        }
        options = "listen", "--format", "json", "--port", "0", "--api-url", api_url, *ways[kind]
        async with program(*options, PIKTID_TOKEN=TOKEN.reveal(), FAKE_SAYS="http://127.0.0.1:9") as listening:
            url = (await listening.record("registered"))["url"]
            children = descendants(listening.pid)
            os.kill(listening.pid, signal.SIGKILL)
            assert await listening.ended() == -signal.SIGKILL
            await _gone(children)
        assert url_at(sandbox) == url
        async with program(*_options(api_url, server), PIKTID_TOKEN=TOKEN.reveal()) as listening:
            await listening.record("ready")
            assert await listening.left() == 130
        assert url_at(sandbox) is None


async def test_nothing_acknowledged_is_lost_by_kill_9() -> None:
    """What was answered 200 is there again after a restart, in the same order."""
    fixed = "--format", "json", "--no-register", "--tunnel", "none", "--port", "0"

    async def deliver(listening: Program, url: str, count: int) -> int:
        acknowledged = 0
        async with plain_client() as client:

            async def one(number: int) -> None:
                nonlocal acknowledged
                try:
                    answer = await client.post(url, json={"id": number, "name": "ping", "data": {}, "timestamp": 1})
                except httpx.HTTPError:
                    return
                acknowledged += answer.status_code == 200
                if acknowledged == count // 2:
                    os.kill(listening.pid, signal.SIGKILL)

            await asyncio.gather(*(one(number) for number in range(count)))
        return acknowledged

    async with program("listen", *fixed) as listening:
        acknowledged = await deliver(listening, (await listening.record("ready"))["public_url"], 60)
        assert await listening.ended() == -signal.SIGKILL
    assert acknowledged >= 30
    async with program("listen", *fixed) as listening:
        url = (await listening.record("ready"))["public_url"]
        async with plain_client() as client:
            assert (await client.post(url, content=b"{}")).status_code == 200
        after = await listening.record("delivery")
        await listening.left()
    assert after["seq"] > acknowledged
