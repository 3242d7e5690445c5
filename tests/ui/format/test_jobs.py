"""Jobs in words: cells of the list, the events of one job, and the notes above them."""

from __future__ import annotations

import pytest

from tests.hostile.strings import strings
from tests.ui.dialogs.jobs.test_jobs import event, job
from tests.ui.fake_session import NOW
from webhook_tui.domain.delivery.text import is_harmless
from webhook_tui.domain.jobs.job import JobDetail, Jobs
from webhook_tui.ui.format.jobs import Image, detail_note, event_cell, image_line, job_cell, jobs_note
from webhook_tui.ui.symbols import ASCII, UNICODE, Symbols

COLUMNS = ("job", "worst", "status", "last", "first", "events", "images", "progress", "event", "#", "time", "verdict")


@pytest.mark.parametrize("signs", [UNICODE, ASCII], ids=["unicode", "ascii"])
def test_the_jobs_say_nothing_raw(signs: Symbols) -> None:
    """Ids, names, status, progress and links."""
    for text in strings(200):
        one = job(text, 1, status=text, progress=text)
        happened = event(1, event=text, status=text, progress=text, images=(text,))
        said = [job_cell(one, column, NOW, signs)[0] for column in COLUMNS]
        said += [event_cell(happened, column, NOW, signs)[0] for column in COLUMNS]
        said.append(image_line(Image(happened, 1, text), signs)[0])
        said.append(detail_note(JobDetail(text, one, (happened,), is_done=True), 60, NOW, signs).plain)
        assert all(is_harmless(character) for words in said for character in words)


@pytest.mark.parametrize(("examined", "said"), [(1, "1 job in 1 delivery"), (1200, "1 job in all 1,200 deliveries")])
def test_how_many_deliveries_the_jobs_are_in(examined: int, said: str) -> None:
    """One delivery is no "all deliveries"."""
    jobs = Jobs((job("a", 1),), examined, is_all=True, is_done=True)
    assert jobs_note(jobs, examined).plain == said
