"""The demo: first jobs with each fault once, then one job after another."""

from __future__ import annotations

import itertools
import random

from webhook_tui.domain.scenario.scenario import Fault
from webhook_tui.sandbox.demo_scenario import first_jobs, following_jobs


def test_the_first_jobs_are_short_and_have_each_fault_once() -> None:
    """Six events and more within four seconds."""
    steps = list(first_jobs(random.Random(1).random, with_faults=True))

    assert len(steps) >= 6
    assert sum(step.after_seconds for step in steps) < 4
    wrong = [step.fault for step in steps if step.fault is not None]
    assert sorted(wrong) == sorted(
        {
            Fault.ANSWER_LOST,
            Fault.FORGED,
            Fault.NO_SIGNATURE,
            Fault.OLDER,
            Fault.UPPER_CASE,
            Fault.NEWLINE,
            Fault.LOSE,
            Fault.ALTER,
        }
    )


def test_a_job_begins_every_so_many_seconds() -> None:
    """However many events the one before had."""
    elapsed = 0.0
    begins: dict[object, float] = {}
    for step in itertools.islice(following_jobs(random.Random(1).random, every_seconds=20), 60):
        elapsed += step.after_seconds
        begins.setdefault(step.sample.data["job_id"], elapsed)
        assert step.fault is None

    assert list(begins.values()) == [20.0 * (number + 1) for number in range(len(begins))]
    assert len(begins) > 8
