"""A child process that cannot outlive us, cannot reach our terminal, and is never left unread.

Its two outputs are one pipe, read for ever; its input is empty; it stands in a session of its own, under the guard. One
that floods us is slowed down, so that reading it never keeps the loop from a delivery.
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
from webhook_tui.tunnels import watchdog
from webhook_tui.tunnels.base import Opened
from webhook_tui.tunnels.lines import LineSplitter

GUARD = Path(watchdog.__file__)
_TERM_SECONDS = 0.6
_KILL_SECONDS = 0.3
_LAST_WORDS_SECONDS = 0.3
_REMEMBERED_LINES = 40
_LINES_PER_SECOND = 5_000
_LINES_AT_ONCE = 250


class Child:
    """One running child. Make it with `start`; whoever starts it ends it."""

    def __init__(self, transport: asyncio.SubprocessTransport, output: _Output) -> None:
        self._transport = transport
        self._output = output

    @classmethod
    async def start(cls, argv: Sequence[str], *, environment: Mapping[str, str], heard: Callable[[str], None]) -> Child:
        """Start `argv`; every whole line that it prints goes to `heard`. Raises OSError when Python cannot run."""
        return cls(
            *await asyncio.get_running_loop().subprocess_exec(
                lambda: _Output(heard),
                sys.executable, "-I", "-S", str(GUARD), "-", *argv,
                stdin=PIPE, stdout=PIPE, stderr=STDOUT, env=dict(environment), start_new_session=os.name == "posix",
            )
        )  # fmt: skip

    @property
    def pid(self) -> int:
        """The program's own on POSIX, the guard's elsewhere."""
        return self._transport.get_pid()

    async def ended(self) -> int:
        """Wait for its end and its last words; the exit code, negative for a signal."""
        await self._output.exited.wait()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._output.over.wait(), _LAST_WORDS_SECONDS)
        code = self._transport.get_returncode()
        return 0 if code is None else code

    async def end(self) -> None:
        """Ask it to end, then make it end, with all that it started; within 1 s, also when cancelled meanwhile."""
        try:
            if not self._output.exited.is_set():
                self._signal("SIGTERM")
                await self._gone(_TERM_SECONDS)
        finally:
            self._signal("SIGKILL")
            self._let_go()
            try:
                await self._gone(_KILL_SECONDS)
            finally:
                self._transport.close()

    async def _gone(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._output.exited.wait(), seconds)

    def _signal(self, name: str) -> None:
        with contextlib.suppress(OSError):
            if os.name == "posix":
                os.killpg(self.pid, getattr(signal, name))
            else:
                self._let_go()

    def _let_go(self) -> None:
        lifeline = self._transport.get_pipe_transport(0)
        if lifeline is not None:
            lifeline.close()


class _Output(asyncio.SubprocessProtocol):
    """Reads what the child prints, a bounded number of lines at a time and a second."""

    def __init__(self, heard: Callable[[str], None]) -> None:
        self.exited = asyncio.Event()
        self.over = asyncio.Event()
        """Everything that it printed has been heard."""
        self._heard = heard
        self._splitter = LineSplitter()
        self._waiting: deque[str] = deque()
        self._pipe: asyncio.ReadTransport | None = None
        self._ended = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        pipe = cast("asyncio.SubprocessTransport", transport).get_pipe_transport(1)
        self._pipe = cast("asyncio.ReadTransport", pipe)

    def pipe_data_received(self, fd: int, data: bytes) -> None:  # noqa: ARG002 -- there is only one
        self._waiting.extend(self._splitter.feed(data))
        if self._waiting and self._pipe is not None:
            self._pipe.pause_reading()
            self._hear()

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:  # noqa: ARG002 -- the end is the end
        if fd == 1:
            self._ended = True
            self._waiting.extend(self._splitter.rest())
            self._hear()

    def process_exited(self) -> None:
        self.exited.set()

    def _hear(self) -> None:
        count = min(len(self._waiting), _LINES_AT_ONCE)
        for _ in range(count):
            self._heard(self._waiting.popleft())
        if count:
            asyncio.get_running_loop().call_later(count / _LINES_PER_SECOND, self._hear)
        elif self._ended:
            self.over.set()
        elif self._pipe is not None and not self._pipe.is_closing():
            self._pipe.resume_reading()


class ChildRun(Struct):
    """How a child's life went, for the driver that has to say why it ended."""

    urls: list[str] = field(default_factory=list)
    """The public URLs that it named, in order."""
    lines: list[str] = field(default_factory=list)
    """Its last lines."""
    problem: Problem | None = None
    """What one of its lines said."""
    code: int | None = None
    """Its exit code, or None when it was ended by us."""

    @property
    def timed_out(self) -> bool:
        """Whether it was ended because no URL came."""
        return self.code is None and self.problem is None

    @property
    def last_line(self) -> str:
        """Its last words."""
        return self.lines[-1] if self.lines else ""


async def follow(
    argv: Sequence[str],
    *,
    environment: Mapping[str, str],
    deadline_seconds: float,
    heard: Callable[[str], str | Problem | None],
    opened: Opened,
) -> ChildRun:
    """Run `argv` until it ends, until `heard` finds a Problem in a line, or until no URL came within the deadline.

    `heard` gets every line and returns the public URL that it names, a Problem that ends the child, or None. A URL that
    is the present one is not told again.
    """
    course = ChildRun()
    over = asyncio.Event()

    def hear(line: str) -> None:
        course.lines.append(line)
        del course.lines[:-_REMEMBERED_LINES]
        found = heard(line)
        if isinstance(found, Problem):
            course.problem = course.problem or found
            over.set()
        elif found is not None and found not in course.urls[-1:]:
            course.urls.append(found)
            opened(found)

    def give_up() -> None:
        if not course.urls:
            over.set()

    deadline = asyncio.get_running_loop().call_later(deadline_seconds, give_up)
    try:
        child = await Child.start(argv, environment=environment, heard=hear)
        try:
            course.code = await _first(child, over)
        finally:
            await child.end()
    finally:
        deadline.cancel()
    return course


async def _first(child: Child, over: asyncio.Event) -> int | None:
    ended = asyncio.create_task(child.ended())
    told = asyncio.create_task(over.wait())
    try:
        await asyncio.wait({ended, told}, return_when=asyncio.FIRST_COMPLETED)
        return ended.result() if ended.done() and not told.done() else None
    finally:
        for task in (ended, told):
            task.cancel()
