"""Deliveries a second: the program without and with its screen, the published script, and a bare asyncio protocol.

The program answers 200 when the delivery is on disk (one fsync for all that wait) and prints each as JSON to /dev/null.
The script verifies and prints each to /dev/null, the protocol does nothing, and neither stores anything.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from tests.benchmarks import servers, terminal
from tests.benchmarks.figure import Figure, at_least, at_most, median_ratio
from tests.benchmarks.load import Load, Requests

_WARM_UP_SECONDS = 0.5
_RATE = 500


def measure(rounds: int = 3, seconds: float = 3.0) -> Iterator[Figure]:
    """The servers take turns, `rounds` times, `seconds` for each kind of load."""
    requests = Requests()
    rates: dict[str, list[float]] = {}
    cpu: dict[str, list[float]] = {}

    def run(name: str, open_server: Callable[[Path], AbstractContextManager[servers.Server]]) -> None:
        with tempfile.TemporaryDirectory() as home, open_server(Path(home)) as server:
            for kind, keeps in (("kept", True), ("new", False)):
                if keeps and name == "script":
                    continue  # it speaks HTTP/1.0: one request a connection
                load = Load(server.port, requests)
                load.closed(_WARM_UP_SECONDS, keeps_alive=keeps)
                before = server.cpu_seconds()
                answers = load.closed(seconds, keeps_alive=keeps)
                spent = (server.cpu_seconds() - before) / max(1, len(answers.waits) + answers.failures)
                if answers.failures:
                    raise RuntimeError(f"{name}: {answers.failures} requests were not answered 200")
                rates.setdefault(f"{name} {kind}", []).append(answers.rate)
                cpu.setdefault(f"{name} {kind}", []).append(spent * 1000)

    for _ in range(rounds):
        run("script", lambda _home: servers.script())
        run("listen", lambda home: servers.program(home, "--format", "json"))
        run("bare", lambda _home: servers.bare())
        run("screen", _with_screen)

    def ratio(one: str, other: str) -> float:
        return median_ratio(rates[one], rates[other])

    script = "the script"
    yield at_least("listen, durable: 32 kept connections", ratio("listen kept", "script new"), 3.5, script)
    yield at_least("listen, durable: a new connection each", ratio("listen new", "script new"), 2, script)
    yield at_least("screen at 140x42, durable: 32 kept connections", ratio("screen kept", "listen kept"), 0.8, "listen")
    for kind, name in (("kept", "32 kept connections"), ("new", "a new connection each")):
        share = ratio(f"listen {kind}", f"bare {kind}")
        yield Figure(f"listen, durable: {name}", f"{share:.2f} x a bare protocol")
        yield Figure(
            f"CPU time of listen: {name}", f"{median_ratio(cpu[f'listen {kind}'], cpu['script new']):.2f} x {script}"
        )


def measure_latency(rounds: int = 2, seconds: float = 5.0) -> Iterator[Figure]:
    """The 99th percentile of the answers' times at 500 deliveries a second, with and without the screen."""
    requests = Requests()
    worst: dict[str, list[float]] = {"listen": [], "screen": []}
    failures = 0
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as home, servers.program(Path(home), "--format", "json") as server:
            answers = Load(server.port, requests).scheduled(_RATE, seconds)
            worst["listen"].append(answers.percentile(0.99) * 1000)
            failures += answers.failures
        with tempfile.TemporaryDirectory() as home, _with_screen(Path(home)) as server:
            answers = Load(server.port, requests).scheduled(_RATE, seconds)
            worst["screen"].append(answers.percentile(0.99) * 1000)
            failures += answers.failures
    headless, screen = min(worst["listen"]), min(worst["screen"])
    wanted = max(15.0, 1.5 * headless)
    yield at_most("answer at 500/s with the screen, 99 %", screen, wanted, "ms", f"(listen {headless:.1f} ms)")
    yield Figure("answers at 500/s that were no 200", str(failures), "0", failures == 0)


@contextlib.contextmanager
def _with_screen(home: Path) -> Iterator[servers.Server]:
    with terminal.screen(home) as opened:
        yield servers.Server(opened.pid, opened.port)
