"""Signals that end the program: the screen closes first, then the session ends."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable
from types import FrameType
from typing import Any

from webhook_tui.signals import ENDING


class SignalHandlers:
    """Handles the signals from `install` to `restore`."""

    def __init__(
        self, before_loop: Callable[[], None], at_once: Callable[[int], None], in_loop: Callable[[int], None]
    ) -> None:
        """`at_once` is called in the signal handler, `in_loop` by the loop; both with the exit code.

        `before_loop` is called instead of `at_once` while no loop runs.
        """
        self._before_loop = before_loop
        self._at_once = at_once
        self._in_loop = in_loop
        self._loop: asyncio.AbstractEventLoop | None = None
        self._before: dict[int, Any] = {}
        self._early_code: int | None = None
        """A signal that arrived before there was a loop."""

    def install(self) -> None:
        """Handle the signals from now on. Repeated calls have no effect."""
        if self._before:
            return
        for number in ENDING:
            # Outside the main thread, as under a test runner, no handler can be set.
            with contextlib.suppress(ValueError):
                self._before[number] = signal.signal(number, self._handle)

    def attach(self) -> None:
        """Let the running loop call `in_loop`, at once for a signal that arrived before."""
        self._loop = asyncio.get_running_loop()
        if self._early_code is not None:
            self._in_loop(self._early_code)

    def restore(self) -> None:
        """Let a signal end the program at once; but a closed window sends SIGHUP twice."""
        for number, before in self._before.items():
            with contextlib.suppress(ValueError):
                signal.signal(number, _ignore if signal.Signals(number).name == "SIGHUP" else before)

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        # Not one of the loop's own handlers: a write to a terminal that is gone can block the loop for ever.
        if self._loop is None:
            self._early_code = 128 + number
            self._before_loop()
            return
        self._at_once(128 + number)
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self._in_loop, 128 + number)


def _ignore(_number: int, _frame: FrameType | None) -> None:
    """The program is ending already."""
