"""A child process whose output is read line by line, in a session of its own and under the watchdog.

Its input is empty, and both its outputs are one pipe. Reading is limited in lines per second, so that a program that
prints without end does not keep the event loop from deliveries.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from subprocess import PIPE, STDOUT
from typing import cast

from msgspec import Struct, field

from webhook_tui.domain.errors import Problem
from webhook_tui.tunnels.base import Opened
from webhook_tui.tunnels.process import watchdog
from webhook_tui.tunnels.process.output import LineSplitter

WATCHDOG = Path(watchdog.__file__)
_TERM_SECONDS = 0.6
_KILL_SECONDS = 0.3
_DRAIN_SECONDS = 0.3
_MOST_LINES = 40
_LINES_PER_SECOND = 5_000
_LINES_AT_ONCE = 250


class Child:
    """A running child process. Make it with `start`; the caller must `end` it."""

    def __init__(self, transport: asyncio.SubprocessTransport, output: _Output) -> None:
        self._transport = transport
        self._output = output

    @classmethod
    async def start(
        cls, argv: Sequence[str], *, environment: Mapping[str, str], on_line: Callable[[str], None]
    ) -> Child:
        """Start `argv` and call `on_line` with each line that it prints. Raises OSError when Python cannot run."""
        return cls(
            *await asyncio.get_running_loop().subprocess_exec(
                lambda: _Output(on_line),
                sys.executable, "-I", "-S", str(WATCHDOG), "-", *argv,
                stdin=PIPE, stdout=PIPE, stderr=STDOUT, env=dict(environment), start_new_session=os.name == "posix",
            )
        )  # fmt: skip

    @property
    def pid(self) -> int:
        """The process id: the program's on POSIX, the watchdog's elsewhere."""
        return self._transport.get_pid()

    async def ended(self) -> int:
        """Wait for the end and the remaining output; return the exit code, negative for a signal."""
        await self._output.exited.wait()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_DRAIN_SECONDS):
                await self._output.drained.wait()
        code = self._transport.get_returncode()
        return 0 if code is None else code

    async def end(self) -> None:
        """Terminate its process group, and kill it after a while; within 1 s, also when cancelled."""
        try:
            if not self._output.exited.is_set():
                self._signal("SIGTERM")
                await self._wait_exited(_TERM_SECONDS)
        finally:
            self._signal("SIGKILL")
            self._close_stdin()
            try:
                await self._wait_exited(_KILL_SECONDS)
            finally:
                self._transport.close()

    async def _wait_exited(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._output.exited.wait()

    def _signal(self, name: str) -> None:
        with contextlib.suppress(OSError):
            if os.name == "posix":
                os.killpg(self.pid, getattr(signal, name))
            else:
                self._close_stdin()

    def _close_stdin(self) -> None:
        stdin = self._transport.get_pipe_transport(0)
        if stdin is not None:
            stdin.close()


class _Output(asyncio.SubprocessProtocol):
    """Reads the output, a limited number of lines at once and per second."""

    def __init__(self, on_line: Callable[[str], None]) -> None:
        self.exited = asyncio.Event()
        self.drained = asyncio.Event()
        """All output was read."""
        self._on_line = on_line
        self._splitter = LineSplitter()
        self._waiting: deque[str] = deque()
        self._pipe: asyncio.ReadTransport | None = None
        self._ended = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        pipe = cast("asyncio.SubprocessTransport", transport).get_pipe_transport(1)
        self._pipe = cast("asyncio.ReadTransport", pipe)

    def pipe_data_received(self, fd: int, data: bytes) -> None:  # noqa: ARG002 -- both outputs are one pipe
        self._waiting.extend(self._splitter.feed(data))
        if self._waiting and self._pipe is not None:
            self._pipe.pause_reading()
            self._deliver()

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:  # noqa: ARG002 -- the reason does not matter
        if fd == 1:
            self._ended = True
            self._waiting.extend(self._splitter.rest())
            self._deliver()

    def process_exited(self) -> None:
        self.exited.set()

    def _deliver(self) -> None:
        count = min(len(self._waiting), _LINES_AT_ONCE)
        for _ in range(count):
            self._on_line(self._waiting.popleft())
        if count:
            asyncio.get_running_loop().call_later(count / _LINES_PER_SECOND, self._deliver)
        elif self._ended:
            self.drained.set()
        elif self._pipe is not None and not self._pipe.is_closing():
            self._pipe.resume_reading()


class ChildRun(Struct):
    """One run of a child process, from which the driver derives why it ended."""

    urls: list[str] = field(default_factory=list)
    """The public URLs in its output, in order."""
    lines: list[str] = field(default_factory=list)
    """Its last lines."""
    problem: Problem | None = None
    """The problem that a line of its output reported."""
    code: int | None = None
    """Its exit code; None when it was ended because of `problem` or the deadline."""

    @property
    def timed_out(self) -> bool:
        """Whether it was ended because it printed no URL."""
        return self.code is None and self.problem is None

    @property
    def last_line(self) -> str:
        """The last line of its output."""
        return self.lines[-1] if self.lines else ""


async def follow(
    argv: Sequence[str],
    *,
    environment: Mapping[str, str],
    deadline_seconds: float,
    on_line: Callable[[str], str | Problem | None],
    opened: Opened,
) -> ChildRun:
    """Run `argv` until it ends, until `on_line` returns a Problem, or until the deadline passes without a URL.

    `on_line` is called with each line and returns the public URL in it, a Problem that ends the child, or None.
    `opened` is called with each URL that differs from the one before.
    """
    run = ChildRun()
    finished = asyncio.Event()

    def handle(line: str) -> None:
        run.lines.append(line)
        del run.lines[:-_MOST_LINES]
        found = on_line(line)
        if isinstance(found, Problem):
            run.problem = run.problem or found
            finished.set()
        elif found is not None and found not in run.urls[-1:]:
            run.urls.append(found)
            opened(found)

    def on_deadline() -> None:
        if not run.urls:
            finished.set()

    deadline = asyncio.get_running_loop().call_later(deadline_seconds, on_deadline)
    try:
        child = await Child.start(argv, environment=environment, on_line=handle)
        try:
            run.code = await _first(child, finished)
        finally:
            await child.end()
    finally:
        deadline.cancel()
    return run


async def _first(child: Child, finished: asyncio.Event) -> int | None:
    ended = asyncio.create_task(child.ended())
    stopped = asyncio.create_task(finished.wait())
    try:
        await asyncio.wait({ended, stopped}, return_when=asyncio.FIRST_COMPLETED)
        return ended.result() if ended.done() and not stopped.done() else None
    finally:
        for task in (ended, stopped):
            task.cancel()
