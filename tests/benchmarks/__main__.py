"""All measurements as one table, in under ten minutes: `python -m tests.benchmarks [--only SECTION] [--soak]`.

Each figure stands beside its peer from the same run, as a ratio where there is one: absolute times of a machine say
little, and a busy machine slows both alike. Linux only: memory and CPU time come from /proc.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator

from tests.benchmarks import document, history, receiver, screen, soak, startup
from tests.benchmarks.figure import Figure, at_most


def _startup() -> Iterator[Figure]:
    bare, ways = startup.measure()
    for name, figures in ways.items():
        yield at_most(f"command to the table, {name}", figures.table_ratio, 1.6, "x", "a bare Textual app")
        yield at_most(f"command to listening, {name}", figures.listening_ratio, 1.8, "x", "a bare Textual app")
    yield Figure("first frame of the bare app", f"{bare:.2f} s")


def _screen() -> Iterator[Figure]:
    figures = screen.measure()
    yield at_most(f"CPU of the screen's process at {figures.offered}/s", figures.screen_cores, 0.35, "core")
    yield at_most("frames a second", figures.frames, 10, "")
    yield at_most("until the newest row is visible, longest", figures.visible_ms, 300, "ms")


SECTIONS: dict[str, Callable[[], Iterable[Figure]]] = {
    "receiver": receiver.measure,
    "latency": receiver.measure_latency,
    "startup": _startup,
    "screen": _screen,
    "document": document.measure,
    "history": history.measure,
}


def main() -> int:
    """Print the table; return 1 when a figure misses what is wanted."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__.partition("\n")[0])
    parser.add_argument("--only", choices=SECTIONS, action="append", help="measure this section; repeatable")
    parser.add_argument("--soak", action="store_true", help="five minutes at 50/s with the screen instead")
    given = parser.parse_args()
    sections = {"soak": soak.measure} if given.soak else {name: SECTIONS[name] for name in given.only or SECTIONS}
    began = time.monotonic()
    is_all_reached = True
    for name, measure in sections.items():
        sys.stdout.write(f"\n{name} (load average {os.getloadavg()[0]:.1f})\n")
        for figure in measure():
            is_all_reached = is_all_reached and figure.is_reached is not False
            sys.stdout.write(f"  {figure.line()}\n")
            sys.stdout.flush()
    sys.stdout.write(f"\n{time.monotonic() - began:.0f} s, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    return 0 if is_all_reached else 1


if __name__ == "__main__":
    sys.exit(main())
