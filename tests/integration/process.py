"""The real program without a terminal: its lines as they come, its notes, its exit code."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import IO, Any, TypeAlias

from tests import fork_server
from tests.timeouts import TIMEOUT_SECONDS, own_time

Record: TypeAlias = Mapping[str, Any]


def _anything(_record: Record) -> bool:
    return True


class Program:
    """One running program; make it with `program`."""

    def __init__(
        self, process: Process | fork_server.Fork, stdout: asyncio.StreamReader, stderr: asyncio.StreamReader
    ) -> None:
        self._process = process
        self.output = bytearray()
        """Standard output so far."""
        self.notes = bytearray()
        """Standard error so far."""
        self._news = asyncio.Event()
        self._reading = [
            asyncio.create_task(self._read(stream, kept))
            for stream, kept in ((stdout, self.output), (stderr, self.notes))
        ]

    async def _read(self, stream: asyncio.StreamReader, kept: bytearray) -> None:
        while data := await stream.read(65_536):
            kept += data
            self._news.set()
        asyncio.get_running_loop().call_soon(self._news.set)  # when this task is done

    @property
    def pid(self) -> int:
        """The program's."""
        return self._process.pid

    @property
    def lines(self) -> list[str]:
        """The whole lines of standard output so far."""
        return self.output.rpartition(b"\n")[0].decode().splitlines()

    @property
    def records(self) -> list[Record]:
        """The same, each read as JSON."""
        return [json.loads(line) for line in self.lines]

    @property
    def words(self) -> str:
        """Standard error as text."""
        return self.notes.decode()

    def of(self, kind: str) -> list[Record]:
        """Every record of that type."""
        return [record for record in self.records if record["type"] == kind]

    async def until(self, condition: Callable[[], object], seconds: float = TIMEOUT_SECONDS) -> None:
        """Wait until what it said fits. Fails, with what it said, when it does not, also because it ended."""
        try:
            async with asyncio.timeout(seconds):
                while not condition() and not all(reading.done() for reading in self._reading):
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            pass
        assert condition(), f"what was waited for did not come; it said:\n{self.output.decode()}\n{self.words}"

    async def record(self, kind: str, is_it: Callable[[Record], bool] = _anything) -> Record:
        """The first record of that type that fits."""

        def found() -> list[Record]:
            return [record for record in self.of(kind) if is_it(record)]

        await self.until(found)
        return found()[0]

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    async def ended(self, seconds: float = TIMEOUT_SECONDS) -> int:
        """Wait for the end, at most so many seconds of our own; the exit code, negative for a signal that killed it."""
        began = own_time()
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                code = await self._process.wait()
                await asyncio.gather(*self._reading)
        except TimeoutError:
            raise AssertionError(f"it did not end; it said:\n{self.words}") from None
        assert own_time() - began < seconds
        return code

    async def left(self, number: signal.Signals = signal.SIGINT) -> int:
        """Ask it to leave, and wait until it has."""
        self.send(number)
        return await self.ended()

    async def close(self) -> None:
        """Kill it if it still runs."""
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        await asyncio.wait(self._reading)


async def _reader(pipe: IO[bytes]) -> asyncio.StreamReader:
    """The end of a pipe to read from."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
    return reader


async def _forked(arguments: Sequence[str], environ: Mapping[str, str], stdin: str, fault: str) -> Program:
    """With a file for its input, and pipes for its output."""
    (output, output_end), (errors, errors_end) = os.pipe(), os.pipe()
    with (
        tempfile.TemporaryFile() as given,
        os.fdopen(output_end, "wb") as for_output,
        os.fdopen(errors_end, "wb") as for_errors,
    ):
        given.write(stdin.encode())
        given.seek(0)
        process = await fork_server.Fork.start(arguments, environ, (given, for_output, for_errors), fault=fault)
    return Program(process, await _reader(os.fdopen(output, "rb")), await _reader(os.fdopen(errors, "rb")))


@contextlib.asynccontextmanager
async def program(
    *arguments: str, stdin: str = "", code: Sequence[str] = (), fault: str = "", **environment: str
) -> AsyncIterator[Program]:
    """`webhook-tui ARGUMENTS` with its output to pipes; `code`: what Python runs instead, `PROGRAM` for no fork.

    `fault`: the name of one of `crashing.py`.
    """
    environ = os.environ | environment
    if not code and fork_server.is_startable(environment):
        started = await _forked(arguments, environ, stdin, fault)
    else:
        assert not fault
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, *(code or fork_server.PROGRAM), *arguments),
            env=environ,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(stdin.encode())
        process.stdin.close()
        started = Program(process, process.stdout, process.stderr)
    try:
        yield started
    finally:
        await started.close()


async def run(*arguments: str, stdin: str = "", **environment: str) -> tuple[int, str, str]:
    """Run it to its end: exit code, standard output, standard error."""
    done = await asyncio.to_thread(fork_server.run, *arguments, given=stdin.encode(), **environment)
    return done.returncode, done.stdout.decode(), done.stderr.decode()
