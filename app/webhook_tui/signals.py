"""The signals that end the program, and how they do while it starts: with 128 and the number as the exit code."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import NoReturn

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
ENDING: tuple[signal.Signals, ...] = tuple(getattr(signal, name) for name in _NAMES if hasattr(signal, name))
"""Those that this system has: SIGBREAK is that of Windows, which has no SIGHUP."""


def exit_on_signals() -> None:
    """From now on each of these signals raises SystemExit."""
    for number in ENDING:
        signal.signal(number, _exit)


@contextlib.contextmanager
def handled_signals(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Handle these signals with `handler` inside the block; restore the previous handlers afterwards."""
    before = [signal.signal(number, handler) for number in ENDING]
    try:
        yield
    finally:
        for number, old in zip(ENDING, before, strict=True):
            signal.signal(number, old)


@contextlib.contextmanager
def held_signals(on_signal: Callable[[], object] = lambda: None) -> Iterator[None]:
    """Let a signal raise SystemExit where the block ends, however it ends; `on_signal` is called when it arrives.

    For imports: an exception of a signal handler would be lost in a weak reference's callback, which each import has
    (https://docs.python.org/3/library/weakref.html#weakref.ref), and would become RuntimeError in `__set_name__`
    (before Python 3.12).
    """
    arrived: list[int] = []

    def hold(number: int, _frame: FrameType | None) -> None:
        arrived.append(number)
        on_signal()

    try:
        with handled_signals(hold):
            yield
    finally:
        if arrived:
            _exit(arrived[0], None)


def _exit(number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)
