"""Sample jobs of the sandbox. PiktID documents no event's `data`, so that these fields stand in the events is inferred.

Where each part comes from:

- Documented for the job API (`GET /jobs/{id}/status`, `/results`): all field names but the three below; `progress` from
  0 to 100; the shape of `output`; the statuses; the post-processing fields; the job types of the guides.
- Seen in PiktID's code and READMEs: `image_result_id` as an integer, `model_used`, `output_format`; the first version
  is 0 and names the file (`output_0_0_v0.jpg`); `progress` has one decimal; an identity code has twelve characters;
  result images are fetched without a token.
- Inferred: which event carries which of these fields; signed parameters in some image URLs; an input image's URL in
  `inputs`. Names of models and people are made up. Image links lead to `images_url`; by default that is under
  example.com, where nothing is.
"""

from __future__ import annotations

import itertools
import json
import random as chance
import secrets
import time
from collections.abc import Callable, Iterator
from string import ascii_lowercase, digits

from msgspec import Struct

from webhook_tui.domain.scenario import LINKS_URL, Fault

JOB_TYPES = ("model_swap", "flat_2_model", "create_packshot", "garment_recolor", "edit_chat")
_HEX = "0123456789abcdef"
JOB_KINDS = ("image", "identity", "failed")
_POST_PROCESSED = frozenset({"garment_recolor"})
"""Types that are post-processed by default: seen in PiktID's code for recolor."""

FIRST_ID = 1_000_000_000
"""First id of sample events: larger than real ids, and twice of it still fits into 32 bits."""


class SampleEvent(Struct, frozen=True):
    """One event of a sample job, before it has an id."""

    name: str
    data: dict[str, object]


def sample_job(
    kind: str, random: Callable[[], float], *, images: int = 3, images_url: str = LINKS_URL
) -> Iterator[SampleEvent]:
    """Return the events of the sample job of that kind; `images` applies to the kind `image`.

    Raises ValueError for a kind that is not in JOB_KINDS.
    """
    match kind:
        case "image":
            return image_job(random, images=images, images_url=images_url)
        case "identity":
            return identity_job(random, images_url=images_url)
        case "failed":
            return failed_job(random)
    raise ValueError(f"not one of {', '.join(JOB_KINDS)}")


def job_id(random: Callable[[], float]) -> str:
    """Return a job id: `job_` and eight hex digits."""
    return f"job_{_characters(random, _HEX, 8)}"


def image_job(random: Callable[[], float], *, images: int = 3, images_url: str = LINKS_URL) -> Iterator[SampleEvent]:
    """Yield the events of a job of `images` images: `batch_edit` for its status, `image_result` for each image."""
    job = job_id(random)
    kind = JOB_TYPES[int(random() * len(JOB_TYPES)) % len(JOB_TYPES)]
    yield _status(job, kind, "processing", 0, images)
    for index in range(images):
        yield _image(random, job, index, images_url)
        finished = index + 1
        yield _status(job, kind, "completed" if finished == images else "processing", finished, images)


def identity_job(random: Callable[[], float], *, images_url: str = LINKS_URL) -> Iterator[SampleEvent]:
    """Yield the events of an identity's preprocessing."""
    job = job_id(random)
    code = _characters(random, ascii_lowercase, 3) + _characters(random, digits, 7)
    code += _characters(random, ascii_lowercase, 2)
    for status, progress in (("processing", 0.0), ("completed", 100.0)):
        yield SampleEvent(
            "identity_preprocessing",
            {
                "job_id": job,
                "job_type": "identity_preprocessing",
                "identity_code": code,
                "identity_name": "Ada",
                "link": f"{images_url}/identities/{code}.png",
                "status": status,
                "preprocessing_status": status,
                "progress": progress,
                "error_message": None,
            },
        )


def failed_job(random: Callable[[], float]) -> Iterator[SampleEvent]:
    """Yield the events of a job that ends without a result."""
    job = job_id(random)
    yield _status(job, JOB_TYPES[0], "processing", 0, 1)
    failed = _status(job, JOB_TYPES[0], "failed", 0, 1)
    yield SampleEvent(failed.name, failed.data | {"error_message": "No person was found in the image."})


def sample_data(name: str, random: Callable[[], float]) -> dict[str, object]:
    """Return data for an event of that name: of a completed job, or {} for ping and unknown names."""
    events = [*image_job(random), *identity_job(random)]
    return next((event.data for event in reversed(events) if event.name == name), {})


def sample_body(event: str) -> bytes:
    """Return a sample event with the current time and an id of its own."""
    fields = {
        "id": FIRST_ID + secrets.randbelow(FIRST_ID),
        "name": event,
        "data": sample_data(event, chance.random),
        "timestamp": round(time.time(), 3),
    }
    return json.dumps(fields).encode("ascii")


def _status(job: str, kind: str, status: str, finished: int, images: int) -> SampleEvent:
    post_processed = kind in _POST_PROCESSED
    return SampleEvent(
        "batch_edit",
        {
            "job_id": job,
            "job_type": kind,
            "status": status,
            "progress": round(100 * finished / images, 1),
            "total_images": images,
            "processed_images": finished,
            "should_post_process": post_processed,
            "post_processing_status": status if post_processed else None,
            "post_processing_error": None,
            "error_message": None,
        },
    )


def _image(random: Callable[[], float], job: str, index: int, images_url: str) -> SampleEvent:
    address = f"{images_url}/{job}"
    name = f"output_{index}_0_v0"
    signature, key_pair = _characters(random, _HEX, 24), _characters(random, _HEX.upper(), 12)
    parameters = f"?Expires=1798761600&Signature={signature}&Key-Pair-Id=K{key_pair}" if index % 2 else ""
    return SampleEvent(
        "image_result",
        {
            "job_id": job,
            "image_result_id": 12_000 + int(random() * 1000),
            "image_index": index,
            "group_index": 0,
            "version": 0,
            "status": "completed",
            "original_filename": f"look-{index + 1}.jpg",
            "download_filename": f"look-{index + 1}_v0.png",
            "inputs": [f"{address}/input_{index}.png"],
            "output": {"full_size": f"{address}/{name}.png{parameters}", "thumbnail": f"{address}/{name}_thumb.png"},
            "output_format": "png",
            "model_used": "sample-model",
            "quality_score": round(0.8 + 0.19 * random(), 2),
            "processing_time": round(4 + 4 * random(), 1),
            "error_message": None,
        },
    )


def _characters(random: Callable[[], float], alphabet: str, count: int) -> str:
    return "".join(alphabet[int(random() * len(alphabet)) % len(alphabet)] for _ in range(count))


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


def first_jobs(random: Callable[[], float], *, with_faults: bool, images_url: str = LINKS_URL) -> Iterator[Step]:
    """Yield the first jobs: nine events in under four seconds; with `with_faults`, each fault once."""
    samples = itertools.chain(
        image_job(random, images=3, images_url=images_url), identity_job(random, images_url=images_url)
    )
    wrong = itertools.chain(_WRONG if with_faults else (), itertools.repeat(None))
    for sample, fault in zip(samples, wrong, strict=False):
        yield Step(_FAST_SECONDS, sample, fault)


def following_jobs(random: Callable[[], float], *, every_seconds: float, images_url: str = LINKS_URL) -> Iterator[Step]:
    """Yield jobs without end and without faults, one every `every_seconds`."""
    wait = every_seconds
    for kind in itertools.cycle(("image", "identity", "image", "failed")):
        samples = list(sample_job(kind, random, images_url=images_url))
        for index, sample in enumerate(samples):
            yield Step(_SLOW_SECONDS if index else wait, sample)
        wait = max(0.0, every_seconds - _SLOW_SECONDS * (len(samples) - 1))
