"""The jobs of the newest deliveries, read a step at a time, newest first, on a thread of its own.

Job ids stand in bodies, under names that are settings, so there is no index: that many deliveries are read, no more,
and the filter `job:X` finds the others.
"""

from __future__ import annotations

import heapq
import json
import sqlite3
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any, TypeAlias

from webhook_tui.domain.event import Event, parse_event
from webhook_tui.domain.job import (
    Job,
    JobDetail,
    JobEvent,
    JobFields,
    Jobs,
    indexed_images,
    is_about_an_image,
    job_ids,
    job_images,
    job_progress,
    job_status,
    worst,
)
from webhook_tui.domain.verdict import Verdict
from webhook_tui.store.passes import Extent, Passes
from webhook_tui.store.reader import Reader
from webhook_tui.store.records import moment

MOST_READ = 20_000
"""So many of the newest deliveries are looked at."""
MOST_EVENTS = 500
"""So many of the newest events of one job are shown."""
STEP_SECONDS = 0.05
"""How long one call works: it decodes, which keeps other threads from doing the same."""
_LARGEST_BODY = 1_048_576
"""Bytes; a larger one is not read for its job."""
_MOST_IMAGES = 100_000
"""Different links that are told apart for one job."""

_COLUMNS = """
    SELECT d.seq, d.received_at, d.event, d.verdict, d.attempt, CASE WHEN d.size <= :largest THEN b.body ELSE x'' END
    FROM deliveries d JOIN bodies b USING (seq)
"""
_OLDER = " ".join((_COLUMNS, "WHERE d.seq < :below ORDER BY d.seq DESC"))
_NEWER = " ".join((_COLUMNS, "WHERE d.seq > :above ORDER BY d.seq"))
_CHOSEN = " ".join((_COLUMNS, "WHERE d.seq IN (SELECT value FROM json_each(:seqs)) ORDER BY d.seq"))

_Rank: TypeAlias = tuple[bool, bool, float, int]
"""Whether PiktID may have signed it, whether it is of the whole job, when it happened, its number."""
_NOTHING: tuple[_Rank, str] = ((False, False, 0.0, 0), "")


@dataclass(slots=True)
class _Tracked:
    """What is known of one job by now."""

    job_id: str
    first_at: int
    last_at: int
    last_seq: int = 0
    seqs: array[int] = field(default_factory=lambda: array("q"))
    worst: Verdict = Verdict.VALID
    images: frozenset[int] | set[int] = frozenset()
    """Hashes of links. No set for each job: what the garbage collector has to look at, it looks at again and again."""
    status: tuple[_Rank, str] = _NOTHING
    progress: tuple[_Rank, str] = _NOTHING
    made: Job | None = None

    def add(self, seq: int, received_at: int, verdict: Verdict, event: Event, fields: JobFields) -> None:
        """One more of its events."""
        happened = event.timestamp if event.timestamp is not None else received_at / 1e6
        links = job_images(event.data, fields)
        rank = (not verdict.is_bad, not is_about_an_image(event.data, links), happened, seq)
        if said := job_status(event.data, fields):
            self.status = max(self.status, (rank, said))
        if said := job_progress(event.data, fields):
            self.progress = max(self.progress, (rank, said))
        if links and len(self.images) < _MOST_IMAGES:
            if isinstance(self.images, frozenset):
                self.images = set()
            self.images.update(map(hash, links))
        self.first_at, self.last_at = min(self.first_at, received_at), max(self.last_at, received_at)
        self.last_seq = max(self.last_seq, seq)
        self.seqs.append(seq)
        self.worst = worst((self.worst, verdict))
        self.made = None

    def job(self) -> Job:
        """As the screen shows it."""
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


class _Reading:
    """Reads from the newest delivery down, and whatever comes meanwhile."""

    def __init__(self, extent: Extent, fields: JobFields) -> None:
        self.changes = extent.changes
        self.seconds = 0.0
        self.above = extent.last
        self.examined = 0
        self.jobs: dict[str, _Tracked] = {}
        self.is_at_oldest = extent.last < extent.first
        self._below = extent.last + 1
        self._fields = fields

    @property
    def is_done(self) -> bool:
        """Whether no older one is to be read."""
        return self.is_at_oldest or self.examined >= MOST_READ

    def advance(self, connection: sqlite3.Connection, until: float) -> None:
        """Read what is new, then older ones."""
        began = monotonic()
        for columns in connection.execute(_NEWER, {"above": self.above, "largest": _LARGEST_BODY}):
            self._take(columns)
            self.above = columns[0]
            if monotonic() >= until:
                break
        else:
            self._go_down(connection, until)
        self.seconds += monotonic() - began

    def _go_down(self, connection: sqlite3.Connection, until: float) -> None:
        if self.is_done:
            return
        for columns in connection.execute(_OLDER, {"below": self._below, "largest": _LARGEST_BODY}):
            self._take(columns)
            self._below = columns[0]
            if self.examined >= MOST_READ or monotonic() >= until:
                return
        self.is_at_oldest = True

    def _take(self, columns: Sequence[Any]) -> None:
        seq, received_at, _, verdict, _, body = columns
        self.examined += 1
        event = parse_event(body)
        for job_id in job_ids(event.data, self._fields.ids):
            tracked = self.jobs.get(job_id)
            if tracked is None:
                tracked = self.jobs[job_id] = _Tracked(job_id, received_at, received_at)
            tracked.add(seq, received_at, Verdict(verdict), event, self._fields)


class JobsReader:
    """The jobs of one history; a coroutine that is awaited while another is under way waits for its turn."""

    def __init__(self, path: Path, fields: JobFields, *, judged: Callable[[], int]) -> None:
        """`judged`: a number that is another one when verdicts were changed here."""
        self._reader = Reader(path)
        self._fields = fields
        self._passes = Passes(lambda extent: _Reading(extent, fields), judged=judged)
        self._jobs = Jobs((), 0, MOST_READ, is_all=False, is_done=False)
        self._known: tuple[_Reading, int] | None = None
        self._events: tuple[_Reading, str, int, tuple[JobEvent, ...]] | None = None

    async def jobs(self) -> Jobs:
        """Read on for a moment; the same object while nothing is new. Raises ProblemError."""
        return await self._reader.run(self._step)

    async def job(self, job_id: str) -> JobDetail:
        """Read on, and say what is known of one job; the same events while none is new. Raises ProblemError."""
        return await self._reader.run(lambda connection: self._detail(connection, job_id))

    def close(self) -> None:
        """Wait for what is being read and let go of the file; more calls change nothing."""
        self._reader.close()

    def _step(self, connection: sqlite3.Connection) -> Jobs:
        passes = self._passes
        passes.look(connection)
        working, last = passes.working, passes.extent.last
        if not passes.is_renewed and (last - working.above > MOST_READ or working.examined > 2 * MOST_READ):
            passes.renew()
            working = passes.working
        working.advance(connection, monotonic() + STEP_SECONDS)
        if working.is_done:
            passes.ended()
        shown = passes.shown
        is_done = shown.is_done and shown.above >= last and not passes.is_renewed
        if self._known != (shown, shown.examined) or self._jobs.is_done != is_done:
            self._known = (shown, shown.examined)
            tracked = sorted(shown.jobs.values(), key=lambda one: one.last_seq)
            jobs = tuple(one.job() for one in tracked)
            self._jobs = Jobs(jobs, shown.examined, MOST_READ, is_all=shown.is_at_oldest, is_done=is_done)
        return self._jobs

    def _detail(self, connection: sqlite3.Connection, job_id: str) -> JobDetail:
        is_done = self._step(connection).is_done
        shown = self._passes.shown
        tracked = shown.jobs.get(job_id)
        if tracked is None:
            return JobDetail(job_id, None, (), is_done=is_done)
        known = (shown, job_id, len(tracked.seqs))
        if self._events is None or self._events[:3] != known:
            newest = heapq.nlargest(MOST_EVENTS, tracked.seqs)
            found = connection.execute(_CHOSEN, {"seqs": json.dumps(newest), "largest": _LARGEST_BODY})
            self._events = (*known, tuple(_job_event(columns, self._fields) for columns in found))
        return JobDetail(job_id, tracked.job(), self._events[3], is_done=is_done)


def _job_event(columns: Sequence[Any], fields: JobFields) -> JobEvent:
    seq, received_at, event, verdict, attempt, body = columns
    data = parse_event(body).data
    images = indexed_images(data, fields)
    return JobEvent(
        seq=seq,
        received_at=moment(received_at),
        event=event,
        verdict=Verdict(verdict),
        attempt=attempt,
        status=job_status(data, fields),
        progress=job_progress(data, fields),
        images=tuple(images),
        image_indexes=tuple(images.values()),
    )
