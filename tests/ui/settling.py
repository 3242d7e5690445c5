"""Wait until the loop of an app is idle, where Textual's own pilot checks the CPU.

The pilot sleeps for a fiftieth of a second, again and again, until the process did little meanwhile: three times for a
key. On a busy machine that is both slow and wrong.
"""

from __future__ import annotations

import asyncio

from textual._context import active_app

_MOST_TURNS = 20_000


async def settle(min_sleep: float = 0.0, max_sleep: float = 1.0) -> None:
    """Let the loop turn until nothing is ready to run and nothing is left to paint or to resize; timers may be set.

    The arguments are those of Textual's `wait_for_idle`, in whose stead it stands.
    """
    loop, app = asyncio.get_running_loop(), active_app.get()
    for _ in range(_MOST_TURNS):
        await asyncio.sleep(0 if app._resize_timer is None else 0.001)
        if not _is_ready(loop) and app._running and app.screen_stack:
            app.screen._on_timer_update()
        if not _is_ready(loop) and app._resize_timer is None:
            return


def _is_ready(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether anything would run in the next turn."""
    return bool(loop._ready)  # type: ignore[attr-defined]  # of asyncio's own loops, on which tests run
