"""Deliveries a second: the program without and with its screen, the published script, and a bare asyncio protocol.

The program answers 200 when the delivery is on disk (one fsync for all that wait) and prints each as JSON to /dev/null.
The script verifies and prints each to /dev/null, the protocol does nothing, and neither stores anything.
"""

from __future__ import annotations

import contextlib
import tempfile
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.benchmarks import servers, terminal
from tests.benchmarks.figure import Figure, at_least, at_most, median_ratio
from tests.benchmarks.load import Load, Requests

_WARM_UP_SECONDS = 0.5
_PAUSE_SECONDS = 0.4
"""After each load: a server still indexes what it stored, and would slow the next one."""
_RATE = 500


def measure(rounds: int = 4, slices: int = 4, seconds: float = 0.5) -> Iterator[Figure]:
    """The servers take turns in short slices, since a machine's speed may change within seconds; one pair each slice.

    They are restarted `rounds` times: two processes of one program differ by a few percent as long as they run.
    """
    requests = Requests()
    rates: dict[str, list[float]] = {}
    cpu: dict[str, list[float]] = {}

    def run(name: str, server: servers.Server, *, keeps: bool) -> None:
        load = Load(server.port, requests)
        before = server.cpu_seconds()
        answers = load.closed(seconds, keeps_alive=keeps)
        spent = (server.cpu_seconds() - before) / max(1, len(answers.waits) + answers.failures)
        if answers.failures:
            raise RuntimeError(f"{name}: {answers.failures} requests were not answered 200")
        kind = f"{name} {'kept' if keeps else 'new'}"
        rates.setdefault(kind, []).append(answers.rate)
        cpu.setdefault(kind, []).append(spent * 1000)
        threading.Event().wait(_PAUSE_SECONDS)

    for _ in range(rounds):
        with _servers() as opened:
            turns = [
                (name, server, keeps)
                for name, server in opened.items()
                for keeps in (True, False)
                if not (keeps and name == "script")  # it speaks HTTP/1.0: one request a connection
            ]
            for _, server, keeps in turns:
                Load(server.port, requests).closed(_WARM_UP_SECONDS, keeps_alive=keeps)
            threading.Event().wait(_PAUSE_SECONDS)
            for _ in range(slices):
                for name, server, keeps in turns:
                    run(name, server, keeps=keeps)

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
def _servers() -> Iterator[Mapping[str, servers.Server]]:
    """All of them, each listening."""
    with contextlib.ExitStack() as stack:
        listen_home, screen_home = (Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in range(2))
        yield {
            "script": stack.enter_context(servers.script()),
            "listen": stack.enter_context(servers.program(listen_home, "--format", "json")),
            "bare": stack.enter_context(servers.bare()),
            "screen": stack.enter_context(_with_screen(screen_home)),
        }


@contextlib.contextmanager
def _with_screen(home: Path) -> Iterator[servers.Server]:
    with terminal.screen(home) as opened:
        yield servers.Server(opened.pid, opened.port)
