"""Runs a tunnel in a test, records what it reported, and waits for conditions."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

from tests.timeouts import TIMEOUT_SECONDS, until
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.status import TunnelState, TunnelStatus
from webhook_tui.tunnels.base import Tunnel
from webhook_tui.tunnels.supervisor import TunnelSupervisor


class Watched:
    """A tunnel that is running."""

    def __init__(self) -> None:
        self.said: list[str | Problem] = []
        self.task: asyncio.Task[Problem]

    async def url(self, count: int = 1) -> str:
        """Wait for that many URLs in all; the last one of them. Fails when the tunnel ends before."""
        await until(lambda: len(self.urls) >= count or self.task.done())
        assert len(self.urls) >= count, self.task.result()
        return self.urls[count - 1]

    @property
    def urls(self) -> list[str]:
        """Every URL that it reported."""
        return [said for said in self.said if isinstance(said, str)]

    async def ended(self) -> Problem:
        """Why it ended."""
        return await asyncio.wait_for(asyncio.shield(self.task), TIMEOUT_SECONDS)


@contextlib.asynccontextmanager
async def watched(tunnel: Tunnel, port: int = 9) -> AsyncIterator[Watched]:
    """Run `tunnel` towards a local port; it is cancelled at the end."""
    watch = Watched()
    watch.task = asyncio.create_task(tunnel.run("127.0.0.1", port, watch.said.append))
    try:
        yield watch
    finally:
        watch.task.cancel()
        await asyncio.wait({watch.task})


class Supervised:
    """A supervisor that is running, and every status that it reported."""

    def __init__(self, supervisor: Callable[[Callable[[TunnelStatus], None]], TunnelSupervisor]) -> None:
        self.statuses: list[TunnelStatus] = []
        self.supervisor = supervisor(self.statuses.append)

    @property
    def states(self) -> list[TunnelState]:
        """The states in order."""
        return [status.state for status in self.statuses]

    async def until(self, state: TunnelState, count: int = 1) -> TunnelStatus:
        """Wait until it was in that state so many times."""
        try:
            await until(lambda: self.states.count(state) >= count)
        except TimeoutError:
            raise AssertionError(f"{state} not reached {count} times; at last: {self.statuses[-4:]}") from None
        return [status for status in self.statuses if status.state is state][count - 1]


@contextlib.asynccontextmanager
async def supervised(
    tunnel: Tunnel,
    port: int = 9,
    *,
    first_delay_seconds: float = 0.5,
    longest_delay_seconds: float = 30.0,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    tick_seconds: float = 1.0,
    drawn: float = 0.0,
) -> AsyncIterator[Supervised]:
    """Run a supervisor whose random numbers are all `drawn`; it is cancelled at the end."""
    watch = Supervised(
        lambda changed: TunnelSupervisor(
            tunnel,
            changed=changed,
            now=now,
            random=lambda: drawn,
            first_delay_seconds=first_delay_seconds,
            longest_delay_seconds=longest_delay_seconds,
            tick_seconds=tick_seconds,
        )
    )
    task = asyncio.create_task(watch.supervisor.run("127.0.0.1", port))
    try:
        yield watch
        assert not task.done(), task
    finally:
        task.cancel()
        await asyncio.wait({task})


def descendants(pid: int) -> set[int]:
    """The pids below a process."""
    parents = {child: parent for child, parent, _ in _processes()}
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found and child not in found}:
        found |= more
    return found - {pid}


def alive(pid: int) -> bool:
    """Whether a process runs; one that only waits to be collected does not."""
    return any(other == pid and not state.startswith("Z") for other, _, state in _processes())


def seen_of(pid: int) -> tuple[bytes, bytes]:
    """What others see of a process: its argv and its environment (on macOS the argv and the environment together)."""
    if _HAS_PROC:
        return _read(f"/proc/{pid}/cmdline"), _read(f"/proc/{pid}/environ")
    return _ps("-ww", "-o", "command=", "-p", str(pid)), _ps("-Eww", "-o", "command=", "-p", str(pid))


_HAS_PROC = Path("/proc/self/stat").exists()


def _processes() -> list[tuple[int, int, str]]:
    """Pid, parent and state of every process."""
    if not _HAS_PROC:
        lines = _ps("-A", "-o", "pid=,ppid=,stat=").decode().splitlines()
        return [(int(pid), int(parent), state) for pid, parent, state in (line.split() for line in lines)]
    found: list[tuple[int, int, str]] = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (text := _read(f"/proc/{entry.name}/stat").decode(errors="replace")):
            state, parent = text.rpartition(")")[2].split()[:2]
            found.append((int(entry.name), int(parent), state))
    return found


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError:
        return b""


def _ps(*arguments: str) -> bytes:
    return subprocess.run(["ps", *arguments], stdout=subprocess.PIPE, check=False).stdout
