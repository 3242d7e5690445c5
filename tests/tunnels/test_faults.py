"""Tunnels that are cut, killed, frozen, renamed and refused, while a client sends through them and tries again.

A few faults in every run; `TUNNEL_FAULTS=120 pytest tests/tunnels/test_faults.py -s --timeout 600` for many.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.timeouts import own_time, until
from tests.tunnels.localhost_run import LocalhostRun, echo_receiver
from tests.tunnels.watching import Supervised, descendants, seen_of, supervised
from webhook_tui.domain.status import TunnelState
from webhook_tui.tunnels.base import TunnelSettings, choose

FAULTS = int(os.environ.get("TUNNEL_FAULTS", "5"))
MOST_SECONDS = 2.0
FAKE = Path(__file__).with_name("fake_ngrok.py")


class Sender:
    """Sends numbered bodies to the present public URL; each until it is acknowledged."""

    def __init__(self, watch: Supervised) -> None:
        self.acknowledged: list[bytes] = []
        self._watch = watch

    async def run(self) -> None:
        """Until cancelled."""
        number = 0
        while True:
            body = f"{number}:".encode() + random.Random(number).randbytes(700)
            while not await self._sent(body):  # noqa: ASYNC110 -- that is how a sender tries again
                await asyncio.sleep(0.02)
            self.acknowledged.append(body)
            number += 1

    async def _sent(self, body: bytes) -> bool:
        url = self._watch.supervisor.status.public_url
        if url is None:
            return False
        try:
            async with asyncio.timeout(1.0):
                return await _posted(url, body)
        except OSError:
            return False


async def _posted(url: str, body: bytes) -> bool:
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(url).port)
    try:
        writer.write(
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(body), body)
        )
        await writer.drain()
        return (await reader.read()).startswith(b"HTTP/1.1 200")
    finally:
        writer.close()


@contextlib.asynccontextmanager
async def _sending(watch: Supervised) -> AsyncIterator[Sender]:
    sender = Sender(watch)
    task = asyncio.create_task(sender.run())
    try:
        yield sender
        assert not task.done()
    finally:
        task.cancel()
        await asyncio.wait({task})


async def _suffer(
    watch: Supervised, sender: Sender, faults: list[Callable[[], Awaitable[bool]]]
) -> dict[str, list[float]]:
    """Each fault in turn, and then a delivery that arrives; seconds until the tunnel was live again, by fault.

    A fault says whether it closes the tunnel, or leaves it as it is.
    """
    seconds: dict[str, list[float]] = {}
    for fault in faults:
        lives = watch.states.count(TunnelState.LIVE)
        started = own_time()
        if await fault():
            await watch.until(TunnelState.LIVE, lives + 1)
            seconds.setdefault(fault.__name__, []).append(own_time() - started)
        sent = len(sender.acknowledged)
        await until(lambda before=sent: len(sender.acknowledged) > before)  # type: ignore[misc]  # a default binds it now
    return seconds


def _report(name: str, seconds: dict[str, list[float]], sender: Sender, received: list[bytes]) -> None:
    """What became of it; printed for who runs many."""
    assert set(sender.acknowledged) <= set(received)
    assert len(set(sender.acknowledged)) == len(sender.acknowledged)
    for kind, all_of_them in sorted(seconds.items()):
        assert max(all_of_them) < MOST_SECONDS, (kind, max(all_of_them))
        middle = sorted(all_of_them)[len(all_of_them) // 2]
        sys.stdout.write(
            f"{name} {kind}: {len(all_of_them)}, median {middle:.2f} s, longest {max(all_of_them):.2f} s\n"
        )
    twice = len(received) - len(set(received))
    sys.stdout.write(f"{name}: {len(sender.acknowledged)} acknowledged, none lost, {twice} twice\n")


async def test_ssh_under_faults(tmp_path: Path) -> None:
    """Nothing that was acknowledged is missing, and after each cut the tunnel is live again within two seconds."""
    before = descendants(os.getpid())
    async with LocalhostRun(loopback=True) as server, echo_receiver() as (port, received):
        tunnel = choose(TunnelSettings("ssh", tmp_path, ssh_server=server.ssh_server))

        def ssh() -> int:
            ours = descendants(os.getpid()) - before
            return next(pid for pid in ours if b"watchdog.py" not in seen_of(pid)[0])

        async def drop() -> bool:
            await server.drop()
            return True

        async def kill() -> bool:
            os.kill(ssh(), signal.SIGKILL)
            return True

        async def rotate() -> bool:
            await server.rotate()
            return True

        async def freeze() -> bool:
            pid = ssh()
            os.kill(pid, signal.SIGSTOP)
            await asyncio.sleep(0.3)
            os.kill(pid, signal.SIGCONT)
            return False

        async def refuse() -> bool:
            server.refuses_forwarding = True
            downs = watch.states.count(TunnelState.DOWN)
            await server.drop()
            await watch.until(TunnelState.DOWN, downs + 2)
            server.refuses_forwarding = False
            return True

        async with supervised(tunnel, port, drawn=1.0) as watch:
            await watch.until(TunnelState.LIVE)
            async with _sending(watch) as sender:
                kinds = [drop, kill, rotate, freeze, refuse]
                seconds = await _suffer(watch, sender, [kinds[number % len(kinds)] for number in range(FAULTS)])
    seconds.pop("refuse", None)
    _report("ssh", seconds, sender, received)


async def test_ngrok_under_faults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same of its agent: killed, frozen, and refused for a while."""
    starts = tmp_path / "starts"
    monkeypatch.setenv("FAKE_NGROK_LOOPBACK", "1")
    monkeypatch.setenv("FAKE_NGROK_STARTS", str(starts))
    agent = tmp_path / "ngrok"
    agent.write_text(f"#!/bin/sh\nexec '{sys.executable}' '{FAKE}' \"$@\"\n")
    agent.chmod(0o700)

    def newest() -> int:
        return int(starts.read_text().split()[-1])

    async def kill() -> bool:
        os.kill(newest(), signal.SIGKILL)
        return True

    async def freeze() -> bool:
        os.kill(newest(), signal.SIGSTOP)
        await asyncio.sleep(0.3)
        os.kill(newest(), signal.SIGCONT)
        return False

    async def drop() -> bool:
        os.kill(newest(), signal.SIGUSR1)
        return True

    async def move() -> bool:
        os.kill(newest(), signal.SIGUSR2)
        return True

    tunnel = choose(TunnelSettings("ngrok", tmp_path / "state", ngrok_path=str(agent)))
    async with echo_receiver() as (port, received), supervised(tunnel, port, drawn=1.0) as watch:
        await watch.until(TunnelState.LIVE)
        async with _sending(watch) as sender:
            kinds = [kill, drop, freeze, move]
            seconds = await _suffer(watch, sender, [kinds[number % len(kinds)] for number in range(FAULTS)])
    _report("ngrok", seconds, sender, received)
