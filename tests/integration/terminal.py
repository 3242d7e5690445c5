"""The real program in a pseudo-terminal: keys go in, pyte draws what comes out, and tests wait for what it shows."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import pty
import re
import signal
import struct
import sys
import termios
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path

import pyte

from tests.fork_server import PROGRAM, Fork, is_startable
from tests.timeouts import TIMEOUT_SECONDS, own_time
from webhook_tui.ui.dialogs.dialog import Dialog

ALTERNATE_SCREEN = b"\x1b[?1049h"
NORMAL_SCREEN = b"\x1b[?1049l"
_LAUNCHER = Path(__file__).with_name("in_terminal.py")
_READ_BYTES = 65_536
_NOT_FOR_PYTE = re.compile(
    rb"\x1b\[[<=>?][0-9;]*[a-gi-km-z]|\x1b\[\?[0-9;]*\$p|\x1b_[^\x1b]*\x1b\\|\x1bPtmux;(?:\x1b\x1b|[^\x1b])*\x1b\\"
)
"""Sequences with a private mark, of programs, and for the terminal around tmux, that pyte would take for text or for
others (`h` and `l` it knows)."""
_COLOURS = re.compile(rb"\x1b\[[0-9;]*m")
"""No test checks them here, and pyte, which reads sequences byte by byte, would spend most of its time on them."""
_MODE = re.compile(rb"\x1b\[\?([0-9;]+)([hl])")
_USUALLY_ON = ("7", "25")
"""Lines wrap, and the cursor is to be seen."""
_PUSHED, _POPPED = re.compile(rb"\x1b\[>[0-9]+u"), re.compile(rb"\x1b\[<[0-9]*u")
_INCOMPLETE = re.compile(rb"\x1b(?:\[[0-9;<=>?$]*|_[^\x1b]*\x1b?|Ptmux;(?:\x1b\x1b|[^\x1b])*\x1b?|P[tmux]{0,4})?\Z")
_FRAME, _FRAME_END = b"\x1b[?2026h", b"\x1b[?2026l"
_ASKS_FOR_FRAMES, _HAS_FRAMES = b"\x1b[?2026$p", b"\x1b[?2026;2$y"

KEYS: Mapping[str, bytes] = {
    "enter": b"\r",
    "esc": b"\x1b",
    "tab": b"\t",
    "shift+tab": b"\x1b[Z",
    "up": b"\x1b[A",
    "down": b"\x1b[B",
    "right": b"\x1b[C",
    "left": b"\x1b[D",
    "f1": b"\x1bOP",
    "backspace": b"\x7f",
    "space": b" ",
    "ctrl+c": b"\x03",
    "ctrl+p": b"\x10",
    "ctrl+q": b"\x11",
    "ctrl+z": b"\x1a",
}


class Terminal:
    """One program in one terminal. Make it with `terminal`."""

    def __init__(self, columns: int, lines: int) -> None:
        self.columns = columns
        self.lines = lines
        self.output = bytearray()
        """Every byte that the program wrote."""
        self._screen = pyte.Screen(columns, lines)
        self._drawn: list[str] = []
        self._stream = pyte.ByteStream(self._screen)
        self._undrawn = b""
        self._master, self.slave = pty.openpty()
        self._news = asyncio.Event()
        self.process: asyncio.subprocess.Process | Fork

    async def start(
        self, program: Sequence[str], arguments: Sequence[str], environment: Mapping[str, str], fault: str
    ) -> None:
        """Run Python with `program`, or a fork of ours, in the terminal.

        This process keeps its slave end open, too, so that nothing said is lost.
        """
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", self.lines, self.columns, 0, 0))
        os.set_blocking(self._master, False)
        asyncio.get_running_loop().add_reader(self._master, self._read)
        if not program:
            streams = (self.slave,) * 3
            self.process = await Fork.start(arguments, environment, streams, in_terminal=True, fault=fault)
            return
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", str(_LAUNCHER), os.ttyname(self.slave)),
            *(sys.executable, *program, *arguments),
            env=dict(environment),
            start_new_session=True,
        )

    def _read(self) -> None:
        with contextlib.suppress(BlockingIOError):
            data = os.read(self._master, _READ_BYTES)
            self.output += data
            self._undrawn += data
            whole = _without_part_of_a_frame(_INCOMPLETE.sub(b"", self._undrawn))
            self._undrawn = self._undrawn[len(whole) :]
            if _ASKS_FOR_FRAMES in whole:  # then it says where each begins and ends
                os.write(self._master, _HAS_FRAMES)
            before, left, after = whole.rpartition(NORMAL_SCREEN)
            if left:  # pyte has one screen only: what the program drew is gone with its own
                self._draw(before)
                self._screen.reset()
            self._draw(after)
            self._news.set()

    def _draw(self, data: bytes) -> None:
        for piece in _COLOURS.split(_NOT_FOR_PYTE.sub(b"", data)):
            self._stream.feed(piece)

    @property
    def pid(self) -> int:
        """The program's."""
        return self.process.pid

    @property
    def screen(self) -> str:
        """What is on the screen now, line by line; never a part of a frame."""
        return "\n".join(line.rstrip() for line in self._display())

    def _display(self) -> list[str]:
        """As pyte's `display`, but only lines that changed since the last time are drawn again."""
        screen = self._screen
        if len(self._drawn) != screen.lines:
            self._drawn = [""] * screen.lines
            screen.dirty.update(range(screen.lines))
        for number in screen.dirty & set(range(screen.lines)):
            line = screen.buffer[number]
            # A wide character has an empty cell behind it.
            self._drawn[number] = "".join(line[column].data for column in range(screen.columns))
        screen.dirty.clear()
        return self._drawn

    @property
    def is_echoing(self) -> bool:
        """Whether the terminal shows what is typed and reads it line by line, as a shell wants it."""
        flags = termios.tcgetattr(self.slave)[3]
        return bool(flags & termios.ECHO) and bool(flags & termios.ICANON)

    @property
    def unrestored(self) -> set[str]:
        """What the program changed about the terminal and has not put back: modes, cursor, keyboard, echo."""
        found: set[str] = set()
        for numbers, switch in _MODE.findall(bytes(self.output)):
            for number in numbers.decode().split(";"):
                is_usual = (switch == b"h") is (number in _USUALLY_ON)
                (found.discard if is_usual else found.add)(f"mode {number}")
        if len(_PUSHED.findall(self.output)) > len(_POPPED.findall(self.output)):
            found.add("keyboard")
        if not self.is_echoing:
            found.add("echo")
        return found

    @property
    def after_the_screen(self) -> str:
        """What was said on the normal screen after the program left its own."""
        return bytes(self.output).rpartition(NORMAL_SCREEN)[2].decode()

    def send(self, data: bytes) -> None:
        """Send bytes as a terminal may, whatever they are."""
        os.write(self._master, data)

    def type(self, text: str) -> None:
        """Send text as typed or pasted."""
        self.send(text.encode())

    def paste(self, text: str) -> None:
        """Send text as a terminal sends what is pasted."""
        os.write(self._master, b"\x1b[200~" + text.encode() + b"\x1b[201~")

    def press(self, *keys: str) -> None:
        """Send keys: names as in KEYS, or the character itself."""
        for key in keys:
            os.write(self._master, KEYS.get(key) or key.encode())

    def click(self, words: str) -> None:
        """A click of the left button on the first place where the screen shows `words`."""
        column, line = self.place(words)
        self.send(f"\x1b[<0;{column};{line}M\x1b[<0;{column};{line}m".encode())

    def place(self, words: str) -> tuple[int, int]:
        """Column and line, from 1, of the first place where the screen shows `words`."""
        for row, line in enumerate(self._display()):
            if words in line:
                return line.index(words) + 1, row + 1
        raise AssertionError(f"{words!r} is not to be seen:\n{self.screen}")

    def resize(self, columns: int, lines: int) -> None:
        """As a window that is drawn larger or smaller."""
        self.columns, self.lines = columns, lines
        self._screen.resize(lines, columns)
        self._drawn = []
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        os.killpg(os.getpgid(self.pid), signal.SIGWINCH)

    async def until(self, condition: str | Callable[[str], object], seconds: float = TIMEOUT_SECONDS) -> str:
        """Wait until the screen shows those words, or fits; the screen. Fails with the screen when it does not."""

        def holds() -> bool:
            return condition in self.screen if isinstance(condition, str) else bool(condition(self.screen))

        try:
            async with asyncio.timeout(seconds):
                while not holds():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"{condition!r} did not come in {seconds:g} s; the screen:\n{self.screen}") from None
        return self.screen

    async def gone(self, words: str, seconds: float = TIMEOUT_SECONDS) -> str:
        """Wait until the screen does not show those words any more."""
        return await self.until(lambda screen: words not in screen, seconds)

    async def pressing(
        self, key: str, condition: str | Callable[[str], object], seconds: float = TIMEOUT_SECONDS
    ) -> str:
        """Press a key and wait for what it does."""
        self.press(key)
        return await self.until(condition, seconds)

    async def dialog(self, words: str) -> str:
        """Wait until a dialog is open and takes keys."""
        await self.until(words)
        await asyncio.sleep(Dialog.ENABLE_DELAY_SECONDS + 0.05)  # only time enables it
        return self.screen

    async def ended(self, seconds: float = TIMEOUT_SECONDS) -> int:
        """Wait for the end, at most so many seconds of our own; the exit code, negative for a signal that killed it."""
        began = own_time()
        try:
            code = await asyncio.wait_for(self.process.wait(), TIMEOUT_SECONDS)
        except TimeoutError:
            raise AssertionError(f"it did not end; the screen:\n{self.screen}") from None
        assert own_time() - began < seconds
        self._read()
        return code

    def hang_up(self) -> None:
        """Close the window."""
        if self._master >= 0:
            asyncio.get_running_loop().remove_reader(self._master)
            os.close(self._master)
            os.close(self.slave)
            self._master = -1

    async def close(self) -> None:
        """Kill what still runs, and let the terminal go."""
        if self.process.returncode is None:
            self.process.kill()
            await self.process.wait()
        self.hang_up()


def _without_part_of_a_frame(output: bytes) -> bytes:
    """Without the frame at its end that is not there as a whole."""
    before, begun, rest = output.rpartition(_FRAME)
    return before if begun and _FRAME_END not in rest else output


@contextlib.asynccontextmanager
async def terminal(
    *arguments: str,
    columns: int = 120,
    lines: int = 36,
    program: Sequence[str] = (),
    fault: str = "",
    **environment: str,
) -> AsyncIterator[Terminal]:
    """`webhook-tui ARGUMENTS` in a terminal; `program`: what Python runs instead, `PROGRAM` for no fork.

    `fault`: the name of one of `crashing.py`.
    """
    opened = Terminal(columns, lines)
    settings = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", **environment}
    ours = ("LC_ALL", "LC_CTYPE", "COLUMNS", "LINES", "VISUAL", "TMUX", "STY", "TERM_PROGRAM")
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    if not program and not is_startable(environment):
        program = PROGRAM
    assert not (program and fault)
    await opened.start(program, arguments, kept | settings, fault)
    try:
        yield opened
    finally:
        await opened.close()
