"""The jobs of the newest deliveries.

Job ids stand in bodies under names that are settings, so SQL cannot group by them and there is no index. A limited
number of deliveries is read; the filter `job:X` finds the others.
"""

from __future__ import annotations

import heapq
import json
import math
import sqlite3
from array import array
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic
from typing import Any, TypeAlias

from msgspec import Struct, field

from webhook_tui.domain.delivery.event import Event, parse_event
from webhook_tui.domain.images.image import ImageLink
from webhook_tui.domain.images.image_links import result_images
from webhook_tui.domain.jobs.job import (
    Job,
    JobDetail,
    JobEvent,
    JobFields,
    Jobs,
    failure_reason,
    image_status,
    is_about_an_image,
    job_ids,
    job_images,
    job_progress,
    job_status,
    worst,
)
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.storage.mappers import moment
from webhook_tui.storage.statistics.aggregate import AggregateReader

MOST_READ = 20_000
"""Deliveries that are read, the newest ones."""
MOST_EVENTS = 500
"""Events of one job that are shown, the newest ones."""
_LARGEST_BODY = 1_048_576
"""Bytes; a larger one is not read for its job."""
_MOST_IMAGES = 100_000
"""Different links that are counted for one job."""

_COLUMNS = """
    SELECT d.seq, d.received_at, d.event, d.verdict, d.attempt, CASE WHEN d.size <= :largest THEN b.body ELSE x'' END
    FROM deliveries d JOIN bodies b USING (seq)
"""
_OLDER = " ".join((_COLUMNS, "WHERE d.seq < :below ORDER BY d.seq DESC"))
_NEWER = " ".join((_COLUMNS, "WHERE d.seq > :above ORDER BY d.seq"))
_CHOSEN = " ".join((_COLUMNS, "WHERE d.seq IN (SELECT value FROM json_each(:seqs)) ORDER BY d.seq"))

_Rank: TypeAlias = tuple[bool, bool, float, int]
"""Whether PiktID may have signed it, whether it concerns the whole job, when it happened, its number."""
_NOTHING: tuple[_Rank, str] = ((False, False, 0.0, 0), "")


class _Tracked(Struct, eq=False):
    """The state of one job by the deliveries read so far."""

    job_id: str
    first_at: int
    last_at: int
    last_seq: int = 0
    seqs: array[int] = field(default_factory=lambda: array("q"))
    worst: Verdict = Verdict.VALID
    images: frozenset[int] | set[int] = frozenset()
    """Hashes of links. Most jobs have none and share the empty set, which spares the garbage collector 20,000 sets."""
    status: tuple[_Rank, str] = _NOTHING
    progress: tuple[_Rank, str] = _NOTHING
    made: Job | None = None

    def add(
        self,
        seq: int,
        received_at: int,
        verdict: Verdict,
        event: Event,
        fields: JobFields,
        *,
        images: Sequence[ImageLink],
    ) -> None:
        """Add one of its events, with the images that it links to."""
        happened = event.timestamp if event.timestamp is not None else received_at / 1e6
        links = job_images(event.data, fields)
        rank = (not verdict.is_bad, not is_about_an_image(event.data, links), happened, seq)
        if said := job_status(event.data, fields):
            self.status = max(self.status, (rank, said))
        if said := job_progress(event.data, fields):
            self.progress = max(self.progress, (rank, said))
        if images and len(self.images) < _MOST_IMAGES:
            if isinstance(self.images, frozenset):
                self.images = set()
            self.images.update(hash(image.url) for image in images)
        self.first_at, self.last_at = min(self.first_at, received_at), max(self.last_at, received_at)
        self.last_seq = max(self.last_seq, seq)
        self.seqs.append(seq)
        self.worst = worst((self.worst, verdict))
        self.made = None

    def job(self) -> Job:
        """The job as the screen shows it."""
        if self.made is None:
            self.made = Job(
                job_id=self.job_id,
                events=len(self.seqs),
                status=self.status[1],
                progress=self.progress[1],
                first_at=moment(self.first_at),
                last_at=moment(self.last_at),
                last_seq=self.last_seq,
                images=len(self.images),
                worst=self.worst,
            )
        return self.made


class _JobIndex:
    """The jobs of the newest deliveries: read from the newest down, and whatever is added."""

    def __init__(self, fields: JobFields) -> None:
        self._fields = fields
        self._above = self._below = 0
        self.version = 0
        """Grows with every delivery that was read."""
        self.examined = 0
        self.jobs: dict[str, _Tracked] = {}
        self.is_at_oldest = False

    def _start(self, last: int) -> None:
        self._above, self._below = last, last + 1
        self.examined = 0
        self.jobs = {}
        self.is_at_oldest = False

    def extend(self, connection: sqlite3.Connection, last: int, until: float) -> bool:
        """Read what was added, then older deliveries; return whether all are read that count."""
        if not self.examined:
            self._start(last)
        elif last - self._above > MOST_READ or self.examined > 2 * MOST_READ:
            self._start(last)
            until = math.inf
        for columns in connection.execute(_NEWER, {"above": self._above, "largest": _LARGEST_BODY}):
            self._add(columns)
            self._above = columns[0]
            if monotonic() >= until:
                return False
        if not self._is_done:
            self._read_older(connection, until)
        return self._is_done

    @property
    def _is_done(self) -> bool:
        return self.is_at_oldest or self.examined >= MOST_READ

    def _read_older(self, connection: sqlite3.Connection, until: float) -> None:
        for columns in connection.execute(_OLDER, {"below": self._below, "largest": _LARGEST_BODY}):
            self._add(columns)
            self._below = columns[0]
            if self.examined >= MOST_READ or monotonic() >= until:
                return
        self.is_at_oldest = True

    def _add(self, columns: Sequence[Any]) -> None:
        seq, received_at, _, verdict, _, body = columns
        self.examined += 1
        self.version += 1
        event = parse_event(body)
        images = result_images(event.data, self._fields) if b"http" in body else ()
        for job_id in job_ids(event.data, self._fields.ids):
            tracked = self.jobs.get(job_id)
            if tracked is None:
                tracked = self.jobs[job_id] = _Tracked(job_id, received_at, received_at)
            tracked.add(seq, received_at, Verdict(verdict), event, self._fields, images=images)


class JobsReader:
    """The jobs of one history. A concurrent call waits for its turn."""

    def __init__(self, path: Path, fields: JobFields, *, verdict_changes: Callable[[], int]) -> None:
        """`verdict_changes`: how often this program changed stored verdicts."""
        self.fields = fields
        """The fields of `data` in which jobs are looked for."""
        self._field_changes = 0
        self._reader = AggregateReader(
            path, lambda: _JobIndex(self.fields), verdict_changes=lambda: verdict_changes() + self._field_changes
        )
        self._jobs = Jobs((), 0, is_all=False, is_done=False)
        self._jobs_of: tuple[_JobIndex, int] | None = None
        self._events: tuple[JobEvent, ...] = ()
        self._events_of: tuple[_Tracked, int] | None = None

    def use_fields(self, fields: JobFields) -> None:
        """Read deliveries by other fields from now on; those that were read are read again."""
        if fields != self.fields:
            self.fields = fields
            self._field_changes += 1

    async def jobs(self) -> Jobs:
        """Return the jobs as far as one step reaches; the same object while nothing is new. Raises ProblemError."""
        return await self._reader.read(self._list)

    async def job(self, job_id: str) -> JobDetail:
        """Return one job with its newest events; the same events while none is new. Raises ProblemError."""
        return await self._reader.read(lambda *read: self._detail(job_id, *read))

    def close(self) -> None:
        """Wait for what is being read and close the connection. Idempotent."""
        self._reader.close()

    def _list(self, index: _JobIndex, is_done: bool, _: sqlite3.Connection) -> Jobs:
        if self._jobs_of != (index, index.version) or self._jobs.is_done != is_done:
            self._jobs_of = index, index.version
            tracked = sorted(index.jobs.values(), key=lambda one: one.last_seq)
            jobs = tuple(one.job() for one in tracked)
            self._jobs = Jobs(jobs, index.examined, is_all=index.is_at_oldest, is_done=is_done)
        return self._jobs

    def _detail(self, job_id: str, index: _JobIndex, is_done: bool, connection: sqlite3.Connection) -> JobDetail:
        tracked = index.jobs.get(job_id)
        if tracked is None:
            return JobDetail(job_id, None, (), is_done=is_done)
        if self._events_of != (tracked, len(tracked.seqs)):
            newest = heapq.nlargest(MOST_EVENTS, tracked.seqs)
            found = connection.execute(_CHOSEN, {"seqs": json.dumps(newest), "largest": _LARGEST_BODY})
            self._events = tuple(_job_event(columns, self.fields) for columns in found)
            self._events_of = tracked, len(tracked.seqs)
        return JobDetail(job_id, tracked.job(), self._events, is_done=is_done)


def _job_event(columns: Sequence[Any], fields: JobFields) -> JobEvent:
    seq, received_at, event, verdict, attempt, body = columns
    data = parse_event(body).data
    images = result_images(data, fields)
    return JobEvent(
        seq=seq,
        received_at=moment(received_at),
        event=event,
        verdict=Verdict(verdict),
        attempt=attempt,
        status=job_status(data, fields),
        progress=job_progress(data, fields),
        images=images,
        image=None if images else image_status(data),
        reason=failure_reason(data),
    )
