"""What the screen costs under a flood: frames, CPU of its process, age of the newest row, answers, a key's frame.

Run by hand: `PYTHONPATH=app python tests/benchmarks/screen.py [--rate 500] [--seconds 6]`; `measure` returns them. The
program runs in a pseudo-terminal of 140x42 that is read throughout and that tells where a frame begins, as
terminals with synchronised output do. The load is an open loop: each request has its moment, and an answer's latency
counts from that moment, so that a receiver which falls behind cannot hide it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import fcntl
import hashlib
import hmac
import itertools
import json
import os
import pty
import re
import signal
import socket
import statistics
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

_APP = Path(__file__).resolve().parents[2] / "app"
_SECRET = "benchmark-secret"
_EVENTS = 200
"""Different events; with more deliveries their attempts rise."""
_WARM_UP_SECONDS = 1.5
_TIMEOUT_SECONDS = 30.0
_KEY_SECONDS = 0.23
"""Between two keys: no multiple of the interval of any frame."""
_READ_BYTES = 65_536
_ASKS_FOR_FRAMES, _HAS_FRAMES = b"\x1b[?2026$p", b"\x1b[?2026;2$y"
_FRAME, _FRAME_END = b"\x1b[?2026h", b"\x1b[?2026l"
_COLOURS = re.compile(rb"\x1b\[[0-9;]*m")
_ROW = re.compile(rb"(\d+)  \d\d:\d\d:\d\d")
"""Number and time of a row."""
_CURSOR = re.compile("▌ *([0-9]+) ".encode())
_TICKS = os.sysconf("SC_CLK_TCK")


class Figures(NamedTuple):
    """Of one flood. Latencies are in milliseconds, rates are a second's."""

    offered: int
    answered: float
    """Deliveries answered 200 a second."""
    median_ms: float
    p99_ms: float
    frames: float
    """Frames a second."""
    bytes: float
    """Written to the terminal a second."""
    screen_cores: float
    """CPU time of the screen's process, as a part of one core."""
    session_cores: float
    visible_ms: float
    """The longest time from an answer until the row of that delivery, or of a later one, was on the screen."""
    key_ms: float
    """Median from a key to the frame that shows what it did, while the flood goes on."""


def measure(rate: int = 500, seconds: float = 6.0, connections: int = 16, size: tuple[int, int] = (140, 42)) -> Figures:
    """Start the screen, send `rate` deliveries a second for `seconds`, then press keys while it goes on."""
    with tempfile.TemporaryDirectory() as home, _program(Path(home), size) as (pid, master, port):
        return asyncio.run(_measure(pid, master, _Load(port, rate, connections), seconds))


@contextlib.contextmanager
def _program(home: Path, size: tuple[int, int]) -> Iterator[tuple[int, int, int]]:
    """The screen in a terminal; yields its pid, the terminal's other end and the receiver's port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    anywhere = ("--hook-url", "http://127.0.0.1/any")  # deliveries are accepted on any path
    options = ("--no-register", "--no-sse", *anywhere, "--secret", _SECRET, "--port", str(port))
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "WEBHOOK_TUI_"))}
    terminal = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
    environment = {**kept, **terminal, "HOME": str(home), "PYTHONPATH": str(_APP)}
    pid, master = pty.fork()
    if pid == 0:
        os.execve(sys.executable, [sys.executable, "-m", "webhook_tui", *options], environment)
    columns, lines = size
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    try:
        yield pid, master, port
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
        with contextlib.suppress(OSError):
            while os.read(master, _READ_BYTES):
                pass
        os.waitpid(pid, 0)
        os.close(master)


@dataclass
class _Terminal:
    """Reads all that the program writes, each piece with its moment."""

    master: int
    pieces: list[tuple[float, bytes]] = field(default_factory=list)

    def read(self) -> None:
        with contextlib.suppress(OSError):
            data = os.read(self.master, _READ_BYTES)
            self.pieces.append((time.perf_counter(), data))
            if _ASKS_FOR_FRAMES in data:
                os.write(self.master, _HAS_FRAMES)

    def has(self, words: bytes) -> bool:
        return words in b"".join(data for _, data in self.pieces)

    def frames(self) -> list[tuple[float, bytes]]:
        """Whole frames without colours, each with the moment of its end."""
        frames: list[tuple[float, bytes]] = []
        rest = b""
        for at, data in self.pieces:
            *whole, rest = (rest + data).split(_FRAME_END)
            frames += [(at, _COLOURS.sub(b"", each.rpartition(_FRAME)[2])) for each in whole]
        return frames


@dataclass
class _Load:
    """Deliveries at their moments over some connections; an answer's latency counts from its moment."""

    port: int
    rate: int
    connections: int
    answers: list[tuple[float, float]] = field(default_factory=list)
    """Moment and latency in seconds, in the order of the answers, which is about that of the rows."""
    refused: int = 0

    async def run(self, seconds: float) -> None:
        began = time.perf_counter()
        requests = itertools.cycle(_requests())
        moments = (began + number / self.rate for number in range(int(self.rate * seconds)))
        await asyncio.gather(*(self._send(moments, requests) for _ in range(self.connections)))

    async def _send(self, moments: Iterator[float], requests: Iterator[bytes]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        for moment in moments:
            await asyncio.sleep(moment - time.perf_counter())
            writer.write(next(requests))
            head = await reader.readuntil(b"\r\n\r\n")
            length = head.lower().partition(b"content-length:")[2].split(maxsplit=1)
            await reader.readexactly(int(length[0]))
            now = time.perf_counter()
            if head[9:12] == b"200":
                self.answers.append((now, now - moment))
            else:
                self.refused += 1
        writer.close()


def _requests() -> list[bytes]:
    made = []
    for number in range(_EVENTS):
        data = {"job_id": "j", "status": "completed", "text": "x" * 600}
        event = {"id": number, "name": "image_result", "data": data, "timestamp": 1764000000.0}
        body = json.dumps(event).encode()
        signature = hmac.new(_SECRET.encode(), body, hashlib.sha256).hexdigest()
        head = (
            f"POST /any HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nX-Webhook-Event: image_result\r\n"
            f"X-Webhook-Signature: sha256={signature}\r\n\r\n"
        )
        made.append(head.encode() + body)
    return made


async def _measure(pid: int, master: int, load: _Load, seconds: float) -> Figures:
    terminal = _Terminal(master)
    asyncio.get_running_loop().add_reader(master, terminal.read)
    await _until_listening(load.port, terminal)
    await load.run(_WARM_UP_SECONDS)
    earlier, first_piece = len(load.answers), len(terminal.pieces)
    (child,) = _children(pid)
    before = _cpu_seconds(pid), _cpu_seconds(child)
    began = time.perf_counter()
    await load.run(seconds)
    lasted = time.perf_counter() - began
    screen, session = (now - then for now, then in zip((_cpu_seconds(pid), _cpu_seconds(child)), before, strict=True))
    answers, written = load.answers[earlier:], terminal.pieces[first_piece:]
    await asyncio.sleep(1.0)  # the last rows come to be shown
    frames = [at for at, _ in terminal.frames() if began < at <= began + lasted]
    waits = statistics.quantiles([wait * 1000 for _, wait in answers], n=100)
    return Figures(
        offered=load.rate,
        answered=len(answers) / lasted,
        median_ms=waits[49],
        p99_ms=waits[98],
        frames=len(frames) / lasted,
        bytes=sum(len(data) for _, data in written) / lasted,
        screen_cores=screen / lasted,
        session_cores=session / lasted,
        visible_ms=_longest_unseen(terminal.frames(), [at for at, _ in load.answers], earlier) * 1000,
        key_ms=await _key_ms(terminal, load),
    )


async def _until_listening(port: int, terminal: _Terminal) -> None:
    async with asyncio.timeout(_TIMEOUT_SECONDS):
        while True:
            with contextlib.suppress(OSError):
                (await asyncio.open_connection("127.0.0.1", port))[1].close()
                if terminal.has(b"answers"):
                    return
            await asyncio.sleep(0.02)


def _longest_unseen(frames: Sequence[tuple[float, bytes]], answered: Sequence[float], first: int) -> float:
    """Seconds from the answer of a delivery, the `first` or a later one, until its row or a later one is shown."""
    longest, shown = 0.0, first
    for at, text in frames:
        newest = max((int(number) for number in _ROW.findall(text)), default=0)
        if shown < min(newest, len(answered)):
            longest = max(longest, at - answered[shown])
            shown = newest
    return longest


async def _key_ms(terminal: _Terminal, load: _Load, keys: int = 12) -> float:
    """Press `up` while the flood goes on: the frame that shows what it did has the bar on another row."""
    flood = asyncio.create_task(load.run(keys * _KEY_SECONDS + 0.5))
    pressed = []
    for _ in range(keys):
        pressed.append(time.perf_counter())
        os.write(terminal.master, b"k")
        await asyncio.sleep(_KEY_SECONDS)
    await flood
    frames = [(at, _CURSOR.findall(text)) for at, text in terminal.frames()]
    moved = [at for (at, now), (_, then) in zip(frames[1:], frames, strict=False) if now and now != then]
    waits = [min((at - moment for at in moved if at > moment), default=_TIMEOUT_SECONDS) for moment in pressed[1:]]
    return statistics.median(waits) * 1000


def _children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]


def _cpu_seconds(pid: int) -> float:
    """Of the process so far, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=6.0)
    given = parser.parse_args()
    for name, value in measure(given.rate, given.seconds)._asdict().items():
        sys.stdout.write(f"{name:<14} {value:>10,.2f}\n")


if __name__ == "__main__":
    main()
