"""Texts about jobs: cells of the list and of one job's events, and the notes above them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from rich.cells import cell_len
from textual.content import Content

from webhook_tui.domain import units
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.jobs.contact_sheet import Tile, TileState, average_quality
from webhook_tui.domain.jobs.job import Job, JobDetail, JobEvent, Jobs
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.ui.symbols import HALF, Symbols

NOTHING = "–"
_NOT_VALID = "not valid"
_STOPPED = frozenset({"failed", "aborted"})
"""The statuses of PiktID's job API after which nothing comes."""


class Image(Struct, frozen=True):
    """One image of an event, a line below it."""

    of: JobEvent
    number: int
    """From 1, in its event."""
    link: str
    index: int | None = None
    """Its `image_index`, where the event says one."""


JobLine = JobEvent | Image


def job_lines(events: Sequence[JobEvent]) -> list[JobLine]:
    """Return each event, followed by its images."""
    lines: list[JobLine] = []
    for event in events:
        lines.append(event)
        lines += [Image(event, place, image.url, image.index) for place, image in enumerate(event.images, 1)]
    return lines


def verdict_cell(verdict: Verdict, glyphs: Symbols) -> tuple[str, str]:
    """Return symbol and word of a verdict, and its style."""
    return f" {glyphs.verdict(verdict)} {verdict.value}", verdict.value


def job_cell(job: Job, column: str, now: datetime, glyphs: Symbols) -> tuple[str, str]:
    """Return a cell of the list of jobs."""
    match column:
        case "job":
            return glyphs.text(job.job_id), ""
        case "worst":
            return verdict_cell(job.worst, glyphs)
        case "status":
            return status_cell(job.status, glyphs)
        case "last":
            return units.day_time(job.last_at, now), "muted"
        case "first":
            return units.day_time(job.first_at, now), "muted"
        case "events":
            return units.count(job.events), "muted"
        case "images":
            return (units.count(job.images), "") if job.images else (NOTHING, "muted")
        case _:
            return glyphs.text(job.progress) or NOTHING, "muted"


def event_cell(event: JobEvent, column: str, now: datetime, glyphs: Symbols) -> tuple[str, str]:
    """Return a cell of the events of one job."""
    match column:
        case "event":
            return glyphs.text(event.event) or "no name", ""
        case "#":
            return str(event.seq), "muted"
        case "time":
            return units.day_time(event.received_at, now), "muted"
        case "verdict":
            return verdict_cell(event.verdict, glyphs)
        case "status":
            return status_cell(event.status, glyphs)
        case "attempt":
            return (f"{glyphs.times}{event.attempt}", "attention") if event.attempt > 1 else ("", "")
        case _:
            return glyphs.text(event.progress) or NOTHING, "muted"


def status_cell(status: str, glyphs: Symbols) -> tuple[str, str]:
    """Return the status as PiktID writes it."""
    return glyphs.text(status) or NOTHING, "attention" if status in _STOPPED else "" if status else "muted"


def image_line(image: Image, glyphs: Symbols) -> tuple[str, str]:
    """Return the index of an image, as PiktID numbers it or else its place, and its link."""
    name = f"image {image.number}" if image.index is None else f"image_index {image.index}"
    return f"      {name}  {glyphs.text(image.link)}", "link"


def jobs_note(jobs: Jobs | None, total: int) -> Content:
    """Return how many jobs, of how many deliveries, and whether older ones were left out."""
    if jobs is None:
        return Content.assemble(HALF, (" reading the deliveries", "$muted"))
    count = f"{units.count(len(jobs.jobs))} {'job' if len(jobs.jobs) == 1 else 'jobs'}"
    if not jobs.is_done:
        return Content.assemble(
            HALF, (f" {count} in the newest {units.count(jobs.examined)} deliveries so far", "$muted")
        )
    if jobs.is_all:
        deliveries = "1 delivery" if jobs.examined == 1 else f"all {units.count(jobs.examined)} deliveries"
        return Content.assemble((f"{count} in {deliveries}", "$muted"))
    newest = f"{count} in the newest {units.count(jobs.examined)} of {units.count(total)} deliveries"
    return Content.assemble((f"{newest}; the filter job:X looks at all", "$muted"))


def detail_note(detail: JobDetail | None, width: int, now: datetime, glyphs: Symbols) -> Content:
    """Return one job in one line; parts without room are left out from the end, never the first."""
    if detail is None or (detail.job is None and not detail.is_done):
        return Content.assemble(HALF, (" reading the deliveries", "$muted"))
    job = detail.job
    if job is None:
        return Content.assemble(("No stored delivery is about it any more.", "$muted"))
    status = " ".join(glyphs.text(label) for label in (job.status, job.progress) if label)
    events = f"{units.count(job.events)} {'event' if job.events == 1 else 'events'}"
    if len(detail.events) < job.events:
        events += f", the newest {len(detail.events)} shown"
    images = f"{units.count(job.images)} {'image' if job.images == 1 else 'images'}"
    span = units.day_time(job.first_at, now)
    if job.last_at != job.first_at:
        span += f" to {units.day_time(job.last_at, now)}"
    text, *others = [part for part in (status, events, images, span) if part]
    for part in others:
        longer = f"{text}   {part}"
        if cell_len(longer) > width:
            break
        text = longer
    return Content(text)


def sheet_note(tiles: Sequence[Tile], detail: JobDetail, width: int, glyphs: Symbols) -> Content:
    """Return `1 failed · 4 done · 3 waiting · average quality 0.86`; parts without room are left out from the end."""
    if not tiles:
        count = len(detail.events)
        return Content.assemble((f"No images in this job yet; {units.counted(count, 'event')} so far.", "$muted"))
    dot, parts = f" {glyphs.dot} ", []
    counts = Counter(tile.state.value if tile.verdict.is_good else _NOT_VALID for tile in tiles)
    for name in (*TileState, _NOT_VALID):
        if counts[name]:
            style = "bold $bad" if name in (TileState.FAILED, _NOT_VALID) else "$muted"
            parts.append(Content.assemble((f"{counts[name]} {name}", style)))
    average = average_quality(tiles)
    if average is not None:
        parts.append(Content.assemble(("average quality ", "$muted"), (f"{average:.2f}", "bold")))
    while len(parts) > 1 and sum(part.cell_length for part in parts) + 3 * (len(parts) - 1) > width:
        parts.pop()
    return Content.assemble((dot, "$muted")).join(parts)


def filter_for(job_id: str) -> str | None:
    """Return the filter for a job's deliveries; None for an id that cannot be typed."""
    if visible(job_id) != job_id:
        return None
    escaped = job_id.replace("\\", "\\\\").replace('"', '\\"')
    return f'job:"{escaped}"'
