"""How long the search for a cause takes. Run by hand: `PYTHONPATH=app:. python tests/benchmarks/diagnostics.py`.

Each figure is the least processor time of several searches of a foreign signature, and a multiple of what one
HMAC-SHA256 of the same body costs on the same machine at the same time.
"""

from __future__ import annotations

import hmac
import json
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from time import perf_counter, process_time

import msgspec

from webhook_tui.domain.delivery.delivery import Delivery
from webhook_tui.domain.diagnostics.engine import explain
from webhook_tui.domain.diagnostics.report import Examination
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import SecretRing

_NOW = datetime(2026, 11, 23, 14, 20, tzinfo=UTC)
_KIBIBYTE = json.dumps(
    {
        "id": 1,
        "name": "image_result",
        "data": {f"field_{at}": f"value number {at}" for at in range(30)},
        "timestamp": 1795826357.459,
    }
).encode()
_LARGE = b'{"a": "' + b"\\u0041" * 1_740_000 + b'"}'
_SECONDS = 3.0
"""Time limit of a search, as the session sets it."""


class SearchTime(msgspec.Struct, frozen=True):
    """What one search took."""

    seconds: float
    """Of processor time, the least of several searches."""
    limit: float
    """What it must stay below."""
    hmacs: float
    """The same as a multiple of one HMAC-SHA256 of the body."""
    checks: int
    is_stopped: bool
    """The search reached its time limit."""


def search_times() -> Mapping[str, SearchTime]:
    """Return the figures by name; takes about ten seconds."""
    ring_of_one, ring_of_thousand = SecretRing(), SecretRing()
    ring_of_one = ring_of_one.added(Secret("whsec_one"), _NOW)
    for number in range(1000):
        ring_of_thousand = ring_of_thousand.added(Secret(f"whsec_{number:040d}"), _NOW)
    return {
        "1 KiB, a ring of one": _measured(_KIBIBYTE, ring_of_one, 0.020, tries=9),
        "1 KiB, a ring of a thousand": _measured(_KIBIBYTE, ring_of_thousand, 0.200, tries=5),
        "10 MiB of escapes": _measured(_LARGE, ring_of_one, 3.2, tries=1),
    }


def _measured(body: bytes, ring: SecretRing, limit: float, *, tries: int) -> SearchTime:
    delivery = Delivery(_NOW, "POST", "/", ((b"X-Webhook-Signature", b"sha256=" + b"5f" * 32),), body)
    found: list[float] = []
    for _ in range(tries):
        began = process_time()
        report = explain(delivery, ring, seq=1, clock=perf_counter, expired=_time_limit())
        found.append(process_time() - began)
    began = process_time()
    repeats = max(1, 20_000_000 // len(body))
    for _ in range(repeats):
        hmac.digest(b"whsec_one", body, "sha256")
    one = (process_time() - began) / repeats
    least = min(found)
    return SearchTime(least, limit, least / one, report.tried, report.examination is Examination.STOPPED)


def _time_limit() -> Callable[[], bool]:
    deadline = perf_counter() + _SECONDS
    return lambda: perf_counter() > deadline


def main() -> None:
    """Print the figures."""
    for name, time in search_times().items():
        end = ", stopped" if time.is_stopped else ""
        sys.stdout.write(
            f"{name:<28} {time.seconds * 1000:8.1f} ms  (below {time.limit * 1000:,.0f} ms)  "
            f"{time.hmacs:8.1f} HMACs  {time.checks:,} checks{end}\n"
        )


if __name__ == "__main__":
    main()
