"""Five minutes at 50 deliveries a second with the screen: nothing grows."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks import terminal
from tests.benchmarks.figure import Figure, at_most
from tests.benchmarks.load import Load, Requests

_RATE = 50
_WARM_UP_SECONDS = 30.0
_MOST_MEGABYTES = 8.0
"""Between the end of the warm-up and the end."""
_LAST_HANDLES = 2
"""Files that SQLite or a connection may hold open at one moment and not at the other."""


def measure(seconds: float = 300.0) -> Iterator[Figure]:
    """Compare memory, handles and threads after the warm-up with those at the end."""
    with tempfile.TemporaryDirectory() as home, terminal.screen(Path(home)) as screen:
        load = Load(screen.port, Requests())
        warm_up = load.scheduled(_RATE, _WARM_UP_SECONDS)
        before = screen.megabytes(), screen.handles(), screen.threads()
        answers = load.scheduled(_RATE, seconds)
        threading.Event().wait(1.0)
        after = screen.megabytes(), screen.handles(), screen.threads()
    yield at_most(f"growth of memory in {seconds:.0f} s at {_RATE}/s", after[0] - before[0], _MOST_MEGABYTES, "MB")
    yield at_most("growth of handles", after[1] - before[1], _LAST_HANDLES, "")
    yield at_most("growth of threads", after[2] - before[2], 0, "")
    failures = warm_up.failures + answers.failures
    yield Figure("answers that were no 200", str(failures), "0", failures == 0)
