"""Latencies of answers in bounded memory: counts in steps of two percent, by which a percentile may be off."""

from __future__ import annotations

import math
from collections import Counter

from msgspec import Struct

_LEAST_SECONDS = 1e-5
_STEP = math.log(1.02)


class LatencySummary(Struct, frozen=True):
    """Times to the answer, in seconds; all 0 while there is none."""

    count: int = 0
    p50: float = 0.0
    p95: float = 0.0
    p99: float = 0.0
    longest: float = 0.0
    """To the microsecond, not in steps."""


class LatencyHistogram:
    """Takes in one time after the other; a thousand steps reach from 10 µs to over an hour."""

    def __init__(self) -> None:
        self._steps: Counter[int] = Counter()
        self._count = 0
        self._longest = 0.0

    def add(self, seconds: float) -> None:
        """Add the latency of one answer."""
        self._steps[math.ceil(math.log(max(seconds, _LEAST_SECONDS) / _LEAST_SECONDS) / _STEP)] += 1
        self._count += 1
        self._longest = max(self._longest, seconds)

    def summary(self) -> LatencySummary:
        """What they were like so far."""
        if not self._count:
            return LatencySummary()
        return LatencySummary(self._count, self._below(0.5), self._below(0.95), self._below(0.99), self._longest)

    def _below(self, share: float) -> float:
        """The time that this share of the answers did not take longer than; never above the longest."""
        wanted, seen = math.ceil(share * self._count), 0
        for step in sorted(self._steps):
            seen += self._steps[step]
            if seen >= wanted:
                return min(_LEAST_SECONDS * math.exp(step * _STEP), self._longest)
        return self._longest
