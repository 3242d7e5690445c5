"""The screen in a pseudo-terminal that is read all the time, as a terminal does."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import signal
import socket
import struct
import sys
import termios
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.load import SECRET

COLUMNS, LINES = 140, 42
_APP = Path(__file__).resolve().parents[2] / "app"
_TIMEOUT_SECONDS = 60.0
_READ_BYTES = 65_536
_ASKS_FOR_FRAMES, _HAS_FRAMES = b"\x1b[?2026$p", b"\x1b[?2026;2$y"
_FRAME_END = b"\x1b[?2026l"
_SEQUENCE = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")


class Screen:
    """The program in a terminal; `port` is that of its receiver."""

    def __init__(self, pid: int, master: int, port: int) -> None:
        self.pid = pid
        self.port = port
        self._master = master
        self._frames: list[tuple[float, bytes]] = []
        """What each frame wrote, without control sequences, with the moment of its end."""
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        rest = b""
        with contextlib.suppress(OSError):  # the program has left
            while data := os.read(self._master, _READ_BYTES):
                if _ASKS_FOR_FRAMES in data:
                    os.write(self._master, _HAS_FRAMES)
                *whole, rest = (rest + data).split(_FRAME_END)
                now = time.perf_counter()
                with self._changed:
                    self._frames += [(now, _SEQUENCE.sub(b"", frame)) for frame in whole]
                    self._changed.notify_all()

    def press(self, keys: bytes) -> int:
        """Send keys; return the number of frames so far, for `wait_for`."""
        with self._changed:
            count = len(self._frames)
        os.write(self._master, keys)
        return count

    def wait_for(self, text: bytes, after: int = 0) -> float:
        """Wait until a frame after the first `after` ones writes something that matches; return the moment of its end.

        Raises TimeoutError.
        """
        pattern = re.compile(text)
        until = time.monotonic() + _TIMEOUT_SECONDS
        seen = after
        with self._changed:
            while time.monotonic() < until:
                for at, frame in self._frames[seen:]:
                    if pattern.search(frame):
                        return at
                seen = len(self._frames)
                self._changed.wait(1.0)
        raise TimeoutError(f"{text!r} was not drawn; the last frame wrote {self._frames[-1:]!r}")

    def key_seconds(self, key: bytes, text: bytes) -> float:
        """Press a key; return the seconds to the frame that draws what matches `text`."""
        began = time.perf_counter()
        return self.wait_for(text, self.press(key)) - began

    def processes(self) -> list[int]:
        """The screen's process and its children."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text("ascii")
        return [self.pid, *map(int, children.split())]

    def megabytes(self) -> float:
        """Memory of all its processes: shared pages are divided among those that share them (PSS)."""
        return sum(_pss_kilobytes(pid) for pid in self.processes()) / 1024

    def handles(self) -> int:
        """Open file descriptors of all its processes."""
        return sum(_count(pid, "fd") for pid in self.processes())

    def threads(self) -> int:
        """Threads of all its processes."""
        return sum(_count(pid, "task") for pid in self.processes())

    def close(self) -> None:
        """End the program by SIGTERM, and wait for its end."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)
        self._reader.join()
        os.waitpid(self.pid, 0)
        os.close(self._master)


@contextlib.contextmanager
def screen(home: Path, *arguments: str) -> Iterator[Screen]:
    """Run `webhook-tui` at 140x42 with the home directory `home` until its table is there and its port answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ("--no-register", "--hook-url", "http://127.0.0.1/any", "--secret", SECRET, "--no-sse", *arguments)
    command = [sys.executable, "-m", "webhook_tui", *options, "--port", str(port)]
    environment = {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(_APP),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
    }
    pid, master = pty.fork()
    if pid == 0:
        os.execve(sys.executable, command, environment)
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    opened = Screen(pid, master, port)
    try:
        opened.wait_for(rb"verdict|receiver")
        until = time.monotonic() + _TIMEOUT_SECONDS
        while time.monotonic() < until:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1.0):
                break
            threading.Event().wait(0.02)
        yield opened
    finally:
        opened.close()


def _count(pid: int, what: str) -> int:
    return sum(1 for _ in Path(f"/proc/{pid}/{what}").iterdir())


def _pss_kilobytes(pid: int) -> int:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    (line,) = (line for line in rollup.splitlines() if line.startswith("Pss:"))
    return int(line.split()[1])
