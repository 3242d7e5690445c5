"""The images of one job as tiles: those that failed first, then those that are done, then those that are awaited."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from webhook_tui.domain.images.image import ImageLink
from webhook_tui.domain.jobs.job import JobDetail, JobEvent
from webhook_tui.domain.signature.verdict import Verdict

FAILED = frozenset({"failed", "aborted", "error"})
"""Statuses after which nothing comes: the first two of PiktID's job API."""
_COMPLETED = "completed"
_MOST_AWAITED = 500


class TileState(StrEnum):
    """What is known of an image."""

    FAILED = "failed"
    DONE = "done"
    UNDER_WAY = "under way"
    WAITING = "waiting"
    MISSING = "not received"
    """The job is done, and no delivery was about it."""


class Tile(Struct, frozen=True):
    """One image of a job. Raw words: sanitise before showing."""

    state: TileState
    name: str = ""
    link: ImageLink | None = None
    """None: there is no picture."""
    index: int | None = None
    reason: str = ""
    """Why it failed, or its status while it is under way."""
    seq: int | None = None
    """The delivery that says so; None: it is awaited."""
    received_at: datetime | None = None
    verdict: Verdict = Verdict.VALID

    @property
    def urls(self) -> tuple[str, ...]:
        """What may be loaded: nothing of a delivery that PiktID has not signed, since its links may be anyone's."""
        if self.link is None or not self.verdict.is_good:
            return ()
        return (self.link.url, self.link.before) if self.link.before else (self.link.url,)


def contact_sheet(detail: JobDetail) -> tuple[Tile, ...]:
    """Return a tile for each image that an event is about, and for each that the job still awaits.

    Of several deliveries about one image the newest counts, and one that PiktID signed before all others.
    """
    newest: dict[object, Tile] = {}
    for event in detail.events:
        for key, tile in _tiles(event):
            known = newest.get(key)
            if known is None or tile.verdict.is_good or not known.verdict.is_good:
                newest[key] = tile
    tiles = sorted(newest.values(), key=_rank)
    awaited = min(_MOST_AWAITED, max(0, _total(detail) - len(tiles)))
    if detail.job is not None and detail.job.status in FAILED:
        reason = next((event.reason for event in reversed(detail.events) if event.reason), detail.job.status)
        lost = [Tile(TileState.FAILED, reason=reason, seq=detail.job.last_seq)] * awaited
        return (*lost, *tiles)
    is_done = detail.job is not None and detail.job.status == _COMPLETED
    return (*tiles, *[Tile(TileState.MISSING if is_done else TileState.WAITING)] * awaited)


def average_quality(tiles: Sequence[Tile]) -> float | None:
    """Return the mean of the scores of images that PiktID signed; None without any."""
    scores = [tile.link.quality for tile in tiles if tile.link and tile.link.quality is not None and tile.urls]
    return sum(scores) / len(scores) if scores else None


def _tiles(event: JobEvent) -> Iterator[tuple[object, Tile]]:
    """Each image that an event is about, with what identifies it in the job."""
    for link in event.images:
        identity = link.url if link.index is None else link.index
        yield identity, _tile(event, TileState.DONE, link.name, link.index, link)
    if (image := event.image) is not None:
        state = TileState.FAILED if event.status in FAILED else TileState.UNDER_WAY
        yield ("", event.seq) if image.index is None else image.index, _tile(event, state, image.name, image.index)


def _tile(event: JobEvent, state: TileState, name: str, index: int | None, link: ImageLink | None = None) -> Tile:
    return Tile(
        state,
        name,
        link,
        index,
        reason=event.reason or event.status,
        seq=event.seq,
        received_at=event.received_at,
        verdict=event.verdict,
    )


def _rank(tile: Tile) -> tuple[bool, bool, int, int]:
    is_numbered = tile.index is not None
    return tile.state is not TileState.FAILED, not is_numbered, tile.index or 0, tile.seq or 0


def _total(detail: JobDetail) -> int:
    """How many images the job says that it has: the second number of `3/8`."""
    total = detail.job.progress.partition("/")[2] if detail.job is not None else ""
    return int(total) if total.isascii() and total.isdigit() and len(total) < 9 else 0
