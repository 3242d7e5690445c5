"""A child process that cannot outlive us, cannot reach our terminal, and is never left unread.

Its two outputs are one pipe, read for ever; its input is empty; it stands in a session of its own, under the guard.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from webhook_tui.domain.problem import Problem
from webhook_tui.tunnels import guard
from webhook_tui.tunnels.base import Opened
from webhook_tui.tunnels.lines import LineSplitter

GUARD = Path(guard.__file__)
_TERM_SECONDS = 0.6
_KILL_SECONDS = 0.3
_LAST_WORDS_SECONDS = 0.3
_REMEMBERED_LINES = 40
_READ_BYTES = 65_536


class Child:
    """One running child. Make it with `start`; whoever starts it ends it."""

    def __init__(self, process: Process, heard: Callable[[str], None]) -> None:
        self._process = process
        self._reading = asyncio.create_task(self._read(heard), name="tunnel output")

    @classmethod
    async def start(cls, argv: Sequence[str], *, environment: Mapping[str, str], heard: Callable[[str], None]) -> Child:
        """Start `argv`; every whole line that it prints goes to `heard`. Raises OSError when Python cannot run."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-I", "-S", str(GUARD), "-", *argv,
            stdin=PIPE, stdout=PIPE, stderr=STDOUT, env=dict(environment), start_new_session=os.name == "posix",
        )  # fmt: skip
        return cls(process, heard)

    @property
    def pid(self) -> int:
        """The program's own on POSIX, the guard's elsewhere."""
        return self._process.pid

    async def ended(self) -> int:
        """Wait for its end and its last words; the exit code, negative for a signal."""
        code = await self._process.wait()
        await asyncio.wait({self._reading}, timeout=_LAST_WORDS_SECONDS)
        return code

    async def end(self) -> None:
        """Ask it to end, then make it end, with all that it started; within 1 s, also when cancelled meanwhile."""
        try:
            if self._process.returncode is None:
                self._signal("SIGTERM")
                await self._gone(_TERM_SECONDS)
        finally:
            self._signal("SIGKILL")
            self._let_go()
            self._reading.cancel()
            await self._gone(_KILL_SECONDS)
            await asyncio.wait({self._reading}, timeout=_KILL_SECONDS)

    async def _gone(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), seconds)

    def _signal(self, name: str) -> None:
        with contextlib.suppress(OSError):
            if os.name == "posix":
                os.killpg(self._process.pid, getattr(signal, name))
            elif self._process.returncode is None:
                self._let_go()

    def _let_go(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()

    async def _read(self, heard: Callable[[str], None]) -> None:
        assert self._process.stdout is not None
        splitter = LineSplitter()
        while data := await self._process.stdout.read(_READ_BYTES):
            for line in splitter.feed(data):
                heard(line)
        for line in splitter.rest():
            heard(line)


@dataclass(slots=True)
class Course:
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
) -> Course:
    """Run `argv` until it ends, until `heard` finds a Problem in a line, or until no URL came within the deadline.

    `heard` gets every line and returns the public URL that it names, a Problem that ends the child, or None. A URL that
    is the present one is not told again.
    """
    course = Course()
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
