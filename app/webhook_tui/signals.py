"""SIGINT, SIGTERM and SIGHUP while the program starts: each ends it, with 128 and its number as the exit code."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import NoReturn

_ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Windows has no SIGHUP."""


def exit_on_signals() -> None:
    """From now on each of the three raises SystemExit where the program is."""
    for number in _ENDING:
        signal.signal(number, _exit)


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

    before = [signal.signal(number, hold) for number in _ENDING]
    try:
        yield
    finally:
        for number, handler in zip(_ENDING, before, strict=True):
            signal.signal(number, handler)
        if arrived:
            _exit(arrived[0], None)


def _exit(number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)
