"""The jobs: J in, the jobs out; enter and v show the events of one and their images, enter on an event goes there."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from tests.ui.fake_session import NOW, FakeSession
from tests.ui.stage import SMALL, STACKED, WIDE, Stage, stage
from webhook_tui.domain.filtering.filter import parse
from webhook_tui.domain.filtering.terms import JobIs
from webhook_tui.domain.images.image import ImageLink
from webhook_tui.domain.jobs.job import Job, JobDetail, JobEvent, Jobs
from webhook_tui.domain.queries import GetJob, ListJobs
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.ui.dialogs import live_query
from webhook_tui.ui.format.jobs import filter_for

HOSTILE = "\x1b]0;owned\x07[b]job[/b]\u202e"
LINKS = tuple(f"https://cdn.example.com/jobs/job_7c1e90/full/{number}.png" for number in (1, 2, 3))
IMAGES = tuple(ImageLink(link) for link in LINKS)


def job(job_id: str, last_seq: int, **changes: Any) -> Job:
    """One job of the mock-ups' day."""
    usual = Job(
        job_id=job_id,
        events=3,
        status="completed",
        progress="3/3",
        first_at=NOW.replace(hour=14, minute=2, second=58),
        last_at=NOW.replace(hour=14, minute=20, second=2),
        last_seq=last_seq,
        images=3,
        worst=Verdict.VALID,
    )
    return replace(usual, **changes)


def event(seq: int, **changes: Any) -> JobEvent:
    """One of its events."""
    at = NOW.replace(hour=14, minute=2, second=58)
    usual = JobEvent(seq, at, "image_result", Verdict.VALID, 1, "completed", "", IMAGES[:1])
    return replace(usual, **changes)


MOCK_UP = Jobs(
    (
        job(HOSTILE, 3, worst=Verdict.MISSING, status="\x1b[31mred", progress="40 %", images=0, events=1),
        job("90412", 6, status="failed", progress="0/1", images=0, worst=Verdict.OLDER),
        job("job_7c1e90", 8, worst=Verdict.INVALID),
    ),
    examined=12,
    is_all=True,
    is_done=True,
)
DETAIL = JobDetail(
    "job_7c1e90",
    MOCK_UP.jobs[2],
    (
        event(3, event="batch_edit", status="processing", progress="1/3", images=()),
        event(4, attempt=2),
        event(8, verdict=Verdict.INVALID, images=(replace(IMAGES[1], index=5), *IMAGES[2:]), event=HOSTILE),
    ),
    is_done=True,
)


def session_with(jobs: Jobs = MOCK_UP) -> FakeSession:
    """The mock-ups' session, with jobs."""
    session = FakeSession.running()
    session.jobs = jobs
    session.details["job_7c1e90"] = DETAIL
    return session


async def opened(played: Stage) -> None:
    """Open the list, and wait for it."""
    await played.press("J")
    await played.requested(ListJobs())
    await played.until("job_7c1e90  ")


async def opened_one(played: Stage) -> None:
    """Open the list of the events of the newest job."""
    await opened(played)
    await played.press("enter")
    await played.requested(GetJob("job_7c1e90"))
    await played.until("1.png")
    await played.press("v")
    await played.until("image 2")


async def closed(played: Stage) -> None:
    """Wait for the table."""
    await played.until(lambda: played.is_focused("deliveries"))


async def test_the_list_the_events_the_images_and_back_to_the_table() -> None:
    """The newest job is last and under the cursor; enter goes in, enter on an event goes to its row."""
    async with stage(session_with(), size=WIDE) as played:
        await opened_one(played)
        text = played.text()
        lines = [" ".join(line.strip("▌ ").split()) for line in text.split("\n")]
        assert "● webhook 41" in text
        assert [line for line in lines if line][1:] == [
            "Deliveries › esc Jobs › Job job_7c1e90",
            "completed 3/3 3 events 3 images 14:02:58 to 14:20:02",
            "event verdict status time progress #",
            "batch_edit ✓ valid processing 14:02:58 1/3 3",
            "image_result ✓ valid completed 14:02:58 ×2 – 4",
            f"image 1 {LINKS[0]}",
            "␛]0;owned␇[b]job[/b]\ufffd ✗ invalid completed 14:02:58 – 8",
            f"image_index 5 {LINKS[1]}",
            f"image 2 {LINKS[2]}",
            "Back esc Go enter Large o Download d Images v Filter /",
        ]
        await played.press("escape")
        await played.until("3 jobs in all 12 deliveries")
        lines = [" ".join(line.strip("▌ ").split()) for line in played.lines()]
        assert "␛]0;owned␇[b]job[/b]\ufffd ∅ missing ␛[31mred 14:20:02 1 – 40 % 14:02:58" in lines
        assert "\x1b" not in played.text()
        await played.press("enter", "up", "up", "enter")
        await closed(played)
        assert played.main.deliveries.delivery_table.seq == 8


async def test_it_is_live_and_the_cursor_stays_on_its_job() -> None:
    """What comes is shown without a key; the list says how far it has been read, and what it leaves out."""
    jobs = replace(MOCK_UP, examined=400, is_done=False, is_all=False)
    session = session_with(jobs)
    async with stage(session, size=STACKED) as played:
        await opened(played)
        await played.until("3 jobs in the newest 400 deliveries so far")
        await played.press("up")
        new = job("job_new", 20)
        session.jobs = replace(jobs, jobs=(*jobs.jobs, new), examined=20_000, is_done=True)
        await played.until("4 jobs in the newest 20,000 of 12 deliveries; the filter job:X looks at all")
        await played.press("enter")
        await played.requested(GetJob("90412"))
        await played.until("reading the deliveries")
        session.answer(GetJob("90412"), JobDetail("90412", None, (), is_done=True))
        await played.until("No stored delivery is about it any more.")


async def test_an_event_behind_a_filter_or_deleted_meanwhile() -> None:
    """The filter is cleared; a notice names what was deleted."""
    async with stage(session_with(), size=WIDE) as played:
        await played.press("slash", *"event:ping", "enter")
        await played.until("of 12")
        await opened_one(played)
        await played.press("g", "enter")
        await closed(played)
        await played.until(lambda: played.main.deliveries.delivery_table.seq == 3)
        assert not played.main.controllers.filter.is_on
        played.session.rows.delete([8])
        await opened_one(played)
        await played.press("G", "up", "up", "enter")
        await played.until("#8 is not in the history any more.")


async def test_the_filter_of_a_job_looks_at_all() -> None:
    """The same job, by the same definition; and from the SSE pane, too. The palette has both views."""
    async with stage(session_with(), size=WIDE) as played:
        titles = [command.title for command in played.app.get_system_commands(played.main)]
        assert [title for title in titles if title.startswith(("Status", "Jobs"))] == [
            "Status: counts, times, route, QR code",
            "Jobs: their events and images",
        ]
        await played.press("s")
        await played.until(lambda: played.main.controllers.panes.stream.is_open)
        await opened(played)
        await played.press("slash")
        await played.until("3 of 12")
        assert played.main.controllers.filter.search.text == 'job:"job_7c1e90"'
        await closed(played)
        assert not played.main.controllers.panes.stream.is_open


async def test_a_long_list_scrolls_on_a_small_screen() -> None:
    """Only what is in sight is drawn; the verdict never goes, the mouse works."""
    many = tuple(job(f"job_{number}", number, worst=Verdict.INVALID) for number in range(20_000))
    session = session_with(replace(MOCK_UP, jobs=(*many, MOCK_UP.jobs[2])))
    async with stage(session, size=SMALL) as played:
        await opened(played)
        await played.press("g")
        await played.until("job_0 ")
        assert "✗ invalid" in played.text()
        await played.press("pagedown", "j", "k", "G")
        await played.until("job_7c1e90")
        await played.press("g")
        await played.pilot.click("#jobs", offset=(6, 3), times=2)
        await played.requested(GetJob("job_2"))
        await played.press("escape", "G", "enter")
        await played.until("Filter /")
        assert "completed 3/3   3 events   3 images " in played.text()


async def test_no_job_yet() -> None:
    """In words, also in ASCII."""
    session = session_with(replace(MOCK_UP, jobs=()))
    async with stage(session, size=SMALL, in_ascii=True) as played:
        await played.press("J")
        await played.until("No event names a job yet.")
        await played.press("enter", "slash", "o")
        await played.until("0 jobs in all 12 deliveries")
        await played.press("J")
        await closed(played)


@pytest.mark.parametrize("job_id", ["job_7c1e90", 'a "b" \\ c*', "x or y", "90412"])
def test_the_filter_means_that_very_job(job_id: str) -> None:
    """Signs and blanks in an id are no part of the language."""
    text = filter_for(job_id)
    assert text is not None
    (branch,) = parse(text).branches
    (term,) = branch.terms
    assert isinstance(term, JobIs)
    assert term.pattern.fits(job_id)
    assert not term.pattern.fits(f"{job_id}x")


def test_an_id_that_cannot_be_typed_has_no_filter() -> None:
    """It would not show what it is."""
    assert filter_for(HOSTILE) is None


async def test_the_list_is_asked_for_at_once_when_it_is_on_top_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not only with the next second, which never comes here."""
    monkeypatch.setattr(live_query, "_INTERVAL_SECONDS", 1000.0)
    session = session_with()
    async with stage(session, size=WIDE) as played:
        await opened(played)
        await played.press("enter")
        await played.requested(GetJob("job_7c1e90"))
        session.jobs = replace(MOCK_UP, jobs=MOCK_UP.jobs[1:])
        await played.press("escape")
        await played.until("2 jobs in all")
