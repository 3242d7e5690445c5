"""The whole session behind a real ssh that is cut, killed, renamed and frozen, while the sandbox sends and tries again.

A few faults in every run; TUNNEL_FAULTS says how many, an empty KEEPALIVE_SECONDS leaves the keepalive as it is.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import re
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.session.running import Running, sandbox_of, session_of, settings, url_at
from tests.timeouts import TIMEOUT_SECONDS, own_time
from tests.tunnels.localhost_run import LocalhostRun
from tests.tunnels.watching import descendants, seen_of
from webhook_tui.domain.events import (
    DeliveryStored,
    Notified,
    SessionReady,
    StatusChanged,
    TunnelChanged,
    WebhookRegistered,
)
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.domain.status import SessionStatus, TunnelState, WebhookState
from webhook_tui.sandbox.service import Sandbox
from webhook_tui.tunnels import ssh
from webhook_tui.tunnels.supervisor import STABLE_SECONDS

FAULTS = int(os.environ.get("TUNNEL_FAULTS", "4"))
MOST_SECONDS = 2.0
ROOT = Path(__file__).parents[3]
RETRYING: dict[str, Any] = {"attempts": 60, "first_delay_seconds": 0.05, "factor": 1.15, "retries_keep_secret": True}


def _ssh(before: set[int]) -> int:
    """The pid of the ssh client that runs now."""
    ours = descendants(os.getpid()) - before
    return next(
        pid for pid in ours if b"ServerAliveInterval" in seen_of(pid)[0] and b"watchdog.py" not in seen_of(pid)[0]
    )


@contextlib.asynccontextmanager
async def _events(sandbox: Sandbox) -> AsyncIterator[None]:
    """One every 20 ms; each is tried again until it is accepted."""

    async def happen() -> None:
        while True:
            sandbox.emit("image_result", {"job_id": 1})
            await asyncio.sleep(0.02)

    task = asyncio.create_task(happen())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


def _is_registered_at(status: SessionStatus, url: str) -> bool:
    webhook = status.webhook
    return webhook.state is WebhookState.REGISTERED and webhook.url is not None and webhook.url.startswith(url)


async def _registered_again(running: Running, server: LocalhostRun, count: int) -> None:
    """The newest of so many addresses is registered."""
    url = await server.until_announced(count)
    await running.until(lambda status: _is_registered_at(status, url))


def _check_statuses(running: Running) -> None:
    """No status ever said of an address that it is registered while another one was."""
    for status in (event.status for event in running.all(StatusChanged)):
        public, webhook = status.tunnel.public_url, status.webhook
        if webhook.state is WebhookState.REGISTERED and webhook.url is not None:
            assert public is not None
            assert webhook.url.startswith(public), (status.tunnel, webhook)


@pytest.mark.timeout(60 + FAULTS * 5)
async def test_faults_under_load(tmp_path: Path) -> None:
    """Registered again within two seconds of each cut, at the default back-off; nothing acknowledged is missing."""
    before = descendants(os.getpid())
    seconds: dict[str, list[float]] = {}
    chance = random.Random(20261124)
    async with sandbox_of(**RETRYING) as (sandbox, api_url), LocalhostRun(loopback=True) as server:
        chosen = settings(tmp_path, api_url=api_url, tunnel="ssh", ssh_server=server.ssh_server)
        async with session_of(chosen) as running:
            await running.event(SessionReady)
            async with _events(sandbox):
                for number in range(FAULTS):
                    kind = ("drop", "kill", "rotate")[number % 3]
                    await asyncio.sleep(STABLE_SECONDS + chance.random() * 0.2)  # a tunnel that stood
                    addresses, started = len(server.announced), own_time()
                    if kind == "drop":
                        await server.drop()
                    elif kind == "kill":
                        os.kill(_ssh(before), signal.SIGKILL)
                    else:
                        await server.rotate()
                    await _registered_again(running, server, addresses + 1)
                    seconds.setdefault(kind, []).append(own_time() - started)
                    received = running.status.counts.received
                    await running.until(lambda status, least=received: status.counts.received > least)  # type: ignore[misc]  # a default binds it now
                    running.events[:] = running.events[:2] + running.events[-400:]
            await asyncio.wait_for(sandbox.settled(), TIMEOUT_SECONDS)
            await running.until(lambda status: not status.counts.pending)
            accepted = {attempt.event_id for attempt in sandbox.attempts if attempt.status == 200}
            with closing(running.session.open_rows()) as rows:
                found = rows.window(0, rows.refresh())
            assert accepted <= {int(row.event_id) for row in found if row.event_id is not None}
            verdicts = {verdict: sum(row.verdict is verdict for row in found) for verdict in Verdict}
            assert not {verdict for verdict, count in verdicts.items() if count} - {Verdict.VALID, Verdict.OLDER}
            assert verdicts[Verdict.OLDER], "no retry was signed with a secret of before"
        assert url_at(sandbox) is None
    for kind, all_of_them in seconds.items():
        middle = sorted(all_of_them)[len(all_of_them) // 2]
        words = f"{len(all_of_them)}, registered again: median {middle:.2f} s, longest {max(all_of_them):.2f} s"
        sys.stdout.write(f"session, {kind}: {words}\n")
        assert max(all_of_them) < MOST_SECONDS, (kind, max(all_of_them))
    sys.stdout.write(f"session: {len(accepted)} acknowledged, none lost; {verdicts[Verdict.OLDER]} older\n")


async def test_an_address_is_registered_before_anything_says_ready(tmp_path: Path) -> None:
    """At the start and after a rotation: no status shows the new address beside a registration of the old one."""
    async with sandbox_of() as (_, api_url), LocalhostRun(loopback=True) as server:
        chosen = settings(tmp_path, api_url=api_url, tunnel="ssh", ssh_server=server.ssh_server)
        async with session_of(chosen) as running:
            await running.event(SessionReady)
            kinds = [type(event) for event in running.events]
            assert kinds.index(TunnelChanged) < kinds.index(WebhookRegistered) < kinds.index(SessionReady)
            await running.event(DeliveryStored)
            await server.rotate()
            await _registered_again(running, server, 2)
            _check_statuses(running)
            assert len(running.all(SessionReady)) == 1


@pytest.mark.parametrize(
    ("get_status", "said"),
    [
        (None, ""),
        (405, "PiktID does not report whether it is still registered."),
        (404, "PiktID does not report whether it is still registered."),
        (500, "PiktID is unavailable (500)."),
    ],
)
async def test_a_tunnel_that_returns_with_the_same_url_keeps_the_secret(
    tmp_path: Path, get_status: int | None, said: str
) -> None:
    """Other servers may verify with the secret, and a PUT would replace it."""
    async with sandbox_of(get_status=get_status) as (sandbox, api_url), LocalhostRun(loopback=True) as server:
        server.keeps_url = True
        chosen = settings(tmp_path, api_url=api_url, tunnel="ssh", ssh_server=server.ssh_server, replace=True)
        async with session_of(chosen) as running:
            await running.event(SessionReady)
            await running.until(lambda status: status.counts.good == 1)
            before = sandbox.registry.current
            assert before is not None
            await server.drop()
            await running.until(lambda status: status.webhook.state is WebhookState.STALE)
            assert await server.until_announced(2) == server.announced[0]
            await running.until(lambda status: status.webhook.state is WebhookState.REGISTERED)
            if said:
                notice = await running.event(Notified)
                assert notice.sentence == f"The public URL is back, and its registration is kept. {said}"
            assert sandbox.registry.current is not None
            assert sandbox.registry.current.secret == before.secret
            assert len(running.all(WebhookRegistered)) == 1
            sandbox.ping()
            await running.until(lambda status: status.counts.good == 2)
        assert url_at(sandbox) is None


async def test_a_tunnel_that_returns_takes_no_webhook_of_another_program(tmp_path: Path) -> None:
    """Another program registered while the tunnel was down."""
    async with sandbox_of() as (sandbox, api_url), LocalhostRun(loopback=True) as server:
        server.keeps_url = True
        chosen = settings(tmp_path, api_url=api_url, tunnel="ssh", ssh_server=server.ssh_server)
        async with session_of(chosen) as running:
            await running.event(SessionReady)
            await server.stop_listening()
            await server.drop()
            await running.until(lambda status: status.webhook.state is WebhookState.STALE)
            sandbox.registry.put("http://127.0.0.1:9/hooks")
            await server.listen()
            await running.until(lambda status: status.webhook.state is WebhookState.TAKEN)
        assert url_at(sandbox) == "http://127.0.0.1:9/hooks"


def test_a_dead_link_is_noticed_within_60_s(tmp_path: Path) -> None:
    """By ssh's own keepalive: after so many without an answer, at the next one, it gives up."""
    argv = ssh.ssh_argv("ssh", ssh.SshServer("nokey", "localhost.run"), tmp_path, "127.0.0.1", 9876)
    options = dict(word.split("=", 1) for word in argv if "=" in word)
    assert (
        int(options["ServerAliveInterval"]) * (int(options["ServerAliveCountMax"]) + 1) < 58
    )  # so that it can be told within 60 s


@pytest.mark.timeout(120)
async def test_a_frozen_server_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It neither answers nor closes: the link is given up by keepalive (here every second) and opened again."""
    ssh_argv = ssh.ssh_argv
    interval = os.environ.get("KEEPALIVE_SECONDS", "1")  # "": as it is

    def hasty(*arguments: object) -> list[str]:
        argv = ssh_argv(*arguments)  # type: ignore[arg-type]  # passed on as they come
        return [re.sub("(?<=ServerAliveInterval=).*", interval or r"\g<0>", word) for word in argv]

    monkeypatch.setattr(ssh, "ssh_argv", hasty)
    paths = os.pathsep.join((os.environ["PYTHONPATH"], str(ROOT)))
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.tunnels.serving_localhost_run"),
        stdout=PIPE,
        env={**os.environ, "PYTHONPATH": paths},
    )
    try:
        assert server.stdout is not None
        ssh_server = (await asyncio.wait_for(server.stdout.readline(), TIMEOUT_SECONDS)).decode().strip()
        async with sandbox_of() as (_, api_url):
            chosen = settings(tmp_path, api_url=api_url, tunnel="ssh", ssh_server=ssh_server)
            async with session_of(chosen) as running:
                first = await running.event(WebhookRegistered)
                await running.until(lambda status: _is_registered_at(status, first.url))  # the status comes later
                started = own_time()
                server.send_signal(signal.SIGSTOP)
                async with asyncio.timeout(70):
                    while running.status.tunnel.state not in (TunnelState.DOWN, TunnelState.OPENING):  # noqa: ASYNC110 -- another thread sets it
                        await asyncio.sleep(0.01)
                noticed = own_time() - started
                server.send_signal(signal.SIGCONT)
                await running.event(WebhookRegistered, lambda event: event.url != first.url)
        sys.stdout.write(f"a frozen server was noticed after {noticed:.1f} s\n")
        assert noticed <= 60
    finally:
        server.kill()
        await server.wait()
