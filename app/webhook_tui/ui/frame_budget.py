"""When the screen may draw what happens by itself: at most ten times a second, and for a third of the time at most.

Textual draws as soon as something is to be drawn. In a flood of deliveries that is sixty times a second, and the screen
takes a whole core from the receiver. A key's own frame is no matter of this budget: its handler draws at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from textual.timer import Timer

FRAME_SECONDS = 0.1
"""From the beginning of one frame to that of the next."""
REST = 2.0
"""A frame is followed by a pause of so many times its CPU time."""
_SHORTEST_SECONDS = 0.001


class Pump(Protocol):
    """What is used of a message pump."""

    @property
    def app(self) -> Any:
        """The app that draws."""

    def call_later(self, callback: Callable[..., Any], *args: Any) -> bool:
        """Call it as a message."""

    def call_after_refresh(self, callback: Callable[..., Any], *args: Any) -> bool:
        """Call it when the frame is drawn."""

    def call_next(self, callback: Callable[..., Any]) -> None:
        """Call it before the next message."""

    def set_interval(self, interval: float, callback: Callable[[], Any]) -> Timer:
        """Call it every `interval` seconds."""


def call_after(pump: Pump, seconds: float, callback: Callable[[], Any]) -> Timer:
    """Have `pump` call it once, after so many seconds, unless the app ends before.

    Textual's `set_timer` never calls where the time is over before its task first reads the clock: that happens to a
    short time on a busy machine, and what waited for it would wait for ever. An interval only skips what it missed.
    """
    pending = [callback]

    def call() -> None:
        timer.stop()
        if pending and pump.app.is_running:  # the interval may have passed twice, and widgets may be gone at the end
            pending.pop()()

    timer = pump.set_interval(max(seconds, _SHORTEST_SECONDS), partial(pump.call_next, call))
    return timer


class FrameBudget:
    """Calls what was requested in the next frame that the budget allows, all of it in one turn of a message pump."""

    def __init__(
        self,
        pump: Pump,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        thread_time: Callable[[], float] = time.thread_time,
        call_after: Callable[[Pump, float, Callable[[], Any]], object] = call_after,
    ) -> None:
        """`monotonic` and `thread_time` return seconds: of any clock that only rises, and of CPU of this thread.

        The cost of a frame is CPU time: by the clock a busy machine would slow the screen for nothing.
        """
        self._pump = pump
        self._monotonic = monotonic
        self._thread_time = thread_time
        self._call_after = call_after
        self._requests: dict[Callable[[], None], None] = {}
        self._free_at = float("-inf")

    def request(self, draw: Callable[[], None]) -> None:
        """Call `draw` in the next frame, once, however often it is requested before."""
        is_scheduled = bool(self._requests)
        self._requests[draw] = None
        if not is_scheduled:
            self._schedule()

    def _schedule(self) -> None:
        wait = self._free_at - self._monotonic()
        if wait > 0:
            self._call_after(self._pump, wait, self._draw)
        else:
            self._pump.call_later(self._draw)

    def _draw(self) -> None:
        if not self._pump.app.is_running:  # its widgets are being removed
            return
        began = self._monotonic()
        if began < self._free_at:
            self._schedule()  # requested while a frame was drawn whose cost was not known yet
            return
        self._free_at = began + FRAME_SECONDS
        requests, self._requests = self._requests, {}
        spent = self._thread_time()
        # Without a batch Textual may draw between two widgets that change, and once more when the rest has changed.
        with self._pump.app.batch_update():
            for draw in requests:
                draw()
        self._pump.call_after_refresh(self._drawn, spent)

    def _drawn(self, spent: float) -> None:
        cost = self._thread_time() - spent
        self._free_at = max(self._free_at, self._monotonic() + REST * cost)
