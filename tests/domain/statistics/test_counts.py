"""Latencies in bounded memory."""

from __future__ import annotations

import pickle
import random

import pytest

from webhook_tui.domain.statistics.counts import LatencyHistogram, LatencySummary


def test_nothing_answered_yet() -> None:
    """There is nothing to say."""
    assert LatencyHistogram().summary() == LatencySummary()


def test_one_answer_is_every_percentile() -> None:
    """None of them is above the longest."""
    times = LatencyHistogram()
    times.add(0.0123)
    assert times.summary() == LatencySummary(1, 0.0123, 0.0123, 0.0123, 0.0123)


def test_percentiles_are_right_within_two_percent() -> None:
    """Of 10,000 times from microseconds to a minute, in a bounded size."""
    drawn = random.Random(5)
    samples = [10 ** drawn.uniform(-5, 1.8) for _ in range(10_000)]
    times = LatencyHistogram()
    for sample in samples:
        times.add(sample)
    ordered, found = sorted(samples), times.summary()
    for said, share in ((found.p50, 0.5), (found.p95, 0.95), (found.p99, 0.99)):
        assert said == pytest.approx(ordered[int(share * 10_000) - 1], rel=0.021)
    assert found.longest == ordered[-1]
    assert found.count == 10_000
    assert len(pickle.dumps(times)) < 20_000


def test_no_time_at_all_is_a_time() -> None:
    """A clock that stands still breaks nothing."""
    times = LatencyHistogram()
    times.add(0.0)
    assert times.summary() == LatencySummary(1, 0.0, 0.0, 0.0, 0.0)
