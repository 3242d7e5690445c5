"""A child process: our loop, our files and our deadlines beside it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from tests.timeouts import TIMEOUT_SECONDS, until
from tests.tunnels.watching import alive
from webhook_tui.environment import child_environment
from webhook_tui.tunnels.process.child import WATCHDOG, Child, follow


def _python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def _open_files() -> int:
    return len(list(Path("/dev/fd").iterdir()))


async def test_a_flood_does_not_keep_the_loop() -> None:
    """A program that prints without end is read slowly, so that other work on the loop goes on."""
    lines: list[str] = []
    child = await Child.start(
        _python("while True: print('y')"),
        environment=child_environment(os.environ),
        on_line=lines.append,
    )
    loop = asyncio.get_running_loop()
    most_at_once = 0
    try:
        await until(lambda: lines)
        end = loop.time() + 0.3
        while loop.time() < end:
            before = len(lines)
            await asyncio.sleep(0)
            most_at_once = max(most_at_once, len(lines) - before)
        assert 0 < most_at_once <= 250
    finally:
        await child.end()


async def test_last_words_are_heard() -> None:
    """What is printed just before the end, without a newline, from both outputs."""
    lines: list[str] = []
    child = await Child.start(
        _python("import sys; print('out', flush=True); sys.stderr.write('err'); sys.exit(7)"),
        environment=child_environment(os.environ),
        on_line=lines.append,
    )
    try:
        assert await child.ended() == 7
        assert lines == ["out", "err"]
    finally:
        await child.end()


async def test_it_has_no_input_and_ordinary_signals() -> None:
    """Reading gives the end at once, and a broken pipe kills it, as it does from a shell."""
    lines: list[str] = []
    child = await Child.start(
        ["/bin/sh", "-c", 'read line || echo "no input"; kill -PIPE $$; echo "deaf"'],
        environment=child_environment(os.environ),
        on_line=lines.append,
    )
    try:
        assert await child.ended() == -signal.SIGPIPE
        assert lines == ["no input"]
    finally:
        await child.end()


async def test_one_that_leaves_a_daemon_behind_keeps_nothing_open() -> None:
    """The daemon got away and holds the pipe: the end of the program counts, and our side is closed."""
    pids: list[str] = []
    code = (
        "import os, time\n"
        "if os.fork() == 0:\n"
        "    os.setsid(); print(os.getpid(), flush=True)\n"
        "    import signal; signal.alarm(20); signal.pause()\n"
        "else:\n"
        "    import select; select.select([], [], [], 0.2)\n"
    )
    before = _open_files()
    for _ in range(2):
        child = await Child.start(_python(code), environment=child_environment(os.environ), on_line=pids.append)
        try:
            assert await asyncio.wait_for(child.ended(), TIMEOUT_SECONDS) == 0
        finally:
            await child.end()
    await until(lambda: _open_files() <= before)
    assert len(pids) == 2
    for pid in pids:
        os.kill(int(pid), signal.SIGKILL)


async def test_what_it_started_ends_with_it() -> None:
    """The whole group, also what does not heed SIGTERM."""
    pids: list[str] = []
    child = await Child.start(
        ["/bin/sh", "-c", "trap '' TERM; (trap '' TERM; echo $$; sleep 30) & sleep 30"],
        environment=child_environment(os.environ),
        on_line=pids.append,
    )
    await until(lambda: pids)
    await child.end()
    await until(lambda: not alive(child.pid), 1.0)


async def test_a_program_that_cannot_be_run() -> None:
    """The watchdog prints the reason, as a shell would."""
    course = await follow(
        ["/no/such/program"],
        environment=child_environment(os.environ),
        deadline_seconds=5,
        on_line=lambda line: None,
        opened=lambda said: None,
    )
    assert course.code == 127
    assert course.last_line == "/no/such/program: No such file or directory"


_WITHOUT_FORK = (
    f"import os, runpy, sys; del os.fork; sys.argv[:1] = []; runpy.run_path({str(WATCHDOG)!r}, run_name='__main__')"
)
"""Runs the watchdog where no process can become another."""


async def test_the_guard_without_fork() -> None:
    """Where no process can become another it stays beside its program, and ends it when we are gone."""
    program = "import os, sys; print(os.getpid(), flush=True); print('err', file=sys.stderr, flush=True)"
    guard = await asyncio.create_subprocess_exec(
        *_python(_WITHOUT_FORK),
        str(WATCHDOG),
        "-",
        *_python(f"{program}; import signal; signal.pause()"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert guard.stdin is not None
    assert guard.stdout is not None
    pid = int(await asyncio.wait_for(guard.stdout.readline(), TIMEOUT_SECONDS))
    assert await guard.stdout.readline() == b"err\n"
    assert alive(pid)
    guard.stdin.close()
    await until(lambda: not alive(pid), 2.0)
    await guard.wait()


async def test_a_program_that_is_not_there_without_fork() -> None:
    """One line, and the exit code of a shell, as elsewhere."""
    guard = await asyncio.create_subprocess_exec(
        *_python(_WITHOUT_FORK),
        str(WATCHDOG),
        "-",
        "/no/such/program",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await asyncio.wait_for(guard.communicate(), TIMEOUT_SECONDS)
    assert (guard.returncode, output) == (127, b"/no/such/program: No such file or directory\n")
