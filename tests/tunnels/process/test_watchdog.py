"""When the program is killed with SIGKILL, nothing that it started lives on."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.timeouts import TIMEOUT_SECONDS, until
from tests.tunnels.localhost_run import LocalhostRun
from tests.tunnels.watching import alive, descendants

HERE = Path(__file__).parent
PROGRAMS = HERE.parent


@contextlib.asynccontextmanager
async def _kept(kind: str, state_dir: Path, what: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """A program with an open tunnel, and the URL that it reported."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(HERE / "tunnel_parent.py"), kind, str(state_dir), what, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        yield process, (await asyncio.wait_for(process.stdout.readline(), TIMEOUT_SECONDS)).decode()
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _killed(process: asyncio.subprocess.Process) -> None:
    """Kill the program as nothing can defend against; all below it is gone soon after."""
    below = descendants(process.pid)
    assert below
    os.kill(process.pid, signal.SIGKILL)
    await until(lambda: not any(alive(pid) for pid in below), 2.0)


async def test_ssh_does_not_outlive_us(tmp_path: Path) -> None:
    """The client and its watchdog."""
    async with LocalhostRun() as server, _kept("ssh", tmp_path, server.ssh_server) as (process, url):
        assert "lhr.life" in url
        await _killed(process)


@pytest.mark.parametrize("mode", ["quick", "stubborn"])
async def test_a_command_does_not_outlive_us(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    """Nor what it started itself, nor one that does not heed SIGTERM."""
    monkeypatch.setenv("FAKE_MODE", mode)
    program = f"{shlex.quote(sys.executable)} {shlex.quote(str(PROGRAMS / 'cloudflared.py'))}"
    async with _kept("command", tmp_path, f"sh -c {shlex.quote(f'{program}; true')}") as (process, url):
        assert "trycloudflare" in url
        assert len(descendants(process.pid)) == 3
        await _killed(process)


@pytest.mark.parametrize("mode", ["ok", "deaf"])
async def test_ngrok_does_not_outlive_us(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    """pyngrok starts the agent itself, and would leave it behind."""
    monkeypatch.setenv("FAKE_NGROK_MODE", mode)
    agent = tmp_path / "ngrok"
    agent.write_text(
        f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {shlex.quote(str(PROGRAMS / "fake_ngrok.py"))} "$@"\n'
    )
    agent.chmod(0o700)
    async with _kept("ngrok", tmp_path / "state", str(agent)) as (process, url):
        assert "ngrok-free" in url
        await _killed(process)
