"""The servers that are compared, each a process of its own: the program, the published script, and bare functions."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.machinery
import importlib.util
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.benchmarks.load import SECRET

TOP = Path(__file__).resolve().parents[2]
_SCRIPT = TOP / "tests" / "sandbox" / "published_script.txt"
_SHIM = TOP / "tests" / "sandbox" / "requests_shim"
_TIMEOUT_SECONDS = 30.0
_TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    """A process that serves on `port`."""

    def __init__(self, pid: int, port: int) -> None:
        self.pid = pid
        self.port = port

    def cpu_seconds(self) -> float:
        """Seconds of CPU time that the process has taken so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS


@contextlib.contextmanager
def program(directory: Path, *arguments: str) -> Iterator[Server]:
    """`webhook-tui listen`, which prints to /dev/null; `directory` is its home."""
    options = ("--no-register", "--hook-url", "http://127.0.0.1/any", "--secret", SECRET, "--no-sse", *arguments)
    command = ("-m", "webhook_tui", "listen", *options)
    with running(command, directory) as server:
        yield server


@contextlib.contextmanager
def script() -> Iterator[Server]:
    """The published script's server class. It verifies and prints each delivery to /dev/null, and stores nothing."""
    with running((str(Path(__file__)), "script"), Path(tempfile.gettempdir())) as server:
        yield server


@contextlib.contextmanager
def bare() -> Iterator[Server]:
    """An asyncio protocol that answers 200 to each piece of data, and stores nothing."""
    with running((str(Path(__file__)), "bare"), Path(tempfile.gettempdir())) as server:
        yield server


@contextlib.contextmanager
def running(command: Sequence[str], home: Path) -> Iterator[Server]:
    """Run Python with these arguments and `--port N`, until it listens; end it by SIGTERM."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "PYTHONPATH": os.pathsep.join((str(TOP / "app"), str(TOP))),
    }
    with (home / "benchmark.log").open("wb") as log:
        child = subprocess.Popen(
            (sys.executable, *command, "--port", str(port)),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
        )
    try:
        _wait_listening(port, child, home / "benchmark.log")
        yield Server(child.pid, port)
    finally:
        child.terminate()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()


def _wait_listening(port: int, child: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _TIMEOUT_SECONDS
    while time.monotonic() < until and child.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1.0):
            return
        threading.Event().wait(0.02)
    raise RuntimeError(f"no server: {log.read_text('utf-8', 'replace')}")


# What the children run


def _serve_script(port: int) -> None:
    """Load the text as it was published, and serve with its own class."""
    sys.path.insert(0, str(_SHIM))
    loader = importlib.machinery.SourceFileLoader("published_script", str(_SCRIPT))
    spec = importlib.util.spec_from_loader("published_script", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    server = module._WebhookServer(("127.0.0.1", port), secret=SECRET)  # noqa: SLF001 -- the published name
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    thread.join()


class _BareProtocol(asyncio.Protocol):
    def __init__(self) -> None:
        self._transport = asyncio.Transport()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # uvloop's is no subclass of asyncio.Transport

    def data_received(self, data: bytes) -> None:
        closes = b"\r\nConnection: close\r\n" in data
        self._transport.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nOK")
        if closes:
            self._transport.close()


async def _serve_bare(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(_BareProtocol, "127.0.0.1", port)
    await server.serve_forever()


def _main(kind: str, port: int) -> None:
    if kind == "script":
        _serve_script(port)
    else:
        import uvloop  # noqa: PLC0415 -- the program's loop

        uvloop.run(_serve_bare(port))


if __name__ == "__main__":
    _main(sys.argv[1], int(sys.argv[-1]))
