"""What a delivery is about, in three words for a table: its job, its status, its result."""

from __future__ import annotations

from msgspec import Struct

from webhook_tui.domain.delivery.event import parse_event
from webhook_tui.domain.jobs.job import JobFields, job_ids, job_progress, job_status

_PREFIX = "job_"
_JOB_LENGTH = 8
_FILE_FIELDS = ("original_filename", "download_filename")


class Summary(Struct, frozen=True, gc=False):
    """Raw text, "" where the payload holds none: sanitise before showing."""

    job: str = ""
    """The first eight characters of its id, without `job_`: `ec536688`."""
    status: str = ""
    result: str = ""
    """The name of an image file, else the progress: `look-6.jpg`, `5/8`, `40 %`."""

    @property
    def words(self) -> str:
        """What there is of them, separated by two blanks."""
        return "  ".join(word for word in (self.job, self.status, self.result) if word)


def summarize(body: bytes, fields: JobFields | None = None) -> Summary:
    """Return the summary of a body; empty when it is no event."""
    data, fields = parse_event(body).data, fields or JobFields()
    if not data:
        return Summary()
    job = next(iter(job_ids(data, (*fields.ids, "identity_code"))), "")
    files = [name for key in _FILE_FIELDS if isinstance(name := data.get(key), str)]
    return Summary(
        job.removeprefix(_PREFIX)[:_JOB_LENGTH],
        job_status(data, fields),
        next(filter(None, files), "") or job_progress(data, fields),
    )
