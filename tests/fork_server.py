"""Starts `webhook-tui` in a process of its own that need not import it: a fork of one that has.

The imports are most of what a short command costs. Run as a script, this is that process: it forks for each request on
a socket, and ends with the test process at the other end.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import gc
import importlib
import io
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO, Any, NoReturn

PROGRAM = ("-m", "webhook_tui")
"""What Python runs where the start itself, the arguments or the environment that others see are tested."""
_SESSION = (sys.executable, "-P", "-m", "webhook_tui.session")
"""How the screen starts the session's process."""
_FAULTS = "tests.integration.crashing"
_READ_AT_START = ("PYTHON", "LANG", "LC_")
"""How variables begin that Python reads when it starts."""


def is_startable(environment: Mapping[str, str]) -> bool:
    """Whether a command with these variables of its own can be a fork; on Windows none can."""
    return hasattr(os, "fork") and not any(name.startswith(_READ_AT_START) for name in environment)


def run(*arguments: str, given: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command to its end, with files for its three streams; standard input holds `given`."""
    return _run(arguments, environment, given)


def run_with_fault(fault: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """As `run`, with one of the faults of `integration/crashing.py`. Not on Windows."""
    return _run(arguments, {}, fault=fault)


def run_with_full(stream: int, *arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """As `run`, where the stream of that number is a device without space."""
    return _run(arguments, environment, full=stream)


def _run(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    given: bytes = b"",
    *,
    full: int | None = None,
    fault: str = "",
) -> subprocess.CompletedProcess[bytes]:
    argv = [sys.executable, *PROGRAM, *arguments]
    environ = os.environ | environment
    if not is_startable(environment):
        return subprocess.run(argv, input=given, capture_output=True, check=False, env=environ)
    with contextlib.ExitStack() as stack:
        stdin, output, errors = (stack.enter_context(tempfile.TemporaryFile()) for _ in range(3))
        stdin.write(given)
        stdin.seek(0)
        streams: list[IO[bytes]] = [stdin, output, errors]
        if full is not None:
            streams[full] = stack.enter_context(Path("/dev/full").open("wb"))
        with start(arguments, environ, streams, fault=fault) as reply, reply.makefile() as lines:
            lines.readline()
            code = int(lines.readline())
        output.seek(0)
        errors.seek(0)
        return subprocess.CompletedProcess(argv, code, output.read(), errors.read())


async def ran(*arguments: str, given: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """As `run`, while the loop of the test goes on."""
    return await asyncio.to_thread(run, *arguments, given=given, **environment)


def start(
    arguments: Sequence[str],
    environ: Mapping[str, str],
    streams: Sequence[IO[bytes] | int],
    *,
    in_terminal: bool = False,
    fault: str = "",
) -> socket.socket:
    """Start the command with these three streams; `in_terminal`: in a session of its own, which they control.

    `fault` is the name of one of `integration/crashing.py`. The pid and then the exit code come as lines on the socket.
    """
    reply, theirs = socket.socketpair()
    with theirs, tempfile.TemporaryFile() as request:
        request.write(json.dumps([str(Path.cwd()), arguments, dict(environ), in_terminal, fault]).encode())
        request.seek(0)
        _server().send([*(each if isinstance(each, int) else each.fileno() for each in (*streams, theirs, request))])
    return reply


class Fork:
    """One running command, with what is used of `asyncio.subprocess.Process`."""

    def __init__(self, pid: int, code: asyncio.Task[int]) -> None:
        self.pid = pid
        self._code = code

    @classmethod
    async def start(
        cls,
        arguments: Sequence[str],
        environ: Mapping[str, str],
        streams: Sequence[IO[bytes] | int],
        *,
        in_terminal: bool = False,
        fault: str = "",
    ) -> Fork:
        """Start it; as `start`."""
        reply = start(arguments, environ, streams, in_terminal=in_terminal, fault=fault)
        reply.setblocking(False)
        received = b""
        while b"\n" not in received:
            received += await asyncio.get_running_loop().sock_recv(reply, 64)
        pid, _, rest = received.partition(b"\n")
        return cls(int(pid), asyncio.create_task(_exit_code(reply, rest)))

    @property
    def returncode(self) -> int | None:
        """None while it runs."""
        return self._code.result() if self._code.done() else None

    async def wait(self) -> int:
        """The exit code, when it has ended; negative for a signal that killed it."""
        return await asyncio.shield(self._code)

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if not self._code.done():
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it."""
        self.send_signal(signal.SIGKILL)


async def _exit_code(reply: socket.socket, received: bytes) -> int:
    with reply:
        while not received.endswith(b"\n"):
            received += await asyncio.get_running_loop().sock_recv(reply, 64)
    return int(received)


class _Server:
    """The process that has imported the program, and the socket to it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, __file__, str(theirs.fileno())], pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL
            )

    def send(self, descriptors: Sequence[int]) -> None:
        """Have a command started."""
        with self._lock:
            socket.send_fds(self._control, [b"\n"], descriptors)

    def close(self) -> None:
        """End it."""
        self._control.close()
        self._process.wait()


@cache
def _server() -> _Server:
    server = _Server()
    atexit.register(server.close)
    return server


def _import_all() -> None:
    """All but the MCP server, which few tests need; and the faults."""
    package = importlib.import_module("webhook_tui")
    for found in pkgutil.walk_packages(package.__path__, "webhook_tui."):
        if not found.name.startswith(("webhook_tui.headless.mcp", "webhook_tui.session.__main__")):
            importlib.import_module(found.name)
    sys.path.append(str(Path(__file__).parents[1]))
    importlib.import_module(_FAULTS)
    sys.path.pop()


def _become_command(control: socket.socket) -> None:
    """Fork for each request; returns in a process that is to run one command, set up for it."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the children that wait for the commands are not waited for
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 1, 5)
        if not message:
            os._exit(0)
        if os.fork() == 0:
            break
        for descriptor in descriptors:
            os.close(descriptor)
    control.close()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    *streams, reply, request = descriptors
    command = os.fork()
    if command:
        for descriptor in (*streams, request):
            os.close(descriptor)
        os.write(reply, f"{command}\n".encode())
        code = os.waitstatus_to_exitcode(os.waitpid(command, 0)[1])
        os.write(reply, f"{code}\n".encode())
        os._exit(0)
    with os.fdopen(request, "rb") as file:
        directory, arguments, environ, in_terminal, fault = json.load(file)
    for number, descriptor in enumerate(streams):
        os.dup2(descriptor, number)
    os.closerange(3, max(descriptors) + 1)
    if in_terminal:
        _lead_session()
    os.chdir(directory)
    _set_environment(environ)
    sys.argv[1:] = arguments
    subprocess.Popen = _Child  # type: ignore[misc, assignment]  # for this process alone
    if fault:
        sys.modules[_FAULTS].put(fault)


def _set_environment(environ: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environ)
    time.tzset()


class _Child(subprocess.Popen[bytes]):
    """A child process; the session's is a fork of this one while this one has a single thread."""

    def _execute_child(self, args: Sequence[str], *more: Any) -> None:
        if args != _SESSION or threading.active_count() > 1:
            super()._execute_child(args, *more)  # type: ignore[misc]  # not in the stubs
            return
        environ: Mapping[str, str] = more[5]
        stdin, to_stdin, from_stdout, stdout, _, stderr = more[9:15]
        self.pid = os.fork()
        if self.pid == 0:
            _become_session(environ, (stdin, stdout, stderr), (to_stdin, from_stdout))
        self._child_created = True
        for descriptor in (stdin, stdout):
            os.close(descriptor)


def _become_session(environ: Mapping[str, str], streams: Sequence[int], of_the_screen: Sequence[int]) -> NoReturn:
    """Set this fork up as the session's process, run that, and exit with its code."""
    for descriptor in of_the_screen:
        os.close(descriptor)
    for number, descriptor in enumerate(streams):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.setsid()
    _set_environment(environ)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    code = 1
    try:
        sys.modules["webhook_tui.session.process.host"].main()
        code = 0
    except BaseException:  # noqa: BLE001 -- as at the end of a program
        sys.excepthook(*sys.exc_info())
    finally:
        threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001 -- what the end of an interpreter calls
        sys.stderr.flush()
        os._exit(code)


def _lead_session() -> None:
    """What a terminal does for the program that it starts, and Python where its streams are one."""
    import fcntl  # noqa: PLC0415 -- Windows has neither
    import termios  # noqa: PLC0415 -- as above

    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGQUIT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    for stream in (sys.stdout, sys.stderr):
        assert isinstance(stream, io.TextIOWrapper)
        stream.reconfigure(line_buffering=True)


if __name__ == "__main__":
    _import_all()
    gc.collect()
    gc.freeze()
    _become_command(socket.socket(fileno=int(sys.argv[1])))
    from webhook_tui.__main__ import main

    main()
