"""The list of jobs, and the events of one job with their images; both are live.

An open dialog asks the session once a second, and again at once while an answer is incomplete.
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
from webhook_tui.domain.queries import GetJob, ListJobs
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.ui.dialogs.dialog import Dialog
from webhook_tui.ui.dialogs.links import LinksDialog, OpenLinkDialog
from webhook_tui.ui.dialogs.live_query import LiveQuery
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
from webhook_tui.ui.messages import LinkChosen
from webhook_tui.ui.symbols import glyphs
from webhook_tui.ui.widgets.keys.key_button import KeyButton
from webhook_tui.ui.widgets.table.list_table import Cell, ListColumn, ListTable, TableSpec, fitted
from webhook_tui.ui.widgets.table.table import Table

Choice = int | str
"""The number of a delivery to go to, or a filter to use."""

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


class JobsDialog(Dialog[Choice]):
    """Lists the jobs. Returns where to go."""

    AUTO_FOCUS = "Table"
    TITLE_TEXT = "Jobs"
    WAY = ("Deliveries",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("J", "safe", "Close", show=False, id="jobs.close", tooltip="close the jobs"),
        Binding("slash", "filter", "Filter", show=False, id="jobs.filter", tooltip="show its deliveries in the table"),
    ]
    DEFAULT_CSS = """
    JobsDialog #note { margin: 0 0 1 0; }
    """

    def __init__(self, *, now: Callable[[], datetime], total: Callable[[], int], in_ascii: bool = False) -> None:
        """`total`: how many deliveries are stored."""
        super().__init__()
        self._now = now
        self._in_ascii = in_ascii
        self._glyphs = glyphs(plain=in_ascii)
        self._total = total
        self._shown: Jobs | None = None
        spec: TableSpec[Job] = TableSpec(self._columns, self._cell, key=lambda job: job.job_id)
        self._table = ListTable(spec, id="jobs", in_ascii=in_ascii)
        self._live = LiveQuery(self, ListJobs(), self._show, self._show_problem)

    def body(self) -> ComposeResult:
        yield Static(jobs_note(None, 0), id="note", markup=False)
        yield self._table.widget

    def buttons(self) -> ComposeResult:
        yield KeyButton("Close", "esc", id="safe")
        yield KeyButton("Its events", "enter", id="open")
        yield KeyButton("Filter by it", "/", id="filter")

    def on_mount(self) -> None:
        """Start asking."""
        self._live.start()

    def on_screen_resume(self) -> None:
        """Ask at once when the dialog is on top again."""
        self._live.ask()

    def _show_problem(self, problem: Problem) -> None:
        self.query_one("#note", Static).update(Content.assemble((problem.sentence(), "$warn")))

    def _show(self, jobs: Jobs) -> bool:
        if jobs is not self._shown:
            self._shown = jobs
            self._table.widget.empty = "No event names a job yet." if jobs.is_done else ""
            self._table.show(jobs.jobs)
        self.query_one("#note", Static).update(jobs_note(jobs, self._total()))
        return jobs.is_done

    def on_table_row_opened(self, event: Table.RowOpened) -> None:
        """Do what the first button does."""
        event.stop()
        self.action_open()

    def action_open(self) -> None:
        """Show the events of the job under the cursor."""
        job = self._table.chosen
        if job is not None:
            self.app.push_screen(JobDialog(job.job_id, now=self._now, in_ascii=self._in_ascii), self._chosen)

    def action_filter(self) -> None:
        """Filter the table by the job."""
        job = self._table.chosen
        if job is not None and (text := filter_for(job.job_id)) is not None:
            self.dismiss(text)

    def _chosen(self, choice: Choice | None) -> None:
        if choice is not None:
            self.dismiss(choice)

    def _columns(self, width: int) -> Sequence[ListColumn]:
        return fitted(_JOB_COLUMNS, width, least=12, most=40)

    def _cell(self, job: Job, column: str) -> Cell:
        return job_cell(job, column, self._now(), self._glyphs)


class JobDialog(Dialog[Choice]):
    """Lists the events of one job, each with its images. Returns where to go."""

    AUTO_FOCUS = "Table"
    WAY = ("Deliveries", "Jobs")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "open_link", "Open", show=False, id="job.open_link", tooltip="open an image of this event…"),
        Binding("slash", "filter", "Filter", show=False, id="job.filter", tooltip="show its deliveries in the table"),
    ]
    DEFAULT_CSS = """
    JobDialog #note { margin: 0 0 1 0; }
    """

    def __init__(self, job_id: str, *, now: Callable[[], datetime], in_ascii: bool = False) -> None:
        super().__init__()
        self._now = now
        self._in_ascii = in_ascii
        self._glyphs = glyphs(plain=in_ascii)
        spec: TableSpec[JobLine] = TableSpec(self._columns, self._cell, key=_key, whole=self._whole)
        self._table = ListTable(spec, id="events", in_ascii=in_ascii)
        self._live = LiveQuery(self, GetJob(job_id), self._show, self._show_problem)
        self._job_id = job_id
        self.TITLE_TEXT = f"Job {self._glyphs.fit(self._glyphs.text(job_id), 60)}"
        self._events: tuple[JobEvent, ...] | None = None

    def body(self) -> ComposeResult:
        yield Static(detail_note(None, 0, self._now(), self._glyphs), id="note", markup=False)
        yield self._table.widget

    def buttons(self) -> ComposeResult:
        yield KeyButton("Back", "esc", id="safe")
        yield KeyButton("Go", "enter", id="go")
        yield KeyButton("Image", "o", id="open_link")
        yield KeyButton("Filter", "/", id="filter")

    def on_mount(self) -> None:
        """Start asking."""
        self._live.start()

    def on_screen_resume(self) -> None:
        """Ask at once when the dialog is on top again."""
        self._live.ask()

    def _show_problem(self, problem: Problem) -> None:
        self.query_one("#note", Static).update(Content.assemble((problem.sentence(), "$warn")))

    def on_table_row_opened(self, event: Table.RowOpened) -> None:
        """Go to an event, or open an image."""
        event.stop()
        self.action_go()

    def action_go(self) -> None:
        """Go to the delivery in the table; on an image, open it."""
        line = self._table.chosen
        if isinstance(line, JobEvent):
            self.dismiss(line.seq)
        elif line is not None:
            self._ask_to_open(line.of.verdict, line.link)

    def action_open_link(self) -> None:
        """Open the image under the cursor, or one of the event's; its link is shown in full first."""
        line = self._table.chosen
        if isinstance(line, Image):
            self._ask_to_open(line.of.verdict, line.link)
        elif line is not None and len(line.images) == 1:
            self._ask_to_open(line.verdict, line.images[0])
        elif line is not None and line.images:
            self.app.push_screen(LinksDialog(line.images), partial(self._ask_to_open, line.verdict))

    def action_filter(self) -> None:
        """Filter the table by the job."""
        text = filter_for(self._job_id)
        if text is not None:
            self.dismiss(text)

    def _ask_to_open(self, verdict: Verdict, link: str | None) -> None:
        def answer(yes: bool | None) -> None:
            if yes and link is not None:
                self.post_message(LinkChosen(link))

        if link is not None:
            self.app.push_screen(OpenLinkDialog(link, verdict), answer)

    def _show(self, detail: JobDetail) -> bool:
        if detail.events is not self._events:
            self._events = detail.events
            self._table.show(job_lines(detail.events))
        note = self.query_one("#note", Static)
        note.update(detail_note(detail, note.size.width, self._now(), self._glyphs))
        return detail.is_done

    def _columns(self, width: int) -> Sequence[ListColumn]:
        return fitted(_EVENT_COLUMNS, width, least=14, most=32)

    def _cell(self, line: JobLine, column: str) -> Cell:
        return ("", "") if isinstance(line, Image) else event_cell(line, column, self._now(), self._glyphs)

    def _whole(self, line: JobLine) -> Cell | None:
        return image_line(line, self._glyphs) if isinstance(line, Image) else None


def _key(line: JobLine) -> tuple[int, int]:
    return (line.of.seq, line.number) if isinstance(line, Image) else (line.seq, 0)
