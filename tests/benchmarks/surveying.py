"""Status and jobs over a million deliveries: run by hand, `PYTHONPATH=app:. python tests/benchmarks/surveying.py`.

Builds a history in a temporary directory (one to two minutes, about 800 MB), then prints how long counting and reading
take, the longest step of each, and what an answer costs while nothing is new.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from time import perf_counter
from typing import Protocol

from tests.benchmarks.filtering import ROWS, fill, say
from tests.factories import NOW
from webhook_tui.storage.history import DeliveryStore


class _Answer(Protocol):
    @property
    def is_done(self) -> bool: ...


def main(rows: int) -> None:
    """Build, count, read."""
    with tempfile.TemporaryDirectory(prefix="webhook-tui-benchmark-") as directory:
        path = Path(directory) / "deliveries.db"
        DeliveryStore.open(path, started_at=NOW).close()
        fill(path, rows)
        with closing(DeliveryStore.open(path, started_at=NOW)) as store:
            asyncio.run(_measure("counts", lambda: store.counts(NOW)))
            asyncio.run(_measure("jobs", store.jobs))


async def _measure(what: str, ask: Callable[[], Awaitable[_Answer]]) -> None:
    began, longest, steps = perf_counter(), 0.0, 0
    is_done = False
    while not is_done:
        called = perf_counter()
        is_done = (await ask()).is_done
        longest, steps = max(longest, perf_counter() - called), steps + 1
    whole, called = perf_counter() - began, perf_counter()
    await ask()
    again = perf_counter() - called
    say(f"{what:7} {whole * 1e3:>6.0f} ms in {steps} steps, longest {longest * 1e3:.0f} ms, again {again * 1e3:.2f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
