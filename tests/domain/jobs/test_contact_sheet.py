"""The images of a job as tiles."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from webhook_tui.domain.images.image import ImageLink
from webhook_tui.domain.jobs.contact_sheet import Tile, TileState, average_quality, contact_sheet
from webhook_tui.domain.jobs.job import ImageStatus, Job, JobDetail, JobEvent
from webhook_tui.domain.signature.verdict import Verdict

AT = datetime(2026, 11, 23, 14, tzinfo=UTC)


def event(seq: int, status: str = "completed", verdict: Verdict = Verdict.VALID, **fields: Any) -> JobEvent:
    """One event of the job."""
    return JobEvent(seq, AT, "image_result", verdict, 1, status, "", fields.pop("images", ()), **fields)


def picture(index: int | None, quality: float | None = 0.5, place: str = "") -> ImageLink:
    """The image of that index."""
    return ImageLink(f"https://cdn.example.com/{index}{place}.png", name=f"{index}.jpg", quality=quality, index=index)


def job(*events: JobEvent, status: str = "processing", progress: str = "") -> JobDetail:
    """The job of those events."""
    found = Job("job_1", len(events), status, progress, AT, AT, len(events), 0, Verdict.VALID)
    return JobDetail("job_1", found, events, is_done=True)


def shown(tiles: tuple[Tile, ...]) -> list[tuple[str, int | None, int | None]]:
    """State, index and delivery."""
    return [(tile.state.value, tile.index, tile.seq) for tile in tiles]


def test_failed_first_then_by_index_then_what_is_awaited() -> None:
    """One tile an image, by what its newest delivery says."""
    tiles = contact_sheet(
        job(
            event(1, images=(picture(2),)),
            event(2, status="processing", image=ImageStatus("1.jpg", 1)),
            event(3, status="failed", image=ImageStatus("5.jpg", 5), reason="no face"),
            event(4, images=(picture(0, 1.0), picture(None, None))),
            event(5, images=(picture(2, place="new"),)),
            event(6),
            progress="4/8",
        )
    )
    assert shown(tiles) == [
        ("failed", 5, 3),
        ("done", 0, 4),
        ("under way", 1, 2),
        ("done", 2, 5),
        ("done", None, 4),
        *[("waiting", None, None)] * 3,
    ]
    assert (tiles[0].reason, tiles[0].name, tiles[0].urls) == ("no face", "5.jpg", ())
    assert tiles[3].urls == ("https://cdn.example.com/2new.png",)
    assert average_quality(tiles) == 0.75
    assert average_quality(()) is None


def test_what_is_not_signed_has_no_links_and_replaces_nothing() -> None:
    """A forged delivery about the same image is shown only while there is no other."""
    forged = event(1, verdict=Verdict.INVALID, images=(picture(0),))
    assert [tile.urls for tile in contact_sheet(job(forged))] == [()]
    signed = event(2, images=(ImageLink("https://cdn.example.com/a.png", "https://cdn.example.com/b.png", index=0),))
    later = event(3, verdict=Verdict.MISSING, status="failed", image=ImageStatus("", 0))
    (tile,) = contact_sheet(job(forged, signed, later))
    assert tile.urls == ("https://cdn.example.com/a.png", "https://cdn.example.com/b.png")


def test_a_job_that_failed_awaits_nothing() -> None:
    """What it did not bring has failed for the job's reason; nonsense in the progress adds no tiles."""
    failed = contact_sheet(job(event(1, status="failed", reason="no person"), status="failed", progress="0/2"))
    assert [(tile.state, tile.reason) for tile in failed] == [(TileState.FAILED, "no person")] * 2
    assert contact_sheet(job(event(1), progress="40 %")) == ()
    assert [tile.state for tile in contact_sheet(job(event(1), status="completed", progress="1/1"))] == ["not received"]
    assert len(contact_sheet(job(event(1), progress="1/99999999"))) == 500
    assert contact_sheet(JobDetail("job_1", None, (), is_done=True)) == ()
