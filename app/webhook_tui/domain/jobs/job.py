"""The job that an event is about: which fields hold its id, status, progress and images.

PiktID documents no field of `data`. The defaults are names of its job API (GET /jobs/{id}/status and /results), which
is a guess; so all of them are settings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import TypeVar

from msgspec import Struct

from webhook_tui.domain.images.image import ImageLink
from webhook_tui.domain.payload.json_decoder import values_at
from webhook_tui.domain.payload.links import LONGEST_LINK, MOST_LINKS, links
from webhook_tui.domain.signature.verdict import Verdict

T = TypeVar("T")

JOB_FIELDS = ("job_id", "id_task", "task_id", "job")
FILE_FIELDS = ("original_filename", "download_filename")
QUALITY_FIELD = "quality_score"
_LONGEST_ID = 512
_MOST_IDS = 20
LONGEST_WORD = 80
"""Characters of a status, a progress or a name."""
_LONGEST_REASON = 400
_LARGEST_SCORE = 1_000_000


class JobFields(Struct, frozen=True, dict=True):
    """Which fields of `data` hold what; each is a path with dots (`output.full_size`), the first one found counts."""

    ids: Sequence[str] = JOB_FIELDS
    """Here all count: an event belongs to each of its ids."""
    status: Sequence[str] = ("status", "preprocessing_status")
    progress: Sequence[str] = ("processed_images/total_images", "progress")
    """Two fields with a slash between are so many of so many; one is a percentage."""
    images: Sequence[str] = ("output.full_size", "results.output.full_size")
    """Here all count, too."""

    @cached_property
    def progress_parts(self) -> Sequence[tuple[str, str, str]]:
        """The fields of the progress as `str.partition` splits them at the slash."""
        return [field.partition("/") for field in self.progress]

    @cached_property
    def state_names(self) -> frozenset[str]:
        """Names in `data`: without any of them, it has neither a status, a progress, a file nor a quality."""
        fields = (*self.status, *(first for first, _, _ in self.progress_parts))
        names = (name for field in fields for name in (field, field.partition(".")[0]))
        return frozenset((*names, *FILE_FIELDS, QUALITY_FIELD))


USUAL_FIELDS = JobFields()
"""Those that are used where the user names no others."""


class ImageStatus(Struct, frozen=True):
    """One image of a job that has failed, or is not done."""

    name: str
    """Of its file; "" where the event names none."""
    index: int | None


class JobEvent(Struct, frozen=True):
    """One delivery that is about a job."""

    seq: int
    received_at: datetime
    event: str
    """Raw, as all words here: sanitise before showing."""
    verdict: Verdict
    attempt: int
    status: str
    progress: str
    images: tuple[ImageLink, ...]
    """The results that it links to, at most nine."""
    image: ImageStatus | None = None
    """What it says of one image that has no link; None: it is about the whole job."""
    reason: str = ""
    """Its `error_message`."""


class Job(Struct, frozen=True):
    """One job by its deliveries."""

    job_id: str
    """Raw, as all words here: sanitise before showing."""
    events: int
    status: str
    """Of the event that happened last; what PiktID did not sign, or what is about one image, counts only where there is
    nothing else."""
    progress: str
    first_at: datetime
    last_at: datetime
    last_seq: int
    images: int
    """How many different links."""
    worst: Verdict


class Jobs(Struct, frozen=True):
    """The jobs of the newest deliveries, as far as they were examined."""

    jobs: tuple[Job, ...]
    """That of the newest delivery is last."""
    examined: int
    """How many of the newest deliveries were examined."""
    is_all: bool
    """Whether there is no older delivery."""
    is_done: bool


class JobDetail(Struct, frozen=True):
    """One of them."""

    job_id: str
    job: Job | None
    """None: no delivery is about it any more, or none was found yet."""
    events: tuple[JobEvent, ...]
    """The newest of its events, oldest first."""
    is_done: bool


def job_ids(data: object, fields: Sequence[str] = JOB_FIELDS) -> list[str]:
    """The job ids in `data`, each once, in the order of the fields: strings and whole numbers, at most twenty."""
    return list(islice(dict.fromkeys(_job_ids(data, fields)), _MOST_IDS))


def first_job_id(data: Mapping[str, object], fields: Sequence[str]) -> str:
    """The first of them; "" where there is none."""
    if fields:  # nearly always it is a text in the first field: to find it so takes a third of the time
        job = data.get(fields[0])
        if isinstance(job, str) and 0 < len(job) <= _LONGEST_ID:
            return job
    return next(_job_ids(data, fields), "")


def _job_ids(data: object, fields: Sequence[str]) -> Iterator[str]:
    for field in fields:
        for value in _values(data, field):
            if (
                isinstance(value, str | int)
                and not isinstance(value, bool)
                and 0 < len(job := str(value)) <= _LONGEST_ID
            ):
                yield job


def job_status(data: object, fields: JobFields) -> str:
    """The status: text, a number, or `true` and `false`; "" where there is none. Cut to 80 characters."""
    names = data if isinstance(data, dict) else ()
    for field in fields.status:
        if field not in names and "." not in field:  # true of most fields: no call for these
            continue
        if (word := _first(data, field, _word)) is not None:
            return word[:LONGEST_WORD]
    return ""


def job_progress(data: object, fields: JobFields) -> str:
    """`3/8`, or `40 %` with at most one decimal; "" where there is none; cut to 80 characters."""
    names = data if isinstance(data, dict) else ()
    for first, slash, second in fields.progress_parts:
        if first not in names and "." not in first:
            continue
        done = _first(data, first, _number)
        if done is None:
            continue
        if not slash:
            return f"{_short(_percentage(done))} %"[:LONGEST_WORD]
        if (total := _first(data, second, _number)) is not None:
            return f"{_short(done)}/{_short(total)}"[:LONGEST_WORD]
    return ""


def job_images(data: object, fields: JobFields) -> tuple[str, ...]:
    """The links at the fields for images, each once, at most nine; only those that may be opened."""
    found: dict[str, None] = {}
    for field in fields.images:
        path = [field] if isinstance(data, dict) and field in data else field.split(".")
        for text in values_at(data, path):
            if isinstance(text, str) and len(text) <= LONGEST_LINK and links(text) == [text]:
                found[text] = None
    return tuple(islice(found, MOST_LINKS))


def image_status(data: object) -> ImageStatus | None:
    """What an event without links says of one image; None when it is about the whole job."""
    if not isinstance(data, dict) or not is_about_an_image(data, ()):
        return None
    index = data["image_index"]
    names = (name for field in FILE_FIELDS if isinstance(name := data.get(field), str))
    is_number = isinstance(index, int) and not isinstance(index, bool)
    return ImageStatus(next(names, "")[:LONGEST_WORD], index if is_number else None)


def failure_reason(data: object) -> str:
    """The `error_message`, cut to 400 characters; "" where there is none."""
    reason = data.get("error_message") if isinstance(data, dict) else None
    return reason[:_LONGEST_REASON] if isinstance(reason, str) else ""


def is_about_an_image(data: object, images: Sequence[str]) -> bool:
    """Whether the status in it is that of one image (`images`: its links): PiktID's job API numbers them in results."""
    return bool(images) or (isinstance(data, dict) and "image_index" in data)


def _values(data: object, field: str) -> Sequence[object]:
    """At the field as it is written, else at it as a path."""
    if isinstance(data, dict) and field in data:
        return (data[field],)
    return values_at(data, field.split(".")) if "." in field else ()


def _first(data: object, field: str, read: Callable[[object], T | None]) -> T | None:
    """Return the first result of `read` that is not None, over the values at the field; None where there is none."""
    for value in _values(data, field):
        if (found := read(value)) is not None:
            return found
    return None


def _word(value: object) -> str | None:
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return str(value).lower()
    return None if (number := _number(value)) is None else _short(number)


def _number(value: object) -> int | float | None:
    return value if type(value) is int or type(value) is float else None  # a bool is neither


def _percentage(number: float) -> float:
    """Return a percentage rounded to one decimal; below 100 it is not rounded up to 100."""
    return min(round(number, 1), 99.9) if number < 100 else round(number, 1)


def score(value: object) -> float | None:
    """A quality score; None when it is no number, or one that no score has."""
    number = _number(value)
    return float(number) if number is not None and abs(number) < _LARGEST_SCORE else None


def _short(number: float) -> str:
    return str(number) if isinstance(number, int) else f"{number:g}"


_SEVERITY = (
    Verdict.INVALID,
    Verdict.MALFORMED,
    Verdict.MISSING,
    Verdict.PENDING,
    Verdict.OLDER,
    Verdict.VALID,
)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The one to worry about most; of none: valid."""
    return min(verdicts, key=_SEVERITY.index, default=Verdict.VALID)
