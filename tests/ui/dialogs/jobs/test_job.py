"""The contact sheet: nothing is loaded before the answer; pictures, large, downloads, hosts that do not answer."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.tcp_server import tcp_server
from tests.ui.fake_session import NOW, RUNNING, FakeSession
from tests.ui.memory_rows import mock_up_rows
from tests.ui.snapshots import Snapshot
from tests.ui.stage import STACKED, WIDE, Stage, stage
from webhook_tui.domain.images.image import ImageLink
from webhook_tui.domain.jobs.job import ImageStatus, Job, JobDetail, JobEvent, Jobs
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.sandbox.pictures import picture
from webhook_tui.ui.controllers.delivery.images import MOST_LOADS
from webhook_tui.ui.dialogs.jobs.job import JobDialog
from webhook_tui.ui.preferences import PreferencesFile
from webhook_tui.ui.widgets.contact_sheet import ContactSheet

JOB = Job("job_1", 6, "processing", "2/6", NOW, NOW, 9, 3, Verdict.VALID)


def event(seq: int, verdict: Verdict = Verdict.VALID, **fields: Any) -> JobEvent:
    """One event of the job."""
    known = {"status": "completed", "images": (), **fields}
    return JobEvent(seq=seq, received_at=NOW, event="image_result", verdict=verdict, attempt=1, progress="", **known)


def image(origin: str, index: int, quality: float = 0.91, *, has_input: bool = True) -> tuple[ImageLink, ...]:
    """The image of that index."""
    before = f"{origin}/job/input_{index}.png" if has_input else ""
    return (ImageLink(f"{origin}/job/output_{index}.png", before, f"look-{index}.jpg", quality, index),)


def job(*events: JobEvent, found: Job = JOB) -> FakeSession:
    """A session with one job, whose events are these."""
    session = FakeSession(RUNNING, mock_up_rows())
    session.jobs = Jobs((found,), examined=12, is_all=True, is_done=True)
    session.details["job_1"] = JobDetail("job_1", found, events, is_done=True)
    return session


def played_job(origin: str) -> FakeSession:
    """A job whose images are in every state, served by that origin, which is the sandbox's."""
    session = job(
        event(3, images=image(origin, 0)),
        event(4, images=image(origin, 1, 0.5, has_input=False)),
        event(5, Verdict.INVALID, images=image("https://evil.example", 2)),
        event(6, status="failed", image=ImageStatus("look-3.jpg", 3), reason="No face was found in the input image."),
        event(8, status="processing", image=ImageStatus("look-4.jpg", 4)),
    )
    session.first_status = replace(session.first_status, sandbox=True, api_url=origin)
    return session


async def opened(played: Stage) -> None:
    """Open the newest job."""
    await played.press("J")
    await played.until("1 job in all")
    await played.press("enter")
    await played.until("Job job_1")


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Serve the pictures of the sandbox; a path with `gone` leads nowhere."""
    path = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
    content = picture(path)
    status = b"404 Not Found" if "gone" in path else b"200 OK"
    writer.write(b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n" % (status, len(content)) + content)
    await writer.drain()


async def test_the_images_of_a_job(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Failed ones first, with inputs where there is one; o shows one large with its facts; d saves those that are done;
    enter goes to the delivery.
    """
    monkeypatch.setenv("HOME", str(tmp_path))
    async with tcp_server(serve) as port, stage(played_job(f"http://127.0.0.1:{port}"), size=WIDE) as played:
        await opened(played)
        await played.until("1 failed · 2 done · 1 under way · 1 waiting · 1 not valid · average quality 0.71")
        await played.until(lambda: played.text().count("▀" * 14) >= 3 * 11 - 3)
        snapshot(played.lines(), "job-140x42")
        await played.press("space")
        await played.until(lambda: "▀" * 14 in played.text())

        await played.press("right", "o")
        await played.until("quality  0.91  ━━━━━━━━━━━─")
        await played.until("before  input_0.png  256×384")
        for fact in ("pixels   256×384", " kB  PNG", f"from     127.0.0.1:{port}", "image    1 of 2"):
            assert fact in played.text()
        await played.press("right")
        await played.until("image    2 of 2")
        await played.press("escape")
        await played.until("Job job_1")

        await played.pilot.resize_terminal(*STACKED)
        await played.until(lambda: "average" not in played.text() and played.text().count("▀" * 14) == 22)
        snapshot(played.lines(), "job-80x24")

        await played.press("d")
        await played.until("Downloaded 2 images")
        saved = sorted(path.name for path in (tmp_path / "Downloads" / "1").iterdir())
        assert saved == ["output_0.png", "output_1.png"]

        await played.press("g", "enter")
        await played.until(lambda: len(played.app.screen_stack) == 1)
        assert played.main.deliveries.delivery_table.seq == 6


async def test_what_could_not_be_saved_is_tried_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """r tries those that failed, and no others; c copies the path of the folder. In the large view as well."""
    monkeypatch.setenv("HOME", str(tmp_path))
    asked: list[str] = []

    async def fail_later(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
        asked.append(path)
        is_gone = "output_1" in path and asked.count(path) in (2, 4)
        content = picture(path)
        status = b"404 Not Found" if is_gone else b"200 OK"
        writer.write(b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n" % (status, len(content)) + content)
        await writer.drain()

    async with tcp_server(fail_later) as port, stage(played_job(f"http://127.0.0.1:{port}"), size=STACKED) as played:
        await opened(played)
        await played.until(lambda: asked.count("/job/output_1.png") == asked.count("/job/output_0.png") == 1)
        await played.press("r", "c")
        await played.press("d")
        await played.until("Downloaded 1 of 2 images. output_1.png: The image is…  c Copy path  r Retry")
        await played.press("c")
        await played.until("the folder's path, ")
        assert played.app.clipboard == str(tmp_path / "Downloads" / "1")
        await played.press("r")
        await played.until("to ~/Downloads/1/output_1.png  c Copy path")
        assert asked.count("/job/output_0.png") == 2

        await played.press("g", "right", "right", "o")
        await played.until("image  output_1.png")
        await played.press("d")
        await played.until("The image is gone (404).")
        await played.until("r Retry")
        await played.press("r")
        await played.until("to ~/Downloads/1/output_1-2.png")


async def test_a_tile_that_could_not_be_loaded_is_loaded_once_its_image_is_saved(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The server refuses the first request only."""
    monkeypatch.setenv("HOME", str(tmp_path))
    asked: list[str] = []

    async def fail_first(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
        content = picture(path)
        status = b"200 OK" if asked else b"404 Not Found"
        asked.append(path)
        writer.write(b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n" % (status, len(content)) + content)
        await writer.drain()

    async with tcp_server(fail_first) as port:
        origin = f"http://127.0.0.1:{port}"
        session = job(event(3, images=image(origin, 0, has_input=False)))
        session.first_status = replace(session.first_status, sandbox=True, api_url=origin)
        async with stage(session, size=STACKED) as played:
            await opened(played)
            await played.until("○ not loaded")
            await played.press("d")
            await played.until("to ~/Downloads/1/output_0.png")
            await played.until(lambda: "▀" * 14 in played.text())
            assert "not loaded" not in played.text()


async def test_the_question_stands_once_and_is_remembered(tmp_path: Path) -> None:
    """Without an answer nothing is loaded; h keeps the host for the next run; a failure is shown in the tile."""
    path = tmp_path / "screen.json"
    blocked = event(3, images=(*image("https://127.0.0.1:1", 0), *image("https://127.0.0.1:1", 1)))
    async with stage(job(blocked), size=WIDE, preferences=PreferencesFile(path)) as played:
        await opened(played)
        await played.until("Load 2 images from 127.0.0.1:1?")
        assert played.text().count("● done") == 2
        await played.press("l")
        await played.until("Blocked: 127.0.0.1 is an")
        assert "Load 2 images" not in played.text()
        await played.press("escape", "enter")
        await played.until("Load 2 images from 127.0.0.1:1?")
        await played.press("h")
        await played.until("○ not loaded")
        await played.press("d")
        await played.until("Downloaded 0 of 2 images.")
        await played.press("escape")
        await played.until("1 job in all")
        await played.press("escape")
        await played.dialog_closed()
        await played.press("q")
    assert PreferencesFile(path).read().image_hosts == ("127.0.0.1:1",)


@pytest.mark.parametrize("is_large", [False, True])
async def test_what_loads_when_it_is_closed_is_the_last_that_is_loaded(is_large: bool) -> None:
    """The sheet, and one image over it, which is closed while its picture is on its way."""
    asked: list[str] = []
    served: list[str] = []
    may_answer = asyncio.Event()

    async def answer_later(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
        asked.append(path)
        await may_answer.wait()
        content = picture(path)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(content) + content)
        await writer.drain()
        served.append(path)

    async with tcp_server(answer_later) as port:
        origin = f"http://127.0.0.1:{port}"
        session = job(*(event(seq, images=image(origin, seq, has_input=False)) for seq in range(1, 9)))
        session.first_status = replace(session.first_status, sandbox=True, api_url=origin)
        async with stage(session, size=WIDE) as played:
            await opened(played)
            await played.until(lambda: len(asked) == MOST_LOADS)
            if is_large:
                await played.press("o")
                await played.until("Browser b")
                await played.pilot.click("#safe")
                await played.until("Go enter")
            await played.press("escape")
            await played.until("1 job in all")
            await played.press("escape")
            await played.dialog_closed()
            may_answer.set()
            await played.until(lambda: len(served) == MOST_LOADS)
            await played.until(lambda: {worker.group for worker in played.app.workers} == {"session"})
            await played.pilot.pause()
            assert len(asked) == MOST_LOADS
            assert played.app.crash is None


@pytest.mark.parametrize(
    "newer",
    [
        event(4, images=(ImageLink("https://127.0.0.1:1/job/again.png", "", "again.jpg", 0.9, 0),)),
        event(4, status="failed", image=ImageStatus("again.jpg", 0)),
    ],
    ids=["done", "failed"],
)
async def test_an_earlier_image_of_the_list_is_the_one_that_is_shown_large(newer: JobEvent) -> None:
    """Though its tile shows what a newer delivery says of it."""
    older = event(3, images=image("https://127.0.0.1:1", 0, has_input=False))
    async with stage(job(older, newer), size=STACKED) as played:
        await opened(played)
        await played.press("v")
        await played.until("image_index 0")
        await played.press("g", "j", "o")
        await played.until(older.images[0].url)
        await played.press("c")
        await played.until(lambda: played.app.clipboard == older.images[0].url)


async def test_a_question_that_comes_late_is_shown_with_the_tiles() -> None:
    """The list was chosen before the answer that the host is not allowed."""
    async with stage(job(event(3, images=image("https://127.0.0.1:1", 0))), size=WIDE) as played:
        await opened(played)
        await played.press("v")
        await played.until("image_index 0")
        dialog = played.app.screen
        assert isinstance(dialog, JobDialog)
        dialog.ask("127.0.0.1:1")
        assert "Load" not in played.text()
        await played.press("v")
        await played.until("Load 2 images from 127.0.0.1:1?")


async def test_what_is_not_signed_is_opened_only_after_its_link_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the browser, if the user says so; as tiles and in the list."""
    forged = event(3, Verdict.INVALID, images=image("https://evil.example", 0))
    async with stage(job(forged), size=STACKED) as played:
        chosen: list[str] = []
        monkeypatch.setattr(played.app, "open_url", chosen.append)
        await opened(played)
        await played.until("✗ invalid")
        await played.press("o")
        await played.until("Nothing proves that PiktID sent it.")
        assert forged.images[0].url in played.text()
        await played.press("escape")
        await played.until("1 not valid")
        await played.press("v", "o")
        await played.until("Open this link?")
        await played.press("b")
        await played.until(lambda: chosen == [forged.images[0].url])
        await played.press("d")
        await played.until("No images to download yet.")


async def test_a_button_does_once_what_its_key_does() -> None:
    """The one that shows the list in place of the tiles."""
    async with stage(job(event(3)), size=WIDE) as played:
        await opened(played)
        await played.pilot.click("#switch")
        await played.until("Images v")


async def test_a_long_job_asks_only_for_what_is_in_sight() -> None:
    """In ASCII, too; the cursor moves through the rows."""
    pictures = tuple(link for number in range(60) for link in image("https://127.0.0.1:1", number))
    session = job(event(3, images=pictures), found=replace(JOB, progress=""))
    async with stage(session, size=STACKED, in_ascii=True) as played:
        await opened(played)
        await played.until("Load 60 images from 127.0.0.1:1?")
        await played.press("down", "right")
        sheet = played.app.screen.query_one(ContactSheet)
        assert [sheet.chosen.index if sheet.chosen else None, len(sheet.urls)] == [5, 4]
        await played.press("l")
        await played.until("look-5... 0.91")
        await played.press("G")
        assert sheet.chosen is not None
        assert sheet.chosen.index == 59
        assert len(sheet.urls) <= 8
        assert not [char for char in played.text() if ord(char) > 127]
