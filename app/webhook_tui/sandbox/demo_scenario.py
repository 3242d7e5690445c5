"""The demo: a first group of jobs, optionally with faults, then one job after another."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

from msgspec import Struct

from webhook_tui.domain.scenario.scenario import Fault
from webhook_tui.sandbox.jobs import IMAGES_URL, SampleEvent, identity_job, image_job, sample_job

_WRONG = (
    None,
    Fault.ANSWER_LOST,
    Fault.FORGED,
    Fault.NO_SIGNATURE,
    Fault.OLDER,
    Fault.UPPER_CASE,
    Fault.NEWLINE,
    Fault.LOSE,
    Fault.ALTER,
)
_FAST_SECONDS = 0.4
_SLOW_SECONDS = 1.5


class Step(Struct, frozen=True):
    """One event of the demo."""

    after_seconds: float
    """Seconds since the step before."""
    sample: SampleEvent
    fault: Fault | None = None


def first_jobs(random: Callable[[], float], *, with_faults: bool, images_url: str = IMAGES_URL) -> Iterator[Step]:
    """Yield the first jobs: nine events in under four seconds; with `with_faults`, each fault once."""
    samples = itertools.chain(
        image_job(random, images=3, images_url=images_url), identity_job(random, images_url=images_url)
    )
    wrong = itertools.chain(_WRONG if with_faults else (), itertools.repeat(None))
    for sample, fault in zip(samples, wrong, strict=False):
        yield Step(_FAST_SECONDS, sample, fault)


def following_jobs(
    random: Callable[[], float], *, every_seconds: float, images_url: str = IMAGES_URL
) -> Iterator[Step]:
    """Yield jobs without end and without faults, one every `every_seconds`."""
    wait = every_seconds
    for kind in itertools.cycle(("image", "identity", "image", "failed")):
        samples = list(sample_job(kind, random, images_url=images_url))
        for index, sample in enumerate(samples):
            yield Step(_SLOW_SECONDS if index else wait, sample)
        wait = max(0.0, every_seconds - _SLOW_SECONDS * (len(samples) - 1))
