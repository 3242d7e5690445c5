"""When the screen may draw what happens by itself: at most ten times a second, and for a third of the time at most.

Textual draws as soon as something is to be drawn. In a flood of deliveries that is sixty times a second, and the screen
takes a whole core from the receiver. A key's own frame is no matter of this budget: its handler draws at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Protocol

FRAME_SECONDS = 0.1
"""From the beginning of one frame to that of the next."""
REST = 2.0
"""A frame is followed by a pause of so many times its CPU time."""


class Pump(Protocol):
    """What is used of a screen."""

    @property
    def app(self) -> Any:
        """The app that draws."""

    def call_later(self, callback: Callable[..., Any], *args: Any) -> bool:
        """Call it as a message."""

    def call_after_refresh(self, callback: Callable[..., Any], *args: Any) -> bool:
        """Call it when the frame is drawn."""

    def set_timer(self, delay: float, callback: Callable[[], Any]) -> Any:
        """Call it in `delay` seconds."""


class FrameBudget:
    """Calls what was requested in the next frame that the budget allows, all of it in one turn of a message pump."""

    def __init__(
        self,
        pump: Pump,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        thread_time: Callable[[], float] = time.thread_time,
    ) -> None:
        """`monotonic` and `thread_time` return seconds: of any clock that only rises, and of CPU of this thread.

        The cost of a frame is CPU time: by the clock a busy machine would slow the screen for nothing.
        """
        self._pump = pump
        self._monotonic = monotonic
        self._thread_time = thread_time
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
            self._pump.set_timer(wait, self._draw)
        else:
            self._pump.call_later(self._draw)

    def _draw(self) -> None:
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
