"""Textual's driver, made robust: any byte may arrive, modes get lost, and the terminal can be suspended.

Textual's own ends the program on a byte that is not UTF-8, reads its input twice after a SIGCONT that no SIGTSTP
preceded, and believes COLUMNS and LINES more than the terminal.
"""

from __future__ import annotations

import codecs
import contextlib
import fcntl
import logging
import os
import re
import selectors
import signal
import struct
import termios
import threading
from collections.abc import Iterable, Iterator
from typing import Any

from textual import events
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from webhook_tui.ui.terminal.answers import AnswerReader
from webhook_tui.ui.terminal.app import TerminalApp
from webhook_tui.ui.terminal.notification import TerminalTitle, notification

_log = logging.getLogger(__name__)
_READ_BYTES = 4096
_POLL_SECONDS = 0.1
_X10_REPORT = re.compile(rb"(?<=\x1b\[)M([\s\S]{3})")
_BEGUN_X10_REPORT = re.compile(rb"(?<=\x1b\[)M[\s\S]{0,2}\Z")
_URXVT_REPORT = re.compile(r"\x1b\[(\d+);(\d+);(\d+)M")
_BUTTON, _MODIFIERS, _MOTION, _WHEEL = 0b11, 0b1_1100, 0b10_0000, 0b100_0000
_RELEASED = 3
_LARGEST_SIDE = 10_000
"""Cells; drawing a larger window, which only a garbled report claims, would take all memory."""
_STOPPED = "webhook-tui: the screen is stopped, deliveries are still received. fg continues it.\n"
_RESET = "\x1b[>4m\x1b[?1002l"
"""Modes that Textual never sets and that a killed editor leaves behind: modifyOtherKeys, drag reports."""


class MouseParser(XTermParser):
    """Textual's parser, which also understands mouse reports in urxvt's form."""

    _pressed = 0

    def parse_mouse_code(self, code: str) -> Message | None:
        """Turn urxvt's form, which does not say which button was released, into the form that Textual reads."""
        if match := _URXVT_REPORT.fullmatch(code):
            buttons, state = int(match[1]) - 32, "M"
            if not buttons & (_MOTION | _WHEEL):
                if buttons & _BUTTON == _RELEASED:
                    buttons, state = self._pressed | buttons & _MODIFIERS, "m"
                else:
                    self._pressed = buttons & _BUTTON
            code = f"\x1b[<{buttons};{match[2]};{match[3]}{state}"
        return super().parse_mouse_code(code)


class InputDecoder:
    """Parses the input of a terminal. Bytes that cannot be parsed are dropped."""

    def __init__(self, answers: AnswerReader | None = None) -> None:
        """`answers`: what takes the terminal's answers out of the input."""
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._parser = MouseParser()
        self._answers = answers or AnswerReader()
        self._before = b""
        self._begun = b""

    def feed(self, data: bytes) -> Iterator[Message]:
        """Yield the messages that `data` completes."""
        for part in self._answers.feed(data):
            if isinstance(part, Message):
                yield part
            else:
                yield from self._feed(part)

    def tick(self) -> Iterator[Message]:
        """Yield input that waited for more, such as the escape key."""
        yield from self._feed(self._answers.tick())
        yield from self._read(self._parser.tick())

    def _feed(self, data: bytes) -> Iterator[Message]:
        for character in self._decode(self._rewrite_reports(data)):
            yield from self._read(self._parser.feed(character))

    def _read(self, parsing: Iterable[Message]) -> Iterator[Message]:
        try:
            yield from parsing
        except Exception as error:  # noqa: BLE001 -- any sequence may come, and its parser is Textual's
            _log.warning("dropped input that could not be read (%s)", type(error).__name__)
            self._parser = MouseParser()

    def _rewrite_reports(self, data: bytes) -> bytes:
        """Write X10 mouse reports in urxvt's form: their coordinates are bytes, not text."""
        data = self._begun + data
        begun = _BEGUN_X10_REPORT.search(self._before + data)
        self._begun = begun[0] if begun else b""
        data = data[: len(data) - len(self._begun)]
        rewritten = _X10_REPORT.sub(_as_urxvt, self._before + data)[len(self._before) :]
        self._before = (self._before + data)[-2:]
        return rewritten


def _as_urxvt(report: re.Match[bytes]) -> bytes:
    buttons, column, line = report[1]
    return b"%d;%d;%dM" % (buttons, max(0, column - 32), max(0, line - 32))


def _is_noise(message: Message) -> bool:
    match message:
        case events.Resize(size=size):
            return not all(0 < side <= _LARGEST_SIDE for side in size)
        case events.Key(character=str() as character):
            return not character.isascii() and any("\ud800" <= each <= "\udfff" for each in character)
        case _:
            return False


def cell_size_of(device: int) -> tuple[int, int] | None:
    """Return width and height of a cell in pixels, as a terminal's device says; None where it does not know."""
    try:
        size = fcntl.ioctl(device, termios.TIOCGWINSZ, bytes(8))
    except OSError:
        return None
    lines, columns, width, height = struct.unpack("HHHH", size)
    return (width // columns, height // lines) if lines and columns and width >= columns and height >= lines else None


class TerminalDriver(LinuxDriver):
    """Reads and draws a terminal until the app ends."""

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._size = size or self._get_terminal_size()
        self._title = TerminalTitle()
        self._answers = AnswerReader()
        self.was_stopped = False
        """Whether the process was stopped and continued since this was last set."""

    def _get_terminal_size(self) -> tuple[int, int]:
        """Ask the terminal; COLUMNS and LINES count only where it does not know."""
        with contextlib.suppress(OSError):
            columns, lines = os.get_terminal_size(self.fileno)
            if columns and lines:
                return columns, lines
        return super()._get_terminal_size()

    def request_mouse(self) -> None:
        """Ask for mouse reports again: a terminal that was attached again or reset has lost the setting."""
        if self._is_active:
            self._enable_mouse_support()
            if self._mouse_pixels:
                self._enable_mouse_pixels()

    def stop_application_mode(self) -> None:
        """Give the terminal back with the title that it had, and without our images."""
        if isinstance(self._app, TerminalApp):
            self.write(self._app.images.delete_all())
        if title := self._title.restored():
            self.write(title)
        super().stop_application_mode()

    def send_notification(self, sentence: str) -> None:
        """Ring, and show a notification."""
        self._send(notification(sentence, os.environ))

    def show_unseen(self, count: int) -> None:
        """Show the number of unseen alerts in the title; 0: the title is the program's name."""
        self._send(self._title.unseen(count))

    @property
    def cell_size(self) -> tuple[int, int] | None:
        """Width and height of a cell in pixels, as the terminal's device says; None where it does not."""
        return cell_size_of(self.fileno)

    def send(self, sequence: str) -> bool:
        """Write an escape sequence unless another program has the terminal; return whether it was written."""
        if self._is_active:
            self.write(sequence)
            self.flush()
        return self._is_active

    @property
    def is_drained(self) -> bool:
        """Whether nothing waits to be written; the last text may still be on its way."""
        return self._writer_thread is None or self._writer_thread._queue.empty()  # noqa: SLF001 -- Textual's only way

    def ask(self, query: str) -> bool:
        """Write a query whose response `answers` reads; return whether it could be written."""
        self._answers.expect()
        return self.send(query)

    def _send(self, sequence: str) -> None:
        if sequence:
            self.send(sequence)

    # Input

    def run_input_thread(self) -> None:
        """Read the terminal until input is disabled; a terminal that is gone ends the program as a closed window."""
        decoder = InputDecoder(self._answers)
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                try:
                    data = os.read(self.fileno, _READ_BYTES) if selector.select(_POLL_SECONDS) else None
                except OSError:
                    data = b""
                if data == b"":
                    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGHUP)
                    return
                for messages in (decoder.feed(data or b""), decoder.tick()):
                    for message in messages:
                        self._pass_on(message)

    def _pass_on(self, message: Message) -> None:
        if _is_noise(message):
            return
        try:
            self.process_message(message)
        except Exception as error:  # noqa: BLE001 -- also after the end of the app's loop; reading goes on until stopped
            _log.warning("dropped input that could not be passed on (%s)", type(error).__name__)

    # Stopping and continuing

    @property
    def _is_active(self) -> bool:
        return self._writer_thread is not None and self._writer_thread.is_alive()

    @property
    def _owns_terminal(self) -> bool:
        """Whether the screen is shown, and not an editor or the lines after the end."""
        return self._auto_restart and self._app.is_running

    def _sigtstp_application(self, *_: object) -> None:
        # A signal's handler must not wait for the lock of the writer's queue: the loop may hold it.
        if self._owns_terminal:
            self._loop.call_soon_threadsafe(self._stop)
        else:
            os.kill(os.getpid(), signal.SIGSTOP)

    def _sigcont_application(self, *_: object) -> None:
        self.was_stopped = True
        if self._owns_terminal:
            self._loop.call_soon_threadsafe(self._resume)

    def _stop(self) -> None:
        """Give the terminal back and stop this job, where there is a shell that can continue it."""
        if not self._is_active:
            return
        self.was_stopped = False
        self.suspend_application_mode()
        self._say(_STOPPED)
        with self.no_automatic_restart():
            signal.signal(signal.SIGTSTP, signal.SIG_DFL)  # the kernel ignores it where no shell could continue us
            os.kill(0, signal.SIGTSTP)  # the whole job: a wrapper such as `uv run` stops, too
            signal.signal(signal.SIGTSTP, self._sigtstp_application)
        self._resume()

    def _resume(self) -> None:
        """Take the terminal again; also after a SIGSTOP, before which it could not be given back."""
        if self._is_active:
            self.suspend_application_mode()
        self._must_signal_resume = True
        self.resume_application_mode()

    # An editor in between

    @contextlib.contextmanager
    def lent_terminal(self) -> Iterator[None]:
        """Restore the terminal's modes after another program has used it."""
        try:
            attributes = termios.tcgetattr(self.fileno)
        except termios.error:
            yield
            return
        try:
            yield
        finally:
            with contextlib.suppress(termios.error):
                termios.tcsetattr(self.fileno, termios.TCSADRAIN, attributes)
            self._say(_RESET)

    def _say(self, text: str) -> None:
        """Write to the terminal while the screen's thread does not."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.write(text)
                self._file.flush()
