"""Wait until the loop of an app is idle, where Textual's own pilot checks the CPU, and paint when a test looks.

The pilot sleeps for a fiftieth of a second, again and again, until the process did little meanwhile: three times for a
key. On a busy machine that is both slow and wrong.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakSet

import pytest
import textual.screen
from textual._context import active_app
from textual.app import App
from textual.screen import Screen

_MOST_TURNS = 20_000
_NEVER = 86_400.0
_paint = Screen._compositor_refresh


class Frames:
    """The frames of the app in `painting_when_seen`."""

    def __init__(self) -> None:
        self.count = 0
        """How many were painted."""
        self._changed: WeakSet[Screen[Any]] = WeakSet()

    def change(self, screen: Screen[Any]) -> None:
        """Have `screen` painted when it is looked at; its changes are with its compositor."""
        screen._dirty_widgets.clear()
        self._changed.add(screen)

    def paint(self, screen: Screen[Any]) -> None:
        """Paint what has changed since the last frame."""
        self._changed.discard(screen)
        self.count += 1
        _paint(screen)

    def finish(self, screen: Screen[Any]) -> None:
        """Paint what has changed since the last frame, if anything has."""
        if screen in self._changed:
            self.paint(screen)


frames = Frames()


async def settle(min_sleep: float = 0.0, max_sleep: float = 1.0) -> None:
    """Let the loop turn until nothing is ready to run and nothing is left to arrange or to resize; timers may be set.

    The arguments are those of Textual's `wait_for_idle`, in whose stead it stands.
    """
    loop, app = asyncio.get_running_loop(), active_app.get()
    for _ in range(_MOST_TURNS):
        await asyncio.sleep(0 if app._resize_timer is None else 0.001)
        if not _is_ready(loop) and app._running and app.screen_stack:
            for behind in app._background_screens:
                if behind._layout_required or behind._scroll_required or behind._dirty_widgets:
                    behind._on_timer_update()
            app.screen._on_timer_update()
        if not _is_ready(loop) and app._resize_timer is None:
            return


@contextmanager
def painting_when_seen(app: App[Any]) -> Iterator[None]:
    """Have this app painted when a test looks at it, once for all changes since it last did."""

    def paint_later(screen: Screen[Any]) -> None:
        (frames.change if screen is app.screen else frames.paint)(screen)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Screen, "_compositor_refresh", paint_later)
        patch.setattr(textual.screen, "UPDATE_PERIOD", _NEVER)
        yield


def _is_ready(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether anything would run in the next turn."""
    return bool(loop._ready)  # type: ignore[attr-defined]  # of asyncio's own loops, on which tests run
