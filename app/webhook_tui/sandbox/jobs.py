"""Sample jobs, which are ours and not PiktID's: PiktID documents no `data` of any event.

The field names are those of PiktID's documented job API (GET /jobs/{id}/status and /results); that they stand in the
events, too, is our guess. Addresses are under example.com, where nothing is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct

JOB_TYPES = ("model_swap", "flat_2_model")
JOB_KINDS = ("image", "identity", "failed")


class SampleEvent(Struct, frozen=True):
    """One event of a sample job, before it has an id."""

    name: str
    data: dict[str, object]


def sample_job(kind: str, random: Callable[[], float], *, images: int = 3) -> Iterator[SampleEvent]:
    """The sample job of that kind; `images` is for the kind that has several. Raises ValueError for another kind."""
    match kind:
        case "image":
            return image_job(random, images=images)
        case "identity":
            return identity_job(random)
        case "failed":
            return failed_job(random)
    raise ValueError(f"not one of {', '.join(JOB_KINDS)}")


def job_id(random: Callable[[], float]) -> str:
    """An id as a job API could give it."""
    return f"job_{_hex(random, 8)}"


def image_job(random: Callable[[], float], *, images: int = 3, job: str | None = None) -> Iterator[SampleEvent]:
    """A job of `images` images from start to end: `batch_edit` for its status, `image_result` for each image."""
    job = job or job_id(random)
    kind = JOB_TYPES[int(random() * len(JOB_TYPES)) % len(JOB_TYPES)]
    yield _status(job, kind, "processing", 0, images)
    for index in range(images):
        yield _image(random, job, index)
        finished = index + 1
        yield _status(job, kind, "completed" if finished == images else "processing", finished, images)


def identity_job(random: Callable[[], float]) -> Iterator[SampleEvent]:
    """An identity's preprocessing, from its start to its end."""
    job, identity = job_id(random), f"id_{_hex(random, 6)}"
    for status, progress in (("processing", 0), ("completed", 100)):
        yield SampleEvent(
            "identity_preprocessing",
            {
                "job_id": job,
                "job_type": "identity_preprocessing",
                "identity_code": identity,
                "identity_name": "Ada",
                "status": status,
                "progress": progress,
                "error_message": None,
            },
        )


def failed_job(random: Callable[[], float]) -> Iterator[SampleEvent]:
    """A job that ends without a result."""
    job = job_id(random)
    yield _status(job, JOB_TYPES[0], "processing", 0, 1)
    failed = _status(job, JOB_TYPES[0], "failed", 0, 1)
    yield SampleEvent(failed.name, failed.data | {"error_message": "No person was found in the image."})


def _status(job: str, kind: str, status: str, finished: int, images: int) -> SampleEvent:
    return SampleEvent(
        "batch_edit",
        {
            "job_id": job,
            "job_type": kind,
            "status": status,
            "progress": round(100 * finished / images),
            "total_images": images,
            "processed_images": finished,
            "error_message": None,
        },
    )


def _image(random: Callable[[], float], job: str, index: int) -> SampleEvent:
    address = f"https://cdn.example.com/{job}/{index}"
    return SampleEvent(
        "image_result",
        {
            "job_id": job,
            "image_index": index,
            "group_index": 0,
            "version": 1,
            "status": "completed",
            "original_filename": f"look-{index + 1}.jpg",
            "output": {"full_size": f"{address}.png", "thumbnail": f"{address}_thumb.webp"},
            "quality_score": round(0.8 + 0.19 * random(), 2),
            "processing_time": round(4 + 4 * random(), 1),
            "error_message": None,
        },
    )


def _hex(random: Callable[[], float], digits: int) -> str:
    return "".join("0123456789abcdef"[int(random() * 16) % 16] for _ in range(digits))
