"""Time from the command to the table and to listening, beside a bare Textual app, in the same run.

Run by hand: `PYTHONPATH=app python tests/benchmarks/startup.py [--rounds 5]`. Each program runs in a pseudo-terminal of
140x42 whose output is read all the time; the clock starts before the fork. The programs take turns, so that a busy
machine slows them alike, and the figures are medians. The first round, which fills the caches, does not count.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import socket
import statistics
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

_COLUMNS, _LINES = 140, 42
_APP = Path(__file__).resolve().parents[2] / "app"
_BARE_APP = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("the first frame of a bare app")
Bare().run()
"""
_SCREEN = ("-m", "webhook_tui", "--ephemeral", "--port")
"""The port is the next argument."""
_WAYS: dict[str, tuple[str, ...]] = {
    "--sandbox": ("--sandbox",),
    "--no-register --tunnel none": ("--no-register", "--tunnel", "none"),
}
_SEQUENCE = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
_ASKS_FOR_FRAMES, _HAS_FRAMES = b"\x1b[?2026$p", b"\x1b[?2026;2$y"
_FIRST_FRAME = re.compile(rb"the first frame of a bare app")
_HEADING = re.compile(rb"# .{0,40}verdict")
_POLL_SECONDS = 0.005
_TIMEOUT_SECONDS = 30.0


class Times(NamedTuple):
    """Seconds after the fork."""

    shown: float
    listening: float | None


class StartUp(NamedTuple):
    """Medians of one way to start the screen, in seconds and as a multiple of the bare app's first frame."""

    table_seconds: float
    listening_seconds: float
    table_ratio: float
    listening_ratio: float


def measure(rounds: int = 5) -> tuple[float, dict[str, StartUp]]:
    """Return the seconds until a bare app's first frame, and the figures of each way to start the screen."""
    bare: list[float] = []
    ours: dict[str, list[Times]] = {name: [] for name in _WAYS}
    for number in range(rounds + 1):
        first_frame = _run(("-c", _BARE_APP), _FIRST_FRAME, None)
        times = {name: _run_screen(arguments) for name, arguments in _WAYS.items()}
        if number:
            bare.append(first_frame.shown)
            for name, each in times.items():
                ours[name].append(each)
    base = statistics.median(bare)
    return base, {name: _figures(each, base) for name, each in ours.items()}


def _figures(times: Sequence[Times], base: float) -> StartUp:
    table = statistics.median(each.shown for each in times)
    listening = statistics.median(each.listening for each in times if each.listening is not None)
    return StartUp(table, listening, table / base, listening / base)


def _run_screen(arguments: Sequence[str]) -> Times:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return _run((*_SCREEN, str(port), *arguments), _HEADING, port)


def _run(arguments: Sequence[str], shown: re.Pattern[bytes], port: int | None) -> Times:
    """Run Python with `arguments` until the terminal shows that and the port answers; then end it by SIGTERM."""
    with tempfile.TemporaryDirectory() as home:
        began = time.perf_counter()
        pid, master = pty.fork()
        if pid == 0:
            environment = {"HOME": home, "PATH": os.environ["PATH"], "PYTHONPATH": str(_APP), "LANG": "C.UTF-8"}
            environment |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
            os.execve(sys.executable, (sys.executable, *arguments), environment)
        fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", _LINES, _COLUMNS, 0, 0))
        try:
            return _times(began, master, shown, None if port is None else _Probe(port))
        finally:
            os.kill(pid, signal.SIGTERM)
            with contextlib.suppress(OSError):  # the terminal's other end is closed
                while os.read(master, 65_536):
                    pass
            os.waitpid(pid, 0)
            os.close(master)


def _times(began: float, master: int, shown: re.Pattern[bytes], probe: Callable[[], bool] | None) -> Times:
    output = b""
    shown_at: float | None = None
    listening_at: float | None = None
    while shown_at is None or (probe is not None and listening_at is None):
        if time.perf_counter() - began > _TIMEOUT_SECONDS:
            raise TimeoutError(_SEQUENCE.sub(b"", output)[-2_000:].decode(errors="replace"))
        if select.select([master], [], [], _POLL_SECONDS)[0]:
            piece = os.read(master, 65_536)
            output += piece
            if _ASKS_FOR_FRAMES in piece:
                os.write(master, _HAS_FRAMES)
            if shown_at is None and shown.search(_SEQUENCE.sub(b"", output)):
                shown_at = time.perf_counter() - began
        if probe is not None and listening_at is None and probe():
            listening_at = time.perf_counter() - began
    return Times(shown_at, listening_at)


class _Probe:
    """Sends one request as soon as the port takes a connection. Calling it returns whether the answer has come."""

    def __init__(self, port: int) -> None:
        self._address = ("127.0.0.1", port)
        self._connection: socket.socket | None = None

    def __call__(self) -> bool:
        if self._connection is None:
            connection = socket.socket()
            try:
                connection.connect(self._address)
            except ConnectionRefusedError:
                connection.close()
                return False
            connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            connection.setblocking(False)
            self._connection = connection
        try:
            answer = self._connection.recv(12)
        except BlockingIOError:
            return False
        self._connection.close()
        assert answer.startswith(b"HTTP/1.1 "), answer
        return True


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    base, ways = measure(parser.parse_args().rounds)
    sys.stdout.write(f"bare Textual app, first frame  {base:.2f} s\n")
    for name, figures in ways.items():
        sys.stdout.write(f"{name:<28} table     {figures.table_ratio:.2f} x  ({figures.table_seconds:.2f} s)\n")
        sys.stdout.write(f"{name:<28} listening {figures.listening_ratio:.2f} x  ({figures.listening_seconds:.2f} s)\n")
    sys.stdout.write(f"load average {os.getloadavg()[0]:.1f}\n")


if __name__ == "__main__":
    main()
