"""The jobs that events are about, and one job's events with its images; live while they are open.

An open view asks the session once a second, and again at once while the session is still reading.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from webhook_tui.domain.errors import Problem
from webhook_tui.domain.jobs.job import Job, JobDetail, JobEvent, Jobs
from webhook_tui.domain.queries import Answer, GetJob, ListJobs, Query
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.ui.dialogs.dialog import Dialog
from webhook_tui.ui.dialogs.links import LinksDialog, OpenLinkDialog
from webhook_tui.ui.format.jobs import (
    Image,
    JobLine,
    detail_note,
    event_cell,
    filter_for,
    image_line,
    job_cell,
    job_lines,
    jobs_note,
)
from webhook_tui.ui.messages import AnswerRequested, LinkChosen
from webhook_tui.ui.symbols import Symbols, glyphs
from webhook_tui.ui.widgets.key_button import KeyButton
from webhook_tui.ui.widgets.list_table import Cell, ListColumn, ListTable, TableSpec, fitted

Choice = int | str
"""The number of a delivery to go to, or a filter to use."""

AGAIN_SECONDS = 0.05
"""From an answer to the next question, while it is still being read."""

_JOB_COLUMNS = (
    ListColumn("job", "job", 0),
    ListColumn("worst", " worst", 12),
    ListColumn("status", "status", 11),
    ListColumn("last", "last", 8),
    ListColumn("events", "events", 6, is_right=True),
    ListColumn("images", "images", 6, is_right=True),
    ListColumn("progress", "progress", 8, is_right=True),
    ListColumn("first", "first", 8),
)
_EVENT_COLUMNS = (
    ListColumn("event", "event", 0),
    ListColumn("verdict", " verdict", 12),
    ListColumn("status", "status", 11),
    ListColumn("time", "time", 8),
    ListColumn("attempt", "", 4, is_right=True),
    ListColumn("progress", "progress", 8, is_right=True),
    ListColumn("#", "#", 8, is_right=True),
)


class LiveDialog(Dialog[Choice]):
    """What both views share."""

    AUTO_FOCUS = "ListTable"
    DEFAULT_CSS = """
    LiveDialog > #sheet { width: 100%; height: 100%; }
    LiveDialog #note { height: auto; width: 1fr; margin: 0 0 1 0; }
    """

    def __init__(self, *, now: Callable[[], datetime], in_ascii: bool = False) -> None:
        super().__init__()
        self._now = now
        self._in_ascii = in_ascii
        self._glyphs: Symbols = glyphs(plain=in_ascii)
        self._is_asking = False

    def ask(self) -> None:
        """Ask the session."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """It is live."""
        self.set_interval(1.0, self._ask)
        self._ask()

    def on_screen_resume(self) -> None:
        """On top again: what came meanwhile is wanted now."""
        self._ask()

    def _ask(self) -> None:
        if self.is_current and not self._is_asking:
            self._is_asking = True
            self.ask()

    def _request(self, query: Query[Answer], show: Callable[[Answer], None]) -> None:
        self.post_message(AnswerRequested(self, query, show, self._failed))

    def _failed(self, problem: Problem) -> None:
        self._heard(Content.assemble((problem.sentence(), "$warn")), is_done=True)

    def _heard(self, note: Content, *, is_done: bool) -> None:
        self._is_asking = False
        self.query_one("#note", Static).update(note)
        if not is_done:
            self.set_timer(AGAIN_SECONDS, self._ask)


class JobsDialog(LiveDialog):
    """The list of jobs; the answer is where the user wants to go."""

    TITLE_TEXT = "Jobs"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("J", "safe", "Close", show=False, id="jobs.close", tooltip="close the jobs"),
        Binding("slash", "filter", "Filter", show=False, id="jobs.filter", tooltip="show its deliveries in the table"),
    ]

    def __init__(self, *, now: Callable[[], datetime], total: Callable[[], int], in_ascii: bool = False) -> None:
        """`total`: how many deliveries are stored."""
        super().__init__(now=now, in_ascii=in_ascii)
        self._total = total
        self._shown: Jobs | None = None

    def words(self) -> ComposeResult:
        """How many, and which."""
        yield Static(jobs_note(None, 0), id="note", markup=False)
        manner: TableSpec[Job] = TableSpec(self._columns, self._cell, key=lambda job: job.job_id)
        yield ListTable(manner, id="jobs", in_ascii=self._in_ascii)

    def buttons(self) -> ComposeResult:
        """Close, open, filter."""
        yield KeyButton("Close", "esc", id="safe")
        yield KeyButton("Its events", "enter", id="open")
        yield KeyButton("Filter by it", "/", id="filter")

    def ask(self) -> None:
        """Ask for the list."""
        self._request(ListJobs(), self._show)

    def _show(self, jobs: Jobs) -> None:
        if jobs is not self._shown:
            self._shown = jobs
            table = self._table
            table.empty = "No event names a job yet." if jobs.is_done else ""
            table.show(jobs.jobs)
        self._heard(jobs_note(jobs, self._total()), is_done=jobs.is_done)

    def on_list_table_row_opened(self, event: ListTable.RowOpened) -> None:
        """As the button."""
        event.stop()
        self.action_open()

    def action_open(self) -> None:
        """The events of the job under the cursor."""
        job = self._table.chosen
        if job is not None:
            self.app.push_screen(JobDialog(job.job_id, now=self._now, in_ascii=self._in_ascii), self._chosen)

    def action_filter(self) -> None:
        """Its deliveries in the table."""
        job = self._table.chosen
        if job is not None and (text := filter_for(job.job_id)) is not None:
            self.dismiss(text)

    def _chosen(self, choice: Choice | None) -> None:
        if choice is not None:
            self.dismiss(choice)

    @property
    def _table(self) -> ListTable[Job]:
        return self.query_one("#jobs", ListTable)

    def _columns(self, width: int) -> Sequence[ListColumn]:
        return fitted(_JOB_COLUMNS, width, least=12, most=40)

    def _cell(self, job: Job, column: str) -> Cell:
        return job_cell(job, column, self._now(), self._glyphs)


class JobDialog(LiveDialog):
    """One job's events, each with its images below it; enter on an event answers with its number."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "open_link", "Open", show=False, id="job.open_link", tooltip="open an image of this event: asks"),
        Binding("slash", "filter", "Filter", show=False, id="job.filter", tooltip="show its deliveries in the table"),
    ]

    def __init__(self, job_id: str, *, now: Callable[[], datetime], in_ascii: bool = False) -> None:
        super().__init__(now=now, in_ascii=in_ascii)
        self._job_id = job_id
        self.TITLE_TEXT = f"Job {self._glyphs.fit(self._glyphs.text(job_id), 60)}"
        self._events: tuple[JobEvent, ...] | None = None

    def words(self) -> ComposeResult:
        """What is known of it, and its events."""
        yield Static(detail_note(None, 0, self._now(), self._glyphs), id="note", markup=False)
        manner: TableSpec[JobLine] = TableSpec(self._columns, self._cell, key=_key, whole=self._whole)
        yield ListTable(manner, id="events", in_ascii=self._in_ascii)

    def buttons(self) -> ComposeResult:
        """Back, go there, open, filter."""
        yield KeyButton("Back", "esc", id="safe")
        yield KeyButton("Go", "enter", id="go")
        yield KeyButton("Image", "o", id="open_link")
        yield KeyButton("Filter", "/", id="filter")

    def ask(self) -> None:
        """Ask for all of the job."""
        self._request(GetJob(self._job_id), self._show)

    def on_list_table_row_opened(self, event: ListTable.RowOpened) -> None:
        """An event: go there; an image: open it."""
        event.stop()
        self.action_go()

    def action_go(self) -> None:
        """To the delivery under the cursor in the table; on an image, open it."""
        line = self._table.chosen
        if isinstance(line, JobEvent):
            self.dismiss(line.seq)
        elif line is not None:
            self._ask_to_open(line.of.verdict, line.link)

    def action_open_link(self) -> None:
        """The image under the cursor, or one of the event's; it is shown in full first."""
        line = self._table.chosen
        if isinstance(line, Image):
            self._ask_to_open(line.of.verdict, line.link)
        elif line is not None and len(line.images) == 1:
            self._ask_to_open(line.verdict, line.images[0])
        elif line is not None and line.images:
            self.app.push_screen(LinksDialog(line.images), partial(self._ask_to_open, line.verdict))

    def action_filter(self) -> None:
        """Its deliveries in the table."""
        text = filter_for(self._job_id)
        if text is not None:
            self.dismiss(text)

    def _ask_to_open(self, verdict: Verdict, link: str | None) -> None:
        def answer(yes: bool | None) -> None:
            if yes and link is not None:
                self.post_message(LinkChosen(link))

        if link is not None:
            self.app.push_screen(OpenLinkDialog(link, verdict), answer)

    def _show(self, detail: JobDetail) -> None:
        if detail.events is not self._events:
            self._events = detail.events
            self._table.show(job_lines(detail.events))
        self._heard(
            detail_note(detail, self.query_one("#note").size.width, self._now(), self._glyphs), is_done=detail.is_done
        )

    @property
    def _table(self) -> ListTable[JobLine]:
        return self.query_one("#events", ListTable)

    def _columns(self, width: int) -> Sequence[ListColumn]:
        return fitted(_EVENT_COLUMNS, width, least=14, most=32)

    def _cell(self, line: JobLine, column: str) -> Cell:
        return ("", "") if isinstance(line, Image) else event_cell(line, column, self._now(), self._glyphs)

    def _whole(self, line: JobLine) -> Cell | None:
        return image_line(line, self._glyphs) if isinstance(line, Image) else None


def _key(line: JobLine) -> tuple[int, int]:
    return (line.of.seq, line.number) if isinstance(line, Image) else (line.seq, 0)
