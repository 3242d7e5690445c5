"""How long tests wait: for a fact, as long as a busy machine may need; where seconds are the fact, those of our own."""

from __future__ import annotations

import re
from pathlib import Path
from time import monotonic

PATIENCE_SECONDS = 45.0
"""For a fact that comes at once on a machine that has nothing else to do."""

_PRESSURE = Path("/proc/pressure/cpu")
_STALLED = re.compile(r"^some .*total=(\d+)", re.MULTILINE)


def own_time() -> float:
    """A clock in seconds that stands still while anything here waits for a processor, so that no neighbour counts.

    Where the system does not tell that (only Linux does), every second counts.
    """
    try:
        found = _STALLED.search(_PRESSURE.read_text("ascii"))
    except OSError:
        found = None
    return monotonic() - (int(found[1]) / 1e6 if found else 0.0)
