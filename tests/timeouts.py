"""Deadlines of tests: for a condition on a busy machine, and for a measured time, which excludes waiting for a CPU."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from time import monotonic

TIMEOUT_SECONDS = 45.0
"""For a condition that an idle machine meets at once."""

_PRESSURE = Path("/proc/pressure/cpu")
_STALLED = re.compile(r"^some .*total=(\d+)", re.MULTILINE)


def own_time() -> float:
    """Return a clock in seconds that stops while any process of this machine waits for a CPU.

    Outside Linux, which alone reports that, it is the monotonic clock.
    """
    try:
        found = _STALLED.search(_PRESSURE.read_text("ascii"))
    except OSError:
        found = None
    return monotonic() - (int(found[1]) / 1e6 if found else 0.0)


async def until(condition: Callable[[], object], seconds: float = TIMEOUT_SECONDS) -> None:
    """Wait until `condition` holds, for so many seconds by `own_time`; raises TimeoutError."""
    end = own_time() + seconds
    while not condition():
        if own_time() > end:
            raise TimeoutError
        await asyncio.sleep(0.01)
