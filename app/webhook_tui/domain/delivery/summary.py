"""Summary of a delivery for a table row: its job, the job's status, and its result."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

from webhook_tui.domain.delivery.event import Event, parse_event
from webhook_tui.domain.jobs.job import (
    FILE_FIELDS,
    QUALITY_FIELD,
    USUAL_FIELDS,
    JobFields,
    first_job_id,
    job_progress,
    job_status,
    score,
)

_PREFIX = re.compile(r"^(?:job|task|id)[_-](?=.)", re.IGNORECASE)
_JOB_LENGTH = 8
_OTHER_IDS = ("identity_code",)
"""Of what an event is about that names no job."""
_LONGEST_TEXT = 120
_LONGEST_FILE = 256
_PROGRESS = re.compile(r"(?:^| )(\S+/\S+|\S+ %)$")


class Summary(Struct, frozen=True, gc=False):
    """Received text, "" where the payload has none: sanitise before showing."""

    job: str = ""
    """The first id of a job, whole."""
    status: str = ""
    progress: str = ""
    """`5/8` or `40 %`."""
    file: str = ""
    """The name of an image file, without folders."""
    quality: str = ""
    """The quality score of an image: `0.91`."""
    is_json: bool = True

    @property
    def job_without_prefix(self) -> str:
        """The job's id without the word in front that says that it is one: `ec536688` of `job_ec536688`."""
        return _PREFIX.sub("", self.job)

    @property
    def short_job(self) -> str:
        """The first eight characters of that."""
        return self.job_without_prefix[:_JOB_LENGTH]

    @property
    def result(self) -> str:
        """The name of the file, else the progress: `look-6.jpg`, `5/8`, `40 %`."""
        return self.file or self.progress

    @property
    def words(self) -> str:
        """Short job id, status and result, separated by two blanks."""
        return "  ".join(word for word in (self.short_job, self.status, self.result) if word)

    @property
    def text(self) -> str:
        """Job id, status and progress, separated by one blank, at most 120 characters."""
        return " ".join(word for word in (self.job, self.status, self.progress) if word)[:_LONGEST_TEXT]


def summarize(body: bytes, fields: JobFields | None = None) -> Summary:
    """Return the summary of a body; empty when it is no event."""
    return event_summary(parse_event(body), fields)


def event_summary(event: Event, fields: JobFields | None = None) -> Summary:
    """Return the summary of a parsed event."""
    data, fields = event.data, fields or USUAL_FIELDS
    if not data:
        return Summary(is_json=event.is_json)
    job = first_job_id(data, fields.ids) or first_job_id(data, _OTHER_IDS)
    if data.keys().isdisjoint(fields.state_names):
        return Summary(job)
    return Summary(
        job=job,
        status=job_status(data, fields),
        progress=job_progress(data, fields),
        file=_file(data),
        quality=_score(data[QUALITY_FIELD]) if QUALITY_FIELD in data else "",
    )


def summary_from_text(text: str) -> Summary:
    """Return the summary that `Summary.text` was made of, as far as the text contains it.

    A single word is an id when it has a digit, and a status otherwise.
    """
    found = _PROGRESS.search(text)
    progress = found[1] if found else ""
    first, _, rest = text[: found.start() if found else None].partition(" ")
    if rest or any(character.isdigit() for character in first):
        return Summary(first, rest, progress)
    return Summary("", first, progress)


def _file(data: Mapping[str, object]) -> str:
    for key in FILE_FIELDS:
        if key in data and isinstance(name := data[key], str) and name:
            return _last_segment(name)
    return ""


def _score(value: object) -> str:
    return "" if (number := score(value)) is None else f"{number:g}"


def _last_segment(name: str) -> str:
    """The file's name in a path or a URL."""
    if "://" in name:
        name = name.partition("?")[0].partition("#")[0]
    return name.replace("\\", "/").rstrip("/").rpartition("/")[2][:_LONGEST_FILE]
